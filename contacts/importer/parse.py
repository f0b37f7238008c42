"""Split lines into records, with the line each one starts on as a text editor or spreadsheet shows it.

A quote that is opened and never closed would swallow the lines after it: such a line is read again as plain text.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from contacts.importer.block import Block, from_plain_text, from_rows
from contacts.importer.plan import Plan
from contacts.importer.text import TextReader

MAX_RECORD_CHARACTERS = 2**19  # a record still open after so much has a stray quote
ROWS_BEFORE = 20  # remembered to know how many cells a line usually has
# A line that no record holds, added after the last one: it shows whether the last record is closed.
_END = "\x1e\n"
_NO_DELIMITER = "\x1f"  # the csv module requires one, and text does not hold it

Row = list[str]


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
    for piece in reader.pieces():
        if piece.is_endless:
            yield from splitter.split_last(rest, line)
            line, rest = line + rest.count("\n"), ""
            if to_skip:
                to_skip -= 1
            else:
                yield from_rows([], [], plan.width, [(line, piece.text)])
            line += 1
            continue
        text = rest + piece.text
        if to_skip:
            text, skipped = _skip(text, to_skip)
            line, to_skip = line + skipped, to_skip - skipped
        split = splitter.split(text, line)
        line, rest = line + text.count("\n") - split.rest.count("\n"), split.rest
        yield split.block
    yield from splitter.split_last(rest, line)


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

    def split(self, text: str, line: int) -> _Split:
        """Split whole lines, the first of which is number `line`."""
        if self._is_one_line:
            return self._spread(text, line)
        if self._quote not in text and (block := from_plain_text(text, line, self._delimiter, self._width)):
            self._widths.extend([self._width] * min(ROWS_BEFORE, len(block.lines)))
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
            return _Split(from_rows(rows, range(line, line + len(rows)), self._width))
        rows = list(csv.reader(chain(io.StringIO(text, newline="\n"), (_END,)), **self._format))
        if rows.pop() != [_END[:-1]] or len(rows) != text.count("\n"):
            return None
        self._note_widths(rows)
        return _Split(from_rows(rows, range(line, line + len(rows)), self._width))

    def _note_widths(self, rows: list[Row]) -> None:
        self._widths.extend([width for width in map(len, rows) if width > 1])

    def _split_with_care(self, text: str, line: int, *, is_last: bool) -> _Split:
        """Split record by record, reading the first line of a broken one as plain text and going on after it."""
        physical = list(io.StringIO(text, newline="\n"))
        rows: list[Row] = []
        lines: list[int] = []
        unreadable: list[tuple[int, str]] = []
        at = 0
        while at < len(physical):
            at = self._read_sound(physical, at, line, rows, lines)
            if at == len(physical):
                break
            rest = physical[at:]
            if not is_last and self._is_open(rest) and sum(map(len, rest)) <= MAX_RECORD_CHARACTERS:
                return _Split(from_rows(rows, lines, self._width, unreadable), "".join(rest))
            try:
                rows.append(next(csv.reader(rest[:1], **self._format, quoting=csv.QUOTE_NONE)))
                self._note_widths(rows[-1:])
                lines.append(line + at)
            except csv.Error:
                unreadable.append((line + at, rest[0][:200]))
            at += 1
        return _Split(from_rows(rows, lines, self._width, unreadable))

    def _read_sound(self, physical: list[str], start: int, line: int, rows: list[Row], lines: list[int]) -> int:
        """Append the records from physical line `start` on; return the index of the first broken one, or the end."""
        reader = csv.reader(chain(islice(physical, start, None), (_END,)), **self._format)
        at = start
        try:
            for row in reader:
                end = start + reader.line_num
                if end > len(physical) or (end - at > 1 and self._swallows(physical[at:end])):
                    return at
                rows.append(row)
                self._note_widths([row])
                lines.append(line + at)
                at = end
        except csv.Error:
            pass
        return at

    def _is_open(self, physical: list[str]) -> bool:
        """Return whether the record that starts here has not ended with these lines."""
        reader = csv.reader(chain(physical, (_END,)), **self._format)
        try:
            next(reader)
        except csv.Error:
            return False
        return reader.line_num > len(physical)

    def _swallows(self, record: list[str]) -> bool:
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
