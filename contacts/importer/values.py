"""Turn the cells beside the number into JSON, as text that COPY takes, a column at a time.

JSON is built from escaped fragments: cells of most columns (cities, dates, flags) come again and again, and a
remembered fragment costs a dictionary look-up. Columns of unique cells are not remembered.
"""

import json
from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contacts.importer.block import Block, Column
from contacts.importer.long_cells import LongCells
from contacts.importer.mapping import ColumnMapping
from contacts.importer.typed_column import TypedColumn, null_of
from smsplatform.lib import csvsafe

MEMO_CELLS = 20_000  # remembered of one column
ALL_MEMO_CELLS = 100_000  # and of all columns together
MEMO_CHARACTERS = 100  # a longer cell is not remembered
WORTH_HITS = 0.5  # a memo that finds fewer of its cells than this is dropped...
CELLS_BEFORE_JUDGING = 1_000  # ... once it was asked for so many
NOTHING = "\\N"  # COPY's null: the line had no value


class _Memo(dict[str, str]):
    """The fragments of one column: `,"c1":"Lyon"`, or "" for an empty cell."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.misses = 0
        self._key = key

    def __missing__(self, cell: str) -> str:
        self.misses += 1
        made = fragment(self._key, cell)
        if len(cell) <= MEMO_CHARACTERS:
            self[cell] = made
        return made


class _TextColumn:
    """One column: remembers its fragments while that pays, and about `limit` of them at most."""

    def __init__(self, key: str, limit: int) -> None:
        self.key = key
        self._limit = limit
        self._asked = 0
        self._memo: _Memo | None = _Memo(key)

    def fragments(self, cells: Column, lines: Sequence[int]) -> list[str]:
        memo = self._memo
        if memo is None:
            return _fragments(self.key, cells)
        made = list(map(memo.__getitem__, cells))
        self._asked += len(cells)
        if self._asked >= CELLS_BEFORE_JUDGING and memo.misses > (1 - WORTH_HITS) * self._asked:
            self._memo = None
        elif len(memo) > self._limit:
            self._memo, self._asked = _Memo(self.key), 0
        return made


def fragment(key: str, cell: str) -> str:
    cell = csvsafe.bare(cell.strip().replace("\x00", ""))
    return f',"{key}":' + json.dumps(cell, ensure_ascii=False).replace("\\", "\\\\") if cell else ""


def _fragments(key: str, cells: Column) -> list[str]:
    """Return the fragments of cells, without looking at each one when none of them has anything to escape or trim."""
    joined = "|".join(cells)
    is_plain = joined.isprintable() and '"' not in joined and "\\" not in joined
    if not is_plain or "| " in joined or " |" in joined or "|'" in joined or joined[:1] in " '" or joined[-1:] == " ":
        return [fragment(key, cell) for cell in cells]
    start = f',"{key}":"'
    return [f'{start}{cell}"' if cell else "" for cell in cells]


class Values:
    """The values of a table's lines, under the keys of the mapping.

    Cells beyond the last column go to the following keys: `extra` is how many keys were needed. `filled`: the keys that
    got a value. `long`: the texts that were shortened.
    """

    def __init__(self, mapping: ColumnMapping) -> None:
        kept = [(index, key) for index, key in enumerate(mapping.keys) if key is not None]
        limit = min(MEMO_CELLS, ALL_MEMO_CELLS // max(1, len(kept)))
        self._typed = {
            index: TypedColumn(key, mapping.types[index], ALL_MEMO_CELLS // len(kept))
            for index, key in kept
            if mapping.types and mapping.types[index]
        }
        self._indexes = [index for index, _ in kept]
        self._columns = [self._typed.get(index) or _TextColumn(key, limit) for index, key in kept]
        self._next_key = mapping.next_key
        self._width = len(mapping.keys)
        self.long = LongCells()
        self.extra = 0
        self.filled: set[str] = set()

    @property
    def skipped(self) -> list[dict[str, Any]]:
        """The cells that are not what their column is: {"column", "key", "count", "samples": [{"line", "value"}]}."""
        return [
            {"column": index, "key": column.key, "count": column.skipped, "samples": column.samples}
            for index, column in self._typed.items()
            if column.skipped
        ]

    def build(self, block: Block, kept: NDArray[np.int64]) -> list[str]:
        """Return one text for each of the rows of the block whose indexes are in `kept`."""
        size = len(block.lines)
        is_kept = np.zeros(size, dtype=np.bool_)
        is_kept[kept] = True
        mask = None if len(kept) == size else is_kept.tolist()
        needs_lines = bool(self._typed) or block.may_be_long
        lines = list(compress(block.lines, mask)) if needs_lines and mask is not None else block.lines
        fragments: list[list[str]] = []
        for index, column in zip(self._indexes, self._columns, strict=True):
            cells = block.columns[index] if mask is None else list(compress(block.columns[index], mask))
            if block.may_be_long and index not in self._typed:
                cells = self.long.shorten(index, cells, lines)
            made = column.fragments(cells, lines)
            if column.key not in self.filled and not {"", null_of(column.key)}.issuperset(made):
                self.filled.add(column.key)
            fragments.append(made)
        if block.extra and self._next_key:
            fragments.append([self._extra(block.extra.get(row, ()), block.lines[row]) for row in kept.tolist()])
        if not fragments:
            return [NOTHING] * len(kept)
        return [f"{{{made[1:]}}}" if made else NOTHING for made in map("".join, zip(*fragments, strict=True))]

    def _extra(self, cells: Column, line: int) -> str:
        filled = {number: cell for number, cell in enumerate(cells, start=1) if cell.strip()}
        self.extra = max([self.extra, *filled])
        first, width = self._next_key - 1, self._width - 1
        return "".join(
            fragment(f"c{first + number}", self.long.one(width + number, cell, line)) for number, cell in filled.items()
        )
