"""Read a file of refused lines that comes back corrected, from whatever program saved it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from contacts.importer.detect.encoding import read_sample

MAX_TITLE_CHARACTERS = 2**20  # of a line that may have the titles: a binary file may be one line
DELIMITERS = ";,\t|"
TITLE_LINES = 20  # the titles stand in the first: a program may write "sep=;" before them, a title may have line ends


class NotOurs(Exception):
    """There is no line with the titles of a file of refused lines."""


class NoPhones(Exception):
    """The column of the numbers can no longer be told."""


@dataclass(frozen=True)
class Titles:
    """The titles that we add, in every language: `lines` are patterns with the import's number as "id"."""

    lines: Sequence[re.Pattern[str]]
    others: frozenset[str]

    def import_of(self, cell: str) -> int | None:
        """Return the import whose lines the column has that this title stands over."""
        found = next((found for line in self.lines if (found := line.fullmatch(_bare(cell)))), None)
        return int(found["id"]) if found else None


@dataclass(frozen=True)
class Corrected:
    """`names`: the titles without ours. `rows`: for each record its line, None if it has none, and its own cells."""

    import_id: int
    names: list[str]
    rows: Iterator[tuple[int | None, list[str]]]


@contextmanager
def opened(file: BinaryIO, titles: Titles) -> Iterator[Corrected]:
    """Give what the file holds, a record at a time. Raise NotOurs; csv.Error where a record cannot be read."""
    encoding = read_sample(file, None).encoding
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        yield _corrected(text, titles)
    finally:
        text.detach()  # the file is its owner's to close


def _corrected(text: io.TextIOWrapper, titles: Titles) -> Corrected:
    first = [text.readline(MAX_TITLE_CHARACTERS) for _ in range(TITLE_LINES)]
    delimiter, skipped, at = _find_titles(first, titles)
    text.seek(0)
    records = csv.reader(text, delimiter=delimiter)
    for _ in range(skipped):
        next(records)
    header = next(records)
    import_id = titles.import_of(header[at])
    assert import_id is not None
    added = 1 + sum(1 for name in header[at + 1 : at + 3] if _bare(name) in titles.others)
    rows = ((_line(record, at), record[:at] + record[at + added :]) for record in records)
    return Corrected(import_id, header[:at] + header[at + added :], rows)


def _find_titles(lines: Sequence[str], titles: Titles) -> tuple[str, int, int]:
    """Return the separator, how many records stand before the titles, and which of them is the line's."""
    for delimiter in DELIMITERS:
        try:
            for skipped, record in enumerate(csv.reader(lines, delimiter=delimiter)):
                for at, cell in enumerate(record):
                    if titles.import_of(cell) is not None:
                        return delimiter, skipped, at
        except csv.Error:
            continue
    raise NotOurs


def _bare(cell: str) -> str:
    return " ".join(cell.lstrip("\ufeff").split())


def _line(record: Sequence[str], at: int) -> int | None:
    """Return the line that a record says it is; spreadsheets may show it as "1 204" or "1204.0"."""
    digits = re.sub(r"[\s\u202f]", "", record[at]) if at < len(record) else ""
    whole = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?", digits)
    return int(whole[1]) if whole else None


def phone_index(names: Sequence[str], before: Sequence[str], phone_column: int) -> int:
    """Return where the numbers are among `names`, in a file that had the names `before`. Raise NoPhones.

    By its name where columns were moved or removed, else by its place.
    """
    folded, then = [[_bare(name).casefold() for name in some] for some in (names, before)]
    wanted = then[phone_column]
    if folded[: len(then)] == then:
        return phone_column
    if wanted and folded.count(wanted) == 1:
        return folded.index(wanted)
    raise NoPhones
