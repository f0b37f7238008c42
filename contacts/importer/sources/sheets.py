"""The sheets of a workbook, whatever wrote it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of any spreadsheet program

Row = list[str]


@dataclass(frozen=True)
class SheetInfo:
    name: str
    is_hidden: bool = False


class Sheets(Protocol):
    """`rows` yields every row from the first on, blank ones too, so that row numbers are line numbers."""

    infos: list[SheetInfo]

    def rows(self, index: int) -> Iterator[Row]: ...
