import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tools import translations
from tools.translations import Message

USED = translations.used_messages
HEADER = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n > 1);"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one module, one template and an empty French catalogue."""
    (tmp_path / "contacts").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "contacts/views.py").write_text(
        '_("A list of %(name)s" % {})\n'
        'ngettext("%(n)s line", "%(n)s lines", n)\npgettext("verb", "Open")\n_(variable)\nlen("no message")\n'
    )
    (tmp_path / "templates/a.html").write_text(
        '{% load i18n %}{% translate "It\'s 100 %" %}{{ _("Constant") }}'
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} row\n{% plural %}\n  {{ n }} rows\n{% endblocktranslate %}"
        "{# a comment with _('nothing') #}"
    )
    catalogue = tmp_path / "locale/fr/LC_MESSAGES/django.po"
    catalogue.parent.mkdir(parents=True)
    empty = polib.POFile()
    empty.metadata = HEADER
    empty.save(str(catalogue))
    monkeypatch.setattr(translations, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(translations, "used_messages", lambda: USED(tmp_path))
    return catalogue


def translate_all(catalogue: Path) -> polib.POFile:
    po = polib.pofile(str(catalogue))
    for entry in po:
        entry.msgstr = "" if entry.msgid_plural else f"fr {entry.msgid}"
        if entry.msgid_plural:
            entry.msgstr_plural = {0: f"fr {entry.msgid}", 1: f"fr {entry.msgid_plural}"}
    return po


def test_every_message_of_the_platform_is_in_french() -> None:
    assert translations.problems() == []


def test_messages_are_found_in_code_and_templates(project: Path) -> None:
    found = translations.used_messages()

    assert set(found) == {
        Message(None, "%(n)s line", "%(n)s lines"),
        Message("verb", "Open", None),
        Message(None, "It's 100 %%", None),
        Message(None, "Constant", None),
        Message(None, "%(n)s row", "%(n)s rows"),
    }
    assert found[Message("verb", "Open", None)] == ["contacts/views.py"]


def test_an_f_string_stops_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "contacts").mkdir()
    (tmp_path / "contacts/views.py").write_text('\n_(f"Hello {name}")\n')

    with pytest.raises(SystemExit, match=r'^contacts/views.py, line 2: _\(f"…"\) cannot be translated'):
        USED(tmp_path)


def test_check_lists_missing_then_untranslated_messages(project: Path) -> None:
    before = translations.problems()
    translations.extract()
    after = translations.problems()

    assert (len(before), {line.split(" ")[1] for line in before}) == (5, {"missing"})
    assert (len(after), {line.split(" ")[1] for line in after}) == (5, {"untranslated"})


def test_extract_keeps_translations_and_drops_what_nobody_uses(project: Path) -> None:
    translations.extract()
    po = translate_all(project)
    po.append(polib.POEntry(msgid="Gone", msgstr="Parti"))
    po.save(str(project))
    assert translations.problems() == ["fr: unused 'Gone'"]

    translations.extract()

    assert translations.problems() == []
    assert [entry.msgstr for entry in polib.pofile(str(project)) if entry.msgid == "Constant"] == ["fr Constant"]


@pytest.mark.parametrize(
    "msgid, changes, problem",
    [
        ("Constant", {"flags": ["fuzzy"]}, "fr: fuzzy 'Constant'"),
        ("Open", {"msgstr": "Ouvrir %(name)s"}, "fr: other placeholders in the translation of 'Open'"),
        (
            "%(n)s line",
            {"msgstr_plural": {0: "une ligne", 1: "des lignes"}},
            "fr: other placeholders in the translation of '%(n)s line'",
        ),
        ("%(n)s line", {"msgstr_plural": {0: "une ligne", 1: "%(n)s lignes"}}, None),
    ],
)
def test_check_names_a_bad_translation(
    project: Path, msgid: str, changes: dict[str, object], problem: str | None
) -> None:
    translations.extract()
    po = translate_all(project)
    entry = next(entry for entry in po if entry.msgid == msgid)
    for name, value in changes.items():
        setattr(entry, name, value)
    po.save(str(project))

    assert translations.problems() == ([problem] if problem else [])


def test_compile_writes_what_is_older_than_its_source_only(project: Path) -> None:
    target = project.with_suffix(".mo")

    translations.compile_all()
    first = target.stat().st_mtime_ns
    translations.compile_all()

    assert target.stat().st_mtime_ns == first
    assert list(project.parent.glob("*.new")) == []


def test_the_command_line_fails_with_the_problems(tmp_path: Path) -> None:
    for name in ("tools", "smsplatform/locale"):
        shutil.copytree(translations.ROOT / name, tmp_path / name)
    (tmp_path / "smsplatform/extra.py").write_text('_("Not in the catalogue")\n')

    run = subprocess.run(
        [sys.executable, "-m", "tools.translations", "check"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert "fr: missing 'Not in the catalogue' (smsplatform/extra.py)" in run.stderr.splitlines()
