"""Split decoded text into records, each with the physical line it starts on."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

MAX_COLUMNS = 20_000  # a line with more cells is cut here


@dataclass(frozen=True)
class Row:
    """A record: `line` counts physical lines from 0, cells are stripped of the spaces around them."""

    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        return sum(cell != "" for cell in self.cells)


def read_rows(text: str, delimiter: str | None, quotechar: str | None, limit: int | None = None) -> list[Row]:
    """Return up to `limit` records of text whose newlines are all \\n; quotechar None takes quotes literally.

    A cell beyond the csv module's size limit (a quote never closed) is dropped; reading resumes after it.
    """
    return list(_iterate(text, delimiter, quotechar, limit))


def _iterate(text: str, delimiter: str | None, quotechar: str | None, limit: int | None) -> Iterator[Row]:
    # "\x1f" stands for "no separator": the csv module requires one, and text files do not hold it.
    reader = csv.reader(
        io.StringIO(text, newline="\n"),
        delimiter=delimiter or "\x1f",
        quotechar=quotechar or '"',
        quoting=csv.QUOTE_NONE if quotechar is None else csv.QUOTE_MINIMAL,
        skipinitialspace=delimiter != " ",
    )
    read = 0
    while limit is None or read < limit:
        line = reader.line_num
        try:
            cells = next(reader)
        except csv.Error:
            continue
        except StopIteration:
            return
        read += 1
        yield Row(line, tuple(cell.strip() for cell in cells[:MAX_COLUMNS]))
