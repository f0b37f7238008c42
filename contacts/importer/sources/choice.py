"""Choose the sheet to import: the one with phone numbers, hidden ones last. Runs in the child process only."""

from dataclasses import dataclass
from itertools import islice

from contacts.importer.sources import tablefile
from contacts.importer.sources.sheets import Sheets

SAMPLE_ROWS = 200
MAX_LOOKED_AT = 30  # sheets; the others can be chosen by hand


@dataclass(frozen=True)
class Look:
    """What a glance at one sheet shows."""

    index: int
    is_hidden: bool
    has_rows: bool
    has_phones: bool
    phones: float  # share of the best column's cells
    rows: int  # in the sample

    @property
    def rank(self) -> tuple[bool, bool, bool, float, int, int]:
        return self.has_phones, not self.is_hidden, self.has_rows, round(self.phones, 1), self.rows, -self.index


def best_sheet(sheets: Sheets, region: str) -> int:
    """Return the index of the sheet to propose."""
    return max((_look(sheets, index, region) for index in range(len(sheets.infos))[:MAX_LOOKED_AT]), key=_rank).index


def _rank(look: Look) -> tuple[bool, bool, bool, float, int, int]:
    return look.rank


def _look(sheets: Sheets, index: int, region: str) -> Look:
    from contacts.importer.detect import detect  # slow to load, and only needed where there is a choice

    filled = (row for row in sheets.rows(index) if any(row))
    sample = list(islice(filled, SAMPLE_ROWS))
    found = detect("".join(map(tablefile.line, sample)).encode("utf-8", "replace"), region, is_table=True)
    phone = found.phone_column
    share = found.columns[phone].phone_share if phone is not None else 0.0
    return Look(index, sheets.infos[index].is_hidden, bool(sample), phone is not None, share, len(sample))
