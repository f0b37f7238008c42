"""The file of an export: CSV or XLSX, or a ZIP of one for each list."""

import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from django.utils import timezone

from contacts.exports import registry, tables
from contacts.exports.workbooks import StreamedXLSX
from contacts.models import ContactList, Export
from smsplatform.accounts.models import Account
from smsplatform.lib import csvfile

ROWS_PER_SIGN = 1_000  # between two words about progress
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": StreamedXLSX.CONTENT_TYPE,
    "zip": "application/zip",
}
FORBIDDEN_IN_NAME = str.maketrans(dict.fromkeys('\\/:*?"<>|\0', "-"))

Saw = Callable[[int], None]


def extension(export: Export) -> str:
    return "zip" if len(export.list_ids) > 1 else _extension_of_one(export)


def _extension_of_one(export: Export) -> str:
    return "xlsx" if export.format == Export.Format.XLSX else "csv"


class TooMuch(Exception):
    """The table has more than may be written now."""


@dataclass(frozen=True)
class Most:
    """Of one table: cells, and characters in them."""

    cells: int
    characters: int


def write(
    account: Account, export: Export, lists: list[ContactList], file: IO[bytes], saw: Saw, most: Most | None = None
) -> None:
    """Write the file that `export` describes, in the active language. `saw` is told the rows done now and then.

    Raise TooMuch beyond `most`.
    """
    done = Counter(saw)
    if export.subject == Export.Subject.EXCLUSIONS:
        _write_one(export, tables.of_exclusions(account, columns=export.columns), file, done, most)
    elif export.subject == Export.Subject.CONTACTS:
        _write_one(export, registry.of_contacts().table(account, export), file, done, most)
    elif len(lists) == 1:
        _write_one(export, _table(account, export, lists[0]), file, done, most)
    else:
        _write_zip(export, [_table(account, export, contact_list) for contact_list in lists], file, done)


class Counter:
    """Counts the rows of one table after the other, and tells now and then."""

    def __init__(self, saw: Saw) -> None:
        self._saw = saw
        self._rows = 0

    def counted(self, rows: Iterable[list[str]]) -> Iterator[list[str]]:
        for row in rows:
            self._rows += 1
            if self._rows % ROWS_PER_SIGN == 0:
                self._saw(self._rows)
            yield row
        self._saw(self._rows)


def _table(account: Account, export: Export, contact_list: ContactList) -> tables.Table:
    return tables.of_list(account, contact_list, columns=export.columns, with_excluded=export.with_excluded)


def _write_one(export: Export, table: tables.Table, file: IO[bytes], done: Counter, most: Most | None = None) -> None:
    rows = done.counted(table.rows)
    if most is not None:
        within = _within(most, rows)
        if within is None:
            table.close()
            raise TooMuch
        rows = iter(within)
    if export.format == Export.Format.XLSX:
        StreamedXLSX().write(file, table.name, table.headers, rows)
        return
    for chunk in csvfile.chunks(_below(table.headers, rows)):
        file.write(chunk)


def _within(most: Most, rows: Iterator[list[str]]) -> list[list[str]] | None:
    """Return all rows, None for too many: nothing is left half read or half written then."""
    taken: list[list[str]] = []
    cells = characters = 0
    for row in rows:
        cells += len(row)
        characters += sum(map(len, row))
        if cells > most.cells or characters > most.characters:
            return None
        taken.append(row)
    return taken


def _below(headers: list[str], rows: Iterable[list[str]]) -> Iterator[list[str]]:
    yield headers
    yield from rows


def _write_zip(export: Export, parts: list[tables.Table], file: IO[bytes], done: Counter) -> None:
    ending = _extension_of_one(export)
    with zipfile.ZipFile(file, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, table in zip(_file_names([part.name for part in parts], ending), parts, strict=True):
            if export.format == Export.Format.CSV:
                entry = zipfile.ZipInfo(name, date_time=timezone.localtime().timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(entry, "w", force_zip64=True) as member:
                    _write_one(export, table, member, done)
                continue
            # openpyxl goes back in the file it writes, which a ZIP's member cannot.
            with tempfile.NamedTemporaryFile(suffix=".xlsx") as workbook:
                _write_one(export, table, workbook, done)
                workbook.flush()
                archive.write(workbook.name, name)


def _file_names(names: list[str], ending: str) -> list[str]:
    """Return names that every system can extract, each only once."""
    taken: set[str] = set()
    result = []
    for name in names:
        plain = name.translate(FORBIDDEN_IN_NAME).strip(" .") or "-"
        chosen, number = plain, 1
        while chosen.casefold() in taken:
            number += 1
            chosen = f"{plain} ({number})"
        taken.add(chosen.casefold())
        result.append(f"{chosen}.{ending}")
    return result
