"""Split decoded text into records, each with the physical line it starts on."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from contacts.importer.records import Records

MAX_COLUMNS = 16_384  # no spreadsheet has more; a longer line is cut here
FIRST_ROWS = 1000  # kept with their line numbers
SPREAD_ROWS = 1500  # kept of those between, evenly spaced
LAST_ROWS = 500
_BLANK: list[str] = []  # one for all blank lines


@dataclass(frozen=True)
class Row:
    """A record: `line` counts physical lines from 0, cells are stripped of the spaces around them."""

    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        return sum(cell != "" for cell in self.cells)

    @property
    def last_filled(self) -> int:
        """How many cells there are up to the last one with a value."""
        return next((len(self.cells) - n for n, cell in enumerate(reversed(self.cells)) if cell), 0)


def read_rows(text: str, delimiter: str | None, quotechar: str | None, limit: int = 0) -> list[Row]:
    """Return records of text whose newlines are all \\n; quotechar None takes quotes literally.

    Of many records only the first, the last and some spread between come back; 0 as `limit` reads them all. The first
    line of a broken record (a quote never closed) is read as plain text, and reading goes on after it.
    """
    # "\x1f" stands for "no separator": the csv module requires one, and text files do not hold it.
    format: dict[str, Any] = {
        "delimiter": delimiter or "\x1f",
        "quotechar": quotechar or '"',
        "quoting": csv.QUOTE_NONE if quotechar is None else csv.QUOTE_MINIMAL,
        "skipinitialspace": delimiter != " ",
    }
    records = Records(format, swallows=lambda record: False)
    physical = list(io.StringIO(text, newline="\n"))
    found: list[tuple[int, list[str]]] = []
    at = 0
    while at < len(physical) and not (limit and len(found) >= limit):
        for line, row in records.read(physical, at, is_last=True):
            found.append((line, row or _BLANK))
            if limit and len(found) >= limit:
                break
        else:
            if records.at < len(physical) and (plain := records.read_plainly(physical[records.at])) is not None:
                found.append((records.at, plain))
            at = records.at + 1
    return [Row(found[i][0], tuple(map(str.strip, found[i][1][:MAX_COLUMNS]))) for i in _kept(len(found))]


def _kept(count: int) -> list[int]:
    """Return which of `count` records are kept."""
    between = count - FIRST_ROWS - LAST_ROWS
    if between <= SPREAD_ROWS:
        return list(range(count))
    spread = (FIRST_ROWS + i * between // SPREAD_ROWS for i in range(SPREAD_ROWS))
    return [*range(FIRST_ROWS), *spread, *range(count - LAST_ROWS, count)]
