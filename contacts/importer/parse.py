"""Split lines into records, with the line each one starts on as a text editor or spreadsheet shows it.

A quote that is opened and never closed would swallow the lines after it: such a line is read again as plain text.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from contacts.importer.block import Block, from_plain_text, from_rows
from contacts.importer.plan import Plan
from contacts.importer.records import Records, Row
from contacts.importer.text import TextReader

MAX_BLOCK_CELLS = 2**18  # blank ones too, which lines shorter than the table's are filled up with
MAX_NUMBERS_CHARACTERS = 2**22  # of a single line of numbers
ROWS_BEFORE = 20  # remembered to know how many cells a line usually has
# A line that no record holds, added after the last one: it shows whether the last record is closed.
_END = "\x1e\n"
_NO_DELIMITER = "\x1f"  # the csv module requires one, and text does not hold it


@dataclass(frozen=True, slots=True)
class _Split:
    """`rest`: the lines of a record that is still open at the end."""

    block: Block
    rest: str = ""


def blocks(reader: TextReader, plan: Plan) -> Iterator[Block]:
    """Yield every record of the table: not the lines before it, nor the one that names the columns."""
    is_named = plan.has_header
    for block in _blocks(reader, plan):
        if is_named and block.lines:
            yield block.without_first()
            is_named = False
        else:
            yield block


def _blocks(reader: TextReader, plan: Plan) -> Iterator[Block]:
    splitter = _Splitter(plan)
    line, to_skip, rest = 1, plan.first_row, ""
    for piece in reader.pieces(MAX_NUMBERS_CHARACTERS if plan.is_one_line else None):
        if piece.is_endless:
            yield from splitter.split_last(rest, line)
            line, rest = line + rest.count("\n"), ""
            if to_skip:
                to_skip -= 1
            else:
                yield from_rows([], [], plan.width, [(line, piece.text)])
            line += 1
            continue
        for portion in _portions(piece.text, max(1, MAX_BLOCK_CELLS // plan.width)):
            text = rest + portion
            if to_skip:
                text, skipped = _skip(text, to_skip)
                line, to_skip = line + skipped, to_skip - skipped
            split = splitter.split(text, line)
            line, rest = line + text.count("\n") - split.rest.count("\n"), split.rest
            yield split.block
    yield from splitter.split_last(rest, line)


def _portions(text: str, most: int) -> Iterator[str]:
    """Yield whole lines, no more than `most` at once."""
    while text.count("\n") > most:
        *lines, text = text.split("\n", most)
        yield "\n".join(lines) + "\n"
    yield text


def _skip(text: str, count: int) -> tuple[str, int]:
    """Return the text without its first `count` lines, and how many it had of them."""
    found = min(count, text.count("\n"))
    return text.split("\n", found)[-1], found


class _Splitter:
    def __init__(self, plan: Plan) -> None:
        self._quote = plan.quotechar
        self._delimiter = plan.delimiter
        self._width = plan.width
        self._is_one_line = plan.is_one_line
        # How many cells the last lines had, of those with several.
        self._widths = deque([plan.width], ROWS_BEFORE)
        self._format: dict[str, Any] = {
            "delimiter": plan.delimiter or _NO_DELIMITER,
            "quotechar": plan.quotechar,
            "skipinitialspace": plan.delimiter != " ",
        }
        self._records = Records(self._format, self._swallows)

    def split(self, text: str, line: int) -> _Split:
        """Split whole lines, the first of which is number `line`."""
        if self._is_one_line:
            return self._spread(text, line)
        if self._quote not in text and (block := from_plain_text(text, line, self._delimiter, self._width)):
            self._widths.extend([self._width] * min(ROWS_BEFORE, len(block.lines)))
            self._records.earn(len(text))
            return _Split(block)
        try:
            return self._split_simple(text, line) or self._split_with_care(text, line, is_last=False)
        except csv.Error:  # a cell beyond the csv module's limit
            return self._split_with_care(text, line, is_last=False)

    def split_last(self, text: str, line: int) -> Iterator[Block]:
        """Split the lines of a record that nothing closes any more."""
        if text:
            yield self._split_with_care(text, line, is_last=True).block

    def _split_simple(self, text: str, line: int) -> _Split | None:
        """Split lines that are one record each; None when some record has several lines."""
        if self._quote not in text:
            rows = list(csv.reader(text.split("\n")[:-1], **self._format))
            self._note_widths(rows)
            self._records.earn(len(text))
            return _Split(from_rows(rows, range(line, line + len(rows)), self._width))
        rows = list(csv.reader(chain(io.StringIO(text, newline="\n"), (_END,)), **self._format))
        if rows.pop() != [_END[:-1]] or len(rows) != text.count("\n"):
            return None
        self._note_widths(rows)
        self._records.earn(len(text))
        return _Split(from_rows(rows, range(line, line + len(rows)), self._width))

    def _note_widths(self, rows: list[Row]) -> None:
        self._widths.extend([width for width in map(len, rows) if width > 1])

    def _split_with_care(self, text: str, line: int, *, is_last: bool) -> _Split:
        """Split record by record, reading the first line of a broken one as plain text and going on after it."""
        physical = list(io.StringIO(text, newline="\n"))
        rows: list[Row] = []
        lines: list[int] = []
        unreadable: list[tuple[int, str]] = []
        at, records = 0, self._records
        while at < len(physical):
            for first, row in records.read(physical, at, is_last=is_last):
                rows.append(row)
                lines.append(line + first)
                self._note_widths([row])
            at = records.at
            if at == len(physical):
                break
            if records.is_open:
                return _Split(from_rows(rows, lines, self._width, unreadable), "".join(physical[at:]))
            if (plain := records.read_plainly(physical[at])) is not None:
                rows.append(plain)
                lines.append(line + at)
                self._note_widths([plain])
            else:
                unreadable.append((line + at, physical[at][:200]))
            at += 1
        return _Split(from_rows(rows, lines, self._width, unreadable))

    def _swallows(self, record: Sequence[str]) -> bool:
        """Return whether the lines of one record look like whole rows, run together by a stray quote."""
        if self._width == 1 or any(self._quote not in inner and self._is_row(inner) for inner in record[1:-1]):
            return True
        return record[0].count(self._quote) == 1 and self._is_row(record[0]) and self._is_row(record[-1])

    def _is_row(self, physical: str) -> bool:
        cells = next(csv.reader([physical], **self._format, quoting=csv.QUOTE_NONE))
        # One ragged line makes the table wider than its other lines are.
        return len(cells) == self._width or len(cells) in self._widths

    def _spread(self, text: str, line: int) -> _Split:
        """Make each number of a single line a record of its own."""
        cells = [cell for row in csv.reader(text.split("\n")[:-1], **self._format) for cell in row]
        filled = [[cell] for cell in cells if cell.strip()]
        return _Split(from_rows(filled, [line] * len(filled), self._width))
