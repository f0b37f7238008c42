import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from smsplatform.staticfiles import StaticStorage


@pytest.fixture
def collected(tmp_path: Path, settings: LazySettings) -> Path:
    """Static files as `prepare` collects them, from a small folder of ours."""
    source = tmp_path / "source"
    (source / "app").mkdir(parents=True)
    (source / "vendor/icons").mkdir(parents=True)
    (source / "app/main.js").write_text('import { a } from "./a.js";\na();\n')
    (source / "app/a.js").write_text("export function a() {}\n" + "// long enough to be worth compressing\n" * 20)
    (source / "vendor/other.js").write_text("/* import x from './missing.js'; */\n")
    (source / "vendor/icons/check.svg").write_text("<svg/>" * 50)
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "smsplatform.staticfiles.StaticStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "static"


def test_imports_between_our_modules_get_hashed_names(collected: Path) -> None:
    hashed = next(path for path in (collected / "app").glob("main.*.js"))
    imported = re.findall(r'"\./(a\.[0-9a-f]{12}\.js)"', hashed.read_text())

    assert len(imported) == 1
    assert (collected / "app" / imported[0]).exists()


def test_only_hashed_files_are_compressed_and_icons_are_not_served(collected: Path) -> None:
    names = sorted(path.relative_to(collected).as_posix() for path in collected.rglob("*.br"))

    assert [re.sub(r"[0-9a-f]{12}", "HASH", name) for name in names] == ["app/a.HASH.js.br"]
    assert [path.name for path in (collected / "vendor/icons").iterdir()] == ["check.svg"]


def test_collecting_again_compresses_nothing_again(collected: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compressed = next((collected / "app").glob("a.*.js.br"))
    compressed.write_bytes(b"kept")

    call_command("collectstatic", interactive=False, verbosity=0)

    assert compressed.read_bytes() == b"kept"


def test_a_forgotten_file_is_an_error(collected: Path) -> None:
    with pytest.raises(ValueError, match=r"Missing staticfiles manifest entry for 'nothing\.css'"):
        StaticStorage().url("nothing.css")


def test_tests_serve_plain_names() -> None:
    assert staticfiles_storage.url("app.css") == "/static/app.css"
