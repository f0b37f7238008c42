"""The numbers of an import: every line read is in exactly one of the buckets."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Counts:
    """read = blank + rejected + duplicate + new + updated + unchanged.

    Beside the buckets: `excluded` numbers are kept but on the account's exclusion list, `extra_cells` are kept lines
    with more cells than columns, `undecodable` are characters that the encoding could not read, `removed` are numbers of
    the list that the file, which replaces it, does not hold, `second_phone` are kept numbers from the second column,
    `second_numbers` are kept lines whose cell holds another number, `totals` are the blank lines that are not blank but
    totals at the bottom, `skipped_values` are cells of kept lines that are not what their column is, a date say, `joined`
    are numbers that the list did not hold, where what we know of them is kept beside it.
    """

    read: int = 0
    blank: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    duplicate: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    excluded: int = 0
    extra_cells: int = 0
    undecodable: int = 0
    removed: int = 0
    second_phone: int = 0
    second_numbers: int = 0
    totals: int = 0
    skipped_values: int = 0
    joined: int = 0

    @property
    def kept(self) -> int:
        return self.new + self.updated + self.unchanged

    def check(self) -> None:
        """Raise AssertionError when a line was lost or counted twice: the import must then not be committed."""
        placed = self.blank + self.rejected.total() + self.duplicate + self.kept
        if placed != self.read:
            raise AssertionError(f"{self.read} lines were read, but {placed} are accounted for")

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"rejected": dict(sorted(self.rejected.items()))}
