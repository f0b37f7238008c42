"""A few thousand lines of the table as columns, which is how every stage works on them."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Column = Sequence[str]

LONG_LINE = csv.field_size_limit()  # characters
SHORT_LINE = 1_000  # characters: no cell of a shorter line is worth a look at its length
MAX_EXTRA_CELLS = 50  # of a line, beyond the columns of the table; a line with more is no line of this table


@dataclass(frozen=True, slots=True)
class Block:
    """`columns`: the cells, one sequence per column of the table. `lines`: where each row starts, from 1.

    `extra`: by row, its cells after the last column, the last one not blank; of more than MAX_EXTRA_CELLS the first, and
    one. `unreadable`: lines that are not among the rows, with how they start. `may_be_long`: some cell may be longer than
    SHORT_LINE.
    """

    columns: Sequence[Column]
    lines: Sequence[int]
    extra: dict[int, Column] = field(default_factory=dict)
    unreadable: Sequence[tuple[int, str]] = ()
    may_be_long: bool = True

    def row(self, index: int) -> list[str]:
        """Return all cells of one row."""
        return [column[index] for column in self.columns] + list(self.extra.get(index, ()))

    @property
    def rows(self) -> Iterator[list[str]]:
        """Yield the rows one by one, with all their cells: for the few that are shown, not for work on all."""
        return map(self.row, range(len(self.lines)))

    def without_first(self) -> "Block":
        extra = {index - 1: cells for index, cells in self.extra.items() if index}
        columns = [column[1:] for column in self.columns]
        return Block(columns, self.lines[1:], extra, self.unreadable, self.may_be_long)


def from_rows(
    rows: Sequence[list[str]], lines: Sequence[int], width: int, unreadable: Sequence[tuple[int, str]] = ()
) -> Block:
    """Return rows of any length as columns: short rows are filled up, what is beyond the last column is set aside."""
    if not rows:
        return Block([()] * width, [], {}, unreadable)
    extra: dict[int, Column] = {
        index: cells for index, row in enumerate(rows) if len(row) > width and (cells := _filled(row[width:]))
    }
    blank = [""] * width
    fitted = [row if len(row) == width else (row + blank)[:width] for row in rows]
    return Block(list(zip(*fitted, strict=True)), lines, extra, unreadable)


def from_plain_text(text: str, line: int, delimiter: str | None, width: int) -> Block | None:
    """Return whole lines without quotes as columns; None unless each of them has exactly `width` cells.

    One split makes all cells, so no row ever exists by itself: this is what makes large files fast.
    """
    if _has_long_line(text, LONG_LINE):
        return None
    may_be_long = _has_long_line(text, SHORT_LINE)
    count = text.count("\n")
    if delimiter is None and width > 1:
        return None  # the character that stands for "no separator" is in the text
    if delimiter is None or width == 1:
        if delimiter is not None and delimiter in text:
            return None
        return Block([text.split("\n")[:-1]], range(line, line + count), may_be_long=may_be_long)
    # Each line's end becomes a cell border, with the line feed as a mark before the next line's first cell.
    cells = text.replace("\n", delimiter + "\n").split(delimiter)
    if len(cells) != count * width + 1:
        return None
    firsts = ["\n" + cells[0], *cells[width::width]]
    marked = "".join([first[:1] for first in firsts])
    if marked != "\n" * (count + 1):
        return None
    columns: list[Column] = [[first[1:] for first in firsts[:-1]]]
    columns += [cells[index : count * width : width] for index in range(1, width)]
    return Block(columns, range(line, line + count), may_be_long=may_be_long)


def _has_long_line(text: str, most: int) -> bool:
    """Return whether some line is longer than `most` characters."""
    start = 0
    while len(text) - start > most:
        start = text.rfind("\n", start, start + most) + 1
        if not start:
            return True
    return False


def _filled(cells: list[str]) -> list[str]:
    """Return the cells without the blank ones at the end, and no more than show that they are too many."""
    while cells and not cells[-1].strip():
        cells.pop()
    return cells[: MAX_EXTRA_CELLS + 1]
