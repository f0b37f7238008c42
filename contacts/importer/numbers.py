"""The number of each line: from the phones' column, read as its country's, or else from a second column."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from contacts.importer.block import Block, Column
from contacts.importer.countries import region_of
from contacts.importer.plan import Plan
from smsplatform.lib.phones import PhoneColumn, other_mobiles

MAX_REGIONS = 40  # with a reader each; lines of further countries are read as numbers of the default one
MIN_CHARACTERS = 17  # of a cell that holds two numbers; "+33 6 12 34 56 78" has as many
MIN_DIGITS = 16

Numbers = NDArray[np.int64]


class NumberReader:
    """Reads the numbers of one file's blocks; memory does not grow with them."""

    def __init__(self, plan: Plan, region: str) -> None:
        self._plan = plan
        self._region = region
        self._readers = {region: PhoneColumn(region)}
        self._others = lru_cache(maxsize=256)(self._read_others)

    def read(self, block: Block) -> tuple[Numbers, NDArray[np.bool_] | None]:
        """Return each row's number, or minus the code of the reason why its phone cell has none.

        With a second column, also return which of the numbers come from it.
        """
        assert self._plan.phone_column is not None
        countries = self._plan.country_column
        regions = None if countries is None else self._regions(block.columns[countries])
        phones = self._parse(block.columns[self._plan.phone_column], regions)
        if self._plan.second_phone is None:
            return phones, None
        missing = np.flatnonzero(phones <= 0)
        is_second = np.zeros(len(phones), dtype=np.bool_)
        if len(missing):
            cells, rows = block.columns[self._plan.second_phone], missing.tolist()
            found = self._parse([cells[row] for row in rows], regions and [regions[row] for row in rows])
            valid = found > 0
            phones[missing[valid]] = found[valid]
            is_second[missing[valid]] = True
        return phones, is_second

    def _parse(self, cells: Column, regions: Sequence[str] | None) -> Numbers:
        """Read each cell as a number of its region, or failing that of the default one."""
        distinct = set(regions or ())
        if not distinct or distinct == {self._region}:
            return self._readers[self._region].parse(cells)
        result = self._readers[self._region].parse(cells)
        assert regions is not None
        for region in sorted(distinct - {self._region}):
            rows = [row for row, each in enumerate(regions) if each == region]
            found = self._reader(region).parse([cells[row] for row in rows])
            at = np.array(rows)
            # A reason of the line's own country is the one to show, unless its number is one of ours after all.
            result[at] = np.where((found > 0) | (result[at] <= 0), found, result[at])
        return result

    def _regions(self, cells: Column) -> list[str]:
        known = {cell: region_of(cell) or self._region for cell in set(cells)}
        return [known[cell] for cell in cells]

    def _reader(self, region: str) -> PhoneColumn:
        if region not in self._readers and len(self._readers) < MAX_REGIONS:
            self._readers[region] = PhoneColumn(region)
        return self._readers.get(region, self._readers[self._region])

    def others(self, block: Block, rows: Sequence[int]) -> list[tuple[int, str]]:
        """Return the rows whose phone cell holds further mobile numbers, which are not imported, with the numbers."""
        assert self._plan.phone_column is not None
        cells = block.columns[self._plan.phone_column]
        long = [row for row in rows if len(cells[row]) > MIN_CHARACTERS]
        return [(row, found) for row in long if (found := self._others(cells[row]))]

    def _read_others(self, cell: str) -> str:
        if sum(map(str.isdigit, cell)) < MIN_DIGITS:
            return ""
        return ", ".join(other_mobiles(cell, self._region))
