"""Keep the French catalogue in step with the code, without gettext's programs (a fresh machine has none).

python -m tools.translations extract   add the new messages to the .po files and drop the unused ones
python -m tools.translations check     list what is missing, untranslated, fuzzy or has wrong placeholders
python -m tools.translations compile   write the .mo files that Django reads (they are not committed)
"""

import argparse
import ast
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "smsplatform" / "locale"
PACKAGES = ("smsplatform", "contacts", "directory", "forms_builder", "campaigns")
CALL_NAMES = re.compile(r"(_|n?p?gettext(_lazy|_noop)?)\Z")
# templatize blanks out everything but the calls, whose arguments are plain string literals.
TEMPLATE_CALL = re.compile(r"""\b(?:_|n?p?gettext)\((?:[^()'"]|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")*\)""")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


class Message(NamedTuple):
    """What a translator sees: an optional context, the English text and, for counts, its plural."""

    context: str | None
    text: str
    plural: str | None


def message_of(call: ast.Call) -> Message | None:
    """Return the message of a gettext call; None for another call or an argument known only at run time.

    Raise ValueError for an f-string, which is never found in a catalogue.
    """
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if not CALL_NAMES.match(name):
        return None
    if any(isinstance(argument, ast.JoinedStr) for argument in call.args[:1]):
        raise ValueError(f'line {call.lineno}: {name}(f"…") cannot be translated; use named placeholders.')
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    context = texts.pop(0) if "pgettext" in name and texts else None
    if not texts:
        return None
    return Message(context, texts[0], texts[1] if "ngettext" in name or "npgettext" in name else None)


def messages_in(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (message := message_of(node)):
            yield message


def python_messages(path: Path) -> Iterator[Message]:
    yield from messages_in(ast.parse(path.read_text(), str(path)))


def template_messages(path: Path) -> Iterator[Message]:
    for call in TEMPLATE_CALL.findall(templatize(path.read_text(), str(path))):
        yield from messages_in(ast.parse(call))


def used_messages(root: Path = ROOT) -> dict[Message, list[str]]:
    """Return every message of the code and templates below `root`, with the files that use it."""
    found: dict[Message, list[str]] = {}
    sources = [(path, python_messages) for package in PACKAGES for path in (root / package).rglob("*.py")]
    for folder in ("templates", *PACKAGES):
        sources += [
            (path, template_messages) for path in (root / folder).rglob("*.*") if path.suffix in {".html", ".txt"}
        ]
    for path, read in sorted(sources, key=lambda source: source[0]):
        name = path.relative_to(root).as_posix()
        try:
            for message in read(path):
                files = found.setdefault(message, [])
                if name not in files:
                    files.append(name)
        except ValueError as error:
            sys.exit(f"{name}, {error}")
    return found


def key(entry: polib.POEntry) -> Message:
    return Message(entry.msgctxt, entry.msgid, entry.msgid_plural or None)


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def extract() -> None:
    """Rewrite each catalogue with exactly the messages in use, sorted, keeping the translations it has."""
    used = used_messages()
    for path in catalogues():
        old = polib.pofile(str(path), wrapwidth=110)
        known = {key(entry): entry for entry in old if not entry.obsolete}
        new = polib.POFile(wrapwidth=110)
        new.metadata = old.metadata
        for message, files in sorted(used.items(), key=lambda item: (item[0].text, item[0].context or "")):
            entry = known.get(message) or blank(message)
            entry.occurrences = [(name, "") for name in files]
            new.append(entry)
        new.save(str(path))


def blank(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgctxt=message.context, msgid=message.text)
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = {0: "", 1: ""}
    return entry


def problems() -> list[str]:
    """Return a line for each message missing, unused, untranslated, fuzzy or with other placeholders."""
    used = used_messages()
    found = []
    for path in catalogues():
        language = path.parent.parent.name
        entries = {key(entry): entry for entry in polib.pofile(str(path)) if not entry.obsolete}
        for message, files in used.items():
            if message not in entries:
                found.append(f"{language}: missing {message.text!r} ({files[0]})")
        for message, entry in entries.items():
            if problem := "unused" if message not in used else problem_of(entry):
                found.append(f"{language}: {problem} {message.text!r}")
    return found


def problem_of(entry: polib.POEntry) -> str | None:
    if entry.fuzzy:
        return "fuzzy"
    if not entry.translated():
        return "untranslated"
    if entry.msgid_plural:
        expected = placeholders(entry.msgid_plural)
        forms = [placeholders(text) for _, text in sorted(entry.msgstr_plural.items())]
        # "one result" may leave the number out.
        agree = forms[0] <= expected and all(form == expected for form in forms[1:])
    else:
        agree = placeholders(entry.msgstr) == placeholders(entry.msgid)
    return None if agree else "other placeholders in the translation of"


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def compile_all() -> None:
    """Write each .mo beside its .po, unless it is there and newer; several processes may do so at once."""
    for path in catalogues():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime > path.stat().st_mtime:
            continue
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".mo.new")
        os.close(handle)
        polib.pofile(str(path)).save_as_mofile(name)
        Path(name).chmod(0o644)
        Path(name).replace(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["extract", "check", "compile"])
    command = parser.parse_args().command
    if command == "extract":
        extract()
    elif command == "compile":
        compile_all()
    elif found := problems():
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
