"""Split decoded text into records, each with the physical line it starts on."""

import csv
import io
from dataclasses import dataclass

MAX_COLUMNS = 16_384  # no spreadsheet has more; a longer line is cut here
FIRST_ROWS = 1000  # kept with their line numbers
SPREAD_ROWS = 1500  # kept of those between, evenly spaced
LAST_ROWS = 500


@dataclass(frozen=True)
class Row:
    """A record: `line` counts physical lines from 0, cells are stripped of the spaces around them."""

    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        return sum(cell != "" for cell in self.cells)


def read_rows(text: str, delimiter: str | None, quotechar: str | None, limit: int = 0) -> list[Row]:
    """Return records of text whose newlines are all \\n; quotechar None takes quotes literally.

    Of many records only the first, the last and some spread between come back; 0 as `limit` reads them all. A cell
    beyond the csv module's size limit (a quote never closed) is dropped and reading resumes after it.
    """
    # "\x1f" stands for "no separator": the csv module requires one, and text files do not hold it.
    reader = csv.reader(
        io.StringIO(text, newline="\n"),
        delimiter=delimiter or "\x1f",
        quotechar=quotechar or '"',
        quoting=csv.QUOTE_NONE if quotechar is None else csv.QUOTE_MINIMAL,
        skipinitialspace=delimiter != " ",
    )
    lines: list[int] = []
    records: list[list[str]] = []
    while not limit or len(records) < limit:
        line = reader.line_num
        try:
            records.append(next(reader))
        except csv.Error:
            continue
        except StopIteration:
            break
        lines.append(line)
    return [Row(lines[i], tuple(map(str.strip, records[i][:MAX_COLUMNS]))) for i in _kept(len(records))]


def _kept(count: int) -> list[int]:
    """Return which of `count` records are kept."""
    between = count - FIRST_ROWS - LAST_ROWS
    if between <= SPREAD_ROWS:
        return list(range(count))
    spread = (FIRST_ROWS + i * between // SPREAD_ROWS for i in range(SPREAD_ROWS))
    return [*range(FIRST_ROWS), *spread, *range(count - LAST_ROWS, count)]
