"""Cells longer than anybody keeps of a contact: their beginning is kept, and people are told which."""

from collections.abc import Sequence
from typing import Any

from contacts.importer.block import SHORT_LINE, Column
from contacts.importer.plan import clean

MAX_CHARACTERS = SHORT_LINE  # of one value, as in the forms where people write one
MAX_SAMPLES, SAMPLE_CHARACTERS = 10, 60  # of the cells that are shortened, and of each
ELLIPSIS = "…"


def shortened(text: str) -> str:
    """Return a stripped text of at most MAX_CHARACTERS."""
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + ELLIPSIS


class LongCells:
    """Shortens the cells of a file's columns and counts them."""

    def __init__(self) -> None:
        self._noted: dict[int, dict[str, Any]] = {}

    def shorten(self, column: int, cells: Column, lines: Sequence[int]) -> Column:
        """Return the cells of a column with the long ones shortened."""
        if max(map(len, cells), default=0) <= MAX_CHARACTERS:
            return cells
        return [
            self.one(column, cell, line) if len(cell) > MAX_CHARACTERS else cell
            for cell, line in zip(cells, lines, strict=True)
        ]

    def one(self, column: int, cell: str, line: int) -> str:
        text = cell.strip()
        if len(text) > MAX_CHARACTERS:
            self._note(column, text, line)
        return shortened(text)

    def _note(self, column: int, text: str, line: int) -> None:
        noted = self._noted.setdefault(column, {"column": column, "count": 0, "samples": []})
        noted["count"] += 1
        if len(noted["samples"]) < MAX_SAMPLES:
            noted["samples"].append({"line": line, "value": clean(text)[:SAMPLE_CHARACTERS]})

    @property
    def noted(self) -> list[dict[str, Any]]:
        """The columns with such cells: {"column", "count", "samples": [{"line", "value"}]}."""
        return [self._noted[column] for column in sorted(self._noted)]
