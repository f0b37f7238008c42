import io
import json
import tarfile
from pathlib import Path

import pytest

from tools import fetch_assets


def tarball(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def package_url(tmp_path: Path) -> str:
    folder = tmp_path / "registry" / "pkg" / "-"
    folder.mkdir(parents=True)
    (folder / "pkg-1.0.0.tgz").write_bytes(tarball({"package/a.css": b"a{}"}))
    return (tmp_path / "registry").as_uri()


def test_committed_files_have_the_checksums_the_fetcher_wrote() -> None:
    written = (fetch_assets.VENDOR / "SHA512SUMS").read_text()

    assert fetch_assets.checksums(fetch_assets.VENDOR) == written


def test_every_file_of_the_manifest_is_committed() -> None:
    wanted = {destination for files in fetch_assets.FILES.values() for destination in files.values()}
    wanted |= {f"icons/{name}.svg" for name in fetch_assets.ICONS.read_text().split()}

    present = {
        path.relative_to(fetch_assets.VENDOR).as_posix() for path in fetch_assets.VENDOR.rglob("*") if path.is_file()
    }

    assert present == wanted | {"SHA512SUMS"}


def test_lock_file_names_no_registry() -> None:
    packages = json.loads((fetch_assets.ROOT / "package-lock.json").read_text())["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_download_accepts_the_locked_checksum(package_url: str) -> None:
    content = (Path(package_url.removeprefix("file://")) / "pkg/-/pkg-1.0.0.tgz").read_bytes()

    answer = fetch_assets.download(package_url, "pkg", "1.0.0", fetch_assets.integrity_of(content))

    assert answer == content


def test_download_stops_on_another_checksum(package_url: str) -> None:
    with pytest.raises(SystemExit) as stop:
        fetch_assets.download(package_url, "pkg", "1.0.0", "sha512-AAAA")

    assert str(stop.value) == ("pkg 1.0.0: the downloaded file does not have the checksum of package-lock.json.")


def test_extract_writes_named_files_without_their_source_map_comment(tmp_path: Path) -> None:
    content = tarball(
        {
            "package/a.css": b"a{}\n/*# sourceMappingURL=a.css.map */",
            "package/b.js": b"b();\n//# sourceMappingURL=b.js.map\n",
            "package/other.js": b"c();",
        }
    )

    fetch_assets.extract(content, {"a.css": "x/a.css", "b.js": "b.js"}, tmp_path)

    written = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {"a.css": b"a{}\n", "b.js": b"b();\n"}


@pytest.mark.parametrize(
    "source, destination, message",
    [
        ("missing.css", "a.css", "missing.css: the package has no such file."),
        ("a.css", "../a.css", "../a.css: this path leaves vendor."),
    ],
)
def test_extract_stops_and_writes_nothing(tmp_path: Path, source: str, destination: str, message: str) -> None:
    target = tmp_path / "vendor"

    with pytest.raises(SystemExit) as stop:
        fetch_assets.extract(tarball({"package/a.css": b"a{}"}), {source: destination}, target)

    assert str(stop.value) == message
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_registry_must_be_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "not an address")

    with pytest.raises(SystemExit) as stop:
        fetch_assets.registry()

    assert str(stop.value) == ("No npm registry: set the environment variable npm_config_registry to its address.")
