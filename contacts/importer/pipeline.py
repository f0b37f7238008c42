"""The import of one file: bytes -> records -> numbers -> first occurrences -> sink, a block at a time.

Preview and import are this same pipeline with another sink, so that their numbers are the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from contacts.importer import parse
from contacts.importer.block import MAX_EXTRA_CELLS, Block
from contacts.importer.counts import Counts
from contacts.importer.dedupe import Phones, SeenPhones, contains
from contacts.importer.mapping import ColumnMapping
from contacts.importer.numbers import NumberReader
from contacts.importer.plan import Plan, clean
from contacts.importer.rejects import Rejects
from contacts.importer.repairs import Repairs
from contacts.importer.sinks import Outcome, Sink
from contacts.importer.sources import errors
from contacts.importer.sources.errors import SourceError
from contacts.importer.text import Readable, TextReader
from contacts.importer.totals import Bottom, Refused, is_total
from contacts.importer.values import Values
from smsplatform.lib.phones import REASONS_BY_CODE, Reason

MAX_EXCLUDED = 50  # shown one by one
MAX_SECOND_NUMBERS, SECOND_CHARACTERS = 20, 60  # shown, and of each
# Cells that a table may have, blank ones too, beyond those that its bytes can hold: else it is as wide as a few lines only.
SPARE_CELLS, CELLS_PER_BYTE = 20_000_000, 4
LINE_TOO_LONG = "LINE_TOO_LONG"
TOO_MANY_CELLS = "TOO_MANY_CELLS"


class TooManyRowsError(Exception):
    """The file has more lines than an import may have."""


class Watch(Protocol):
    """Whoever follows the import."""

    def saw(self, rows: int, bytes_read: int) -> None:
        """Take the totals so far. Raise whatever must stop the import."""


@dataclass(frozen=True)
class Report:
    """`columns`: as `ContactList.columns`. `excluded`: the first excluded numbers that were kept, with their lines.

    `second_numbers`: the first lines whose phone cell holds another number, with what is not imported. `skipped`: the
    values that were not imported, by column; `shortened`: those whose beginning was. `filled`: the keys that got a value.
    """

    counts: Counts
    columns: list[dict[str, str]]
    excluded: list[tuple[int, int]]
    second_numbers: list[dict[str, Any]]
    skipped: list[dict[str, Any]]
    shortened: list[dict[str, Any]]
    filled: frozenset[str]


@dataclass
class Pipeline:
    """One run over one file. `exclusions`: the account's, sorted. `max_rows`: above, TooManyRowsError.

    `erased`: says which numbers are excluded though the account no longer has them.
    """

    plan: Plan
    mapping: ColumnMapping
    region: str
    exclusions: Phones
    sink: Sink
    rejects: Rejects
    watch: Watch
    max_rows: int
    repairs: Repairs | None = None
    erased: Callable[[Phones], NDArray[np.bool_]] | None = None
    _counts: Counts = field(default_factory=Counts)
    _seen: SeenPhones = field(default_factory=SeenPhones)

    def __post_init__(self) -> None:
        self._numbers = NumberReader(self.plan, self.region)
        self._bottom = Bottom()
        self._is_second: NDArray[np.bool_] | None = None
        self._second_numbers: list[dict[str, Any]] = []
        self._values = Values(self.mapping)
        self._excluded: list[tuple[int, int]] = []

    def run(self, file: Readable) -> Report:
        """Read the whole file into the sink and return what became of every line."""
        reader = TextReader(file, self.plan.encoding)
        try:
            for block in parse.blocks(reader, self.plan):
                self._count(block, reader.bytes_read)
                self._take(block)
                self.watch.saw(self._counts.read, reader.bytes_read)
            outcome = self.sink.finish()
        finally:
            self.sink.close()
        self.rejects.finish()
        return self._report(outcome, reader.undecodable)

    def _report(self, outcome: Outcome, undecodable: int) -> Report:
        counts, values = self._counts, self._values
        counts.totals = self._bottom.count
        counts.blank += counts.totals
        counts.new, counts.updated, counts.unchanged = outcome.new, outcome.updated, outcome.unchanged
        counts.removed, counts.joined = outcome.removed, outcome.joined
        counts.undecodable = undecodable
        counts.skipped_values = sum(column["count"] for column in values.skipped)
        counts.check()
        columns = self.mapping.with_extra(values.extra)
        filled = frozenset(values.filled)
        return Report(counts, columns, self._excluded, self._second_numbers, values.skipped, values.long.noted, filled)

    def _count(self, block: Block, bytes_read: int) -> None:
        self._counts.read += len(block.lines) + len(block.unreadable)
        if self._counts.read > self.max_rows:
            raise TooManyRowsError
        if self._counts.read * self.plan.width > SPARE_CELLS + CELLS_PER_BYTE * bytes_read:
            raise SourceError(errors.TOO_SPARSE)

    def _take(self, block: Block) -> None:
        for line, start in block.unreadable:
            self._reject(line, [start], start, LINE_TOO_LONG)
        phones = self._phones(block)
        self._refuse(block, phones)
        valid = np.flatnonzero(phones > 0)
        kept = valid[self._seen.first_occurrences(phones[valid])]
        self._counts.duplicate += len(valid) - len(kept)
        if len(kept):
            self._keep(block, phones[kept], kept)

    def _phones(self, block: Block) -> NDArray[np.int64]:
        """Return each row's number, or 0 or less for a row that is refused or blank."""
        if self.plan.phone_column is None or not block.lines:
            return np.zeros(len(block.lines), dtype=np.int64)
        phones, self._is_second = self._numbers.read(block)
        for row, cells in block.extra.items():
            if len(cells) > MAX_EXTRA_CELLS:
                phones[row] = 0  # as if it had no number, so that no repair looks at it
        if self.repairs is not None:
            self.repairs.apply(block, self.plan.phone_column, phones)
        return phones

    def _refuse(self, block: Block, phones: NDArray[np.int64]) -> None:
        last_valid = int(np.max(np.flatnonzero(phones > 0), initial=-1))
        if last_valid >= 0:
            self._release()
        for index in np.flatnonzero(phones <= 0).tolist():
            row, reason = block.row(index), REASONS_BY_CODE[-int(phones[index])]
            if reason is Reason.EMPTY and not any(map(str.strip, row)):
                self._counts.blank += 1
            elif len(row) > self.plan.width + MAX_EXTRA_CELLS:
                self._reject(block.lines[index], row[: self.plan.width], "", TOO_MANY_CELLS)
            else:
                value = "" if self.plan.phone_column is None else row[self.plan.phone_column]
                self._refuse_row(Refused(block.lines[index], row, value, reason.value), may_be_last=index > last_valid)

    def _refuse_row(self, refused: Refused, *, may_be_last: bool) -> None:
        """Refuse a line, or hold it back while it may be one of the totals at the bottom."""
        if may_be_last and is_total(refused.row):
            for early in self._bottom.hold(refused):
                self._reject(*early)
            return
        self._release()
        self._reject(*refused)

    def _release(self) -> None:
        for refused in self._bottom.release():
            self._reject(*refused)

    def _reject(self, line: int, row: Sequence[str], value: str, code: str) -> None:
        self._counts.rejected[code] += 1
        self.rejects.add(line, row, value, code)

    def _keep(self, block: Block, phones: Phones, kept: NDArray[np.int64]) -> None:
        self._note_excluded(block, phones, kept)
        self._note_second(block, kept)
        self._counts.extra_cells += sum(row in block.extra for row in kept.tolist()) if block.extra else 0
        values = self._values.build(block, kept) if self.sink.needs_values else []
        self.sink.add(phones, values)

    def _note_excluded(self, block: Block, phones: Phones, kept: NDArray[np.int64]) -> None:
        hits = contains(self.exclusions, phones)
        excluded = np.flatnonzero(hits if self.erased is None else hits | self.erased(phones))
        self._counts.excluded += len(excluded)
        for index in excluded[: MAX_EXCLUDED - len(self._excluded)].tolist():
            self._excluded.append((block.lines[int(kept[index])], int(phones[index])))

    def _note_second(self, block: Block, kept: NDArray[np.int64]) -> None:
        """Count the numbers from the second column, and the cells with a second number in the first."""
        rows = kept
        if self._is_second is not None:
            from_second = self._is_second[kept]
            self._counts.second_phone += int(from_second.sum())
            rows = kept[~from_second]
        others = self._numbers.others(block, rows.tolist())
        self._counts.second_numbers += len(others)
        for row, numbers in others[: MAX_SECOND_NUMBERS - len(self._second_numbers)]:
            self._second_numbers.append({"line": block.lines[row], "value": clean(numbers)[:SECOND_CHARACTERS]})
