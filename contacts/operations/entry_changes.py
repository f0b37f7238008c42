"""What a person changed in a list's editor and what came of it, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PHONE = "phone"  # names the number among a row's columns


@dataclass(frozen=True)
class Cell:
    """A value as the person saw it, and as it should become."""

    before: str
    after: str


@dataclass(frozen=True)
class Exclusion:
    """`adds`: put the number on the exclusion list; else take it off, which needs a reason, and a yes for a STOP."""

    adds: bool
    reason: str = ""
    including_stop: bool = False


@dataclass(frozen=True)
class RowChange:
    """`ref` names the row in the answer. `phone`: of an entry of the list, None for a new row. `number`: as typed, when new.

    `cells` by column key. Of a row to `remove` they are what the person saw, so that what somebody else wrote is not lost.
    """

    ref: str
    phone: int | None = None
    number: str | None = None
    cells: Mapping[str, Cell] = field(default_factory=dict)
    remove: bool = False
    exclusion: Exclusion | None = None


@dataclass(frozen=True)
class ColumnChange:
    """`key`: of the list, or for a column to add what `RowChange.cells` call it. `before`: the name that the person saw."""

    class Kind(StrEnum):
        ADD = "ADD"
        RENAME = "RENAME"
        REMOVE = "REMOVE"

    kind: Kind
    key: str
    name: str = ""
    before: str = ""


@dataclass(frozen=True)
class Changes:
    columns: tuple[ColumnChange, ...] = ()
    rows: tuple[RowChange, ...] = ()

    def count(self) -> int:
        return len(self.columns) + sum(max(1, len(row.cells)) for row in self.rows)


class Status(StrEnum):
    SAVED = "SAVED"
    CONFLICT = "CONFLICT"
    ERROR = "ERROR"


@dataclass(frozen=True)
class RowResult:
    """What came of a row: nothing of it is written unless SAVED. `theirs`: the stored values of the cells in conflict.

    `column`: the key of the cell at fault, PHONE for the number, "" for the row. `phone`: of the entry afterwards.
    """

    ref: str
    status: Status
    phone: int | None = None
    code: str = ""
    message: str = ""
    column: str = ""
    theirs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """`columns`: the list's columns now. `keys`: of added columns, by what the changes called them."""

    rows: tuple[RowResult, ...]
    columns: list[dict[str, str]]
    keys: Mapping[str, str]
    counts: Mapping[str, int]

    @property
    def refused(self) -> int:
        return sum(row.status != Status.SAVED for row in self.rows)
