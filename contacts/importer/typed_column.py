"""One column of whole numbers, dates or yes and no, as fragments of JSON.

A cell that cannot be read becomes null, which is not nothing: an empty cell may erase what is known, such a cell does not.
"""

import json
from collections.abc import Sequence
from typing import Any

from contacts.importer.block import Column
from contacts.importer.plan import clean
from contacts.importer.typed import DATE, INTEGER, MAX_CHARACTERS, NotOfType, is_serial, parse_value

MAX_SAMPLES, SAMPLE_CHARACTERS = 10, 60  # of the cells that are left out, and of each
LEAST_SERIALS = 3  # cells; a number alone in a column of dates may be anything
MAX_DIGITS = 18  # that surely fit


def null_of(key: str) -> str:
    """Return the fragment of a cell that could not be read."""
    return f',"{key}":null'


class _Memo(dict[str, str]):
    """The fragments of one column: `,"a1":12`, "" for an empty cell, `null` for one that cannot be read."""

    def __init__(self, key: str, type: str, null: str) -> None:
        super().__init__()
        self.serials = False
        self._start = f',"{key}":'
        self._type = type
        self._null = null

    def __missing__(self, cell: str) -> str:
        try:
            value = parse_value(cell, self._type, serials=self.serials)
        except NotOfType:
            made = self._null
        else:
            made = "" if value is None else self._start + json.dumps(value)
        if len(cell) <= MAX_CHARACTERS:  # a longer one is not of any type
            self[cell] = made
        return made


class TypedColumn:
    """Remembers about `limit` cells: there are not that many days in a life. `skipped`: cells that could not be read."""

    def __init__(self, key: str, type: str, limit: int) -> None:
        self.key = key
        self.skipped = 0
        self.samples: list[dict[str, Any]] = []
        self._null = null_of(key)
        self._start = f',"{key}":'
        self._type = type
        self._limit = limit
        self._memo = _Memo(key, type, self._null)
        self._is_decided = type != DATE

    def fragments(self, cells: Column, lines: Sequence[int]) -> list[str]:
        if not self._is_decided:
            self._decide(cells)
        if self._type == INTEGER and (plain := self._plain(cells)) is not None:
            return plain
        made = list(map(self._memo.__getitem__, cells))
        if len(self._memo) > self._limit:
            self._memo.clear()
        if skipped := made.count(self._null):
            self.skipped += skipped
            self._note(made, cells, lines)
        return made

    def _decide(self, cells: Column) -> None:
        """Look at the first cells whether all are days as spreadsheets number them."""
        filled = [text for cell in cells if (text := cell.strip())]
        self._is_decided = bool(filled)
        self._memo.serials = len(filled) >= LEAST_SERIALS and all(map(is_serial, filled))

    def _plain(self, cells: Column) -> list[str] | None:
        """Return the fragments of cells that are nothing but digits, without looking at each one; else None."""
        joined = "".join(cells)
        if not (joined.isascii() and joined.isdigit()) or max(map(len, cells)) > MAX_DIGITS:
            return None
        return [f"{self._start}{int(cell)}" if cell else "" for cell in cells]

    def _note(self, made: Sequence[str], cells: Column, lines: Sequence[int]) -> None:
        for row, fragment in enumerate(made):
            if len(self.samples) >= MAX_SAMPLES:
                return
            if fragment == self._null:
                self.samples.append({"line": lines[row], "value": clean(cells[row].strip())[:SAMPLE_CHARACTERS]})
