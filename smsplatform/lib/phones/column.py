"""Read a whole column of phone cells at once, with exactly the results of `normalise`."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from smsplatform.lib.phones import reading, tables
from smsplatform.lib.phones.blocks import Block, read_block
from smsplatform.lib.phones.home import HomeNumbers
from smsplatform.lib.phones.reasons import Reason

BLOCK_CELLS = 16_384  # the arrays of one block stay in the processor's cache
MEMO_CELLS = 16_384  # answers kept for the cells that only `normalise` can read
MAX_MEMO_CHARACTERS = 64
FOREIGN_BEFORE_TABLE = 256  # numbers of one foreign code seen before its tables are worth building
MIN_INTERNATIONAL_DIGITS = 7
_MAX_LENGTH = 16  # digits; only spreads the codes of the groups


def _codes_by_prefix() -> NDArray[np.int64]:
    """Return, for the first three digits of an international number, its country code or 0."""
    codes = np.zeros(1000, dtype=np.int64)
    for prefix in range(100, 1000):
        codes[prefix] = next((c for c in _shorter(prefix) if c in COUNTRY_CODE_TO_REGION_CODE), 0)
    return codes


def _shorter(prefix: int) -> tuple[int, int, int]:
    return prefix // 100, prefix // 10, prefix


_CODES = _codes_by_prefix()
_POWERS = 10 ** np.arange(18, dtype=np.int64)


class PhoneColumn:
    """A reader of phone cells for people in one region; its memory does not grow with the rows read."""

    def __init__(self, region: str) -> None:
        self._region = region.upper()
        self._home = HomeNumbers(self._region)
        self._seen: Counter[int] = Counter()  # by country code, so a few hundred at most
        self._memo: Callable[[str], int] = lru_cache(maxsize=MEMO_CELLS)(self._normalise)

    def parse(self, cells: Sequence[str]) -> NDArray[np.int64]:
        """Return for each cell E.164 digits (> 0), or minus the code of a Reason (0 for a blank cell)."""
        result = np.empty(len(cells), dtype=np.int64)
        for start in range(0, len(cells), BLOCK_CELLS):
            block = cells[start : start + BLOCK_CELLS]
            result[start : start + len(block)] = self._parse_block(block)
        return result

    def _parse_block(self, cells: Sequence[str]) -> NDArray[np.int64]:
        block = read_block(cells)
        result = np.full(len(cells), tables.UNSET, dtype=np.int64)
        result[block.is_empty] = -Reason.EMPTY.code
        is_international, lengths = self._home.international(block)
        for rows, numbers in self._home.groups(block, ~is_international):
            _settle(result, rows, numbers, block.is_simple)
        for rows, numbers in self._foreign_groups(block, is_international, lengths):
            _settle(result, rows, numbers, block.is_simple)
        for row in np.flatnonzero(result == tables.UNSET).tolist():
            cell = cells[row]
            result[row] = self._memo(cell) if len(cell) <= MAX_MEMO_CHARACTERS else self._normalise(cell)
        return result

    def _normalise(self, cell: str) -> int:
        found = reading.recognise(cell, self._region)
        return -found.code if isinstance(found, Reason) else found.digits

    def _foreign_groups(
        self, block: Block, is_international: NDArray[np.bool_], lengths: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Yield the rows written with a country code and what they are, one code and length at a time."""
        rows = np.flatnonzero(is_international & (lengths >= MIN_INTERNATIONAL_DIGITS))
        values, lengths = block.values[rows], lengths[rows]
        groups = _CODES[values // _POWERS[lengths - 3]] * _MAX_LENGTH + lengths
        for group in np.flatnonzero(np.bincount(groups, minlength=1)).tolist():
            code, length = divmod(group, _MAX_LENGTH)
            members = rows[groups == group]
            if code and self._is_worth_tables(code, len(members)):
                yield members, self._look_up(code, length - len(str(code)), block.values[members])

    def _is_worth_tables(self, code: int, members: int) -> bool:
        self._seen[code] += members
        return code == self._home.code or self._seen[code] >= FOREIGN_BEFORE_TABLE

    def _look_up(self, code: int, digits: int, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what numbers of one country code are, ``digits`` digits after it."""
        country = tables.country_code(code)
        if country is None:
            return np.full(len(values), tables.UNSET)
        national = values - code * 10**digits
        results = country.look_up(digits, national)
        # +33 06… and +33 (0)6…: people leave the trunk 0 in, before the whole number.
        zeroed = national < 10 ** (digits - 1)
        if country.has_plain_zero and zeroed.any():
            shorter = country.look_up(digits - 1, national[zeroed])
            results[zeroed] = np.where(shorter > 0, shorter, tables.UNSET)
        return results


def _settle(
    result: NDArray[np.int64], rows: NDArray[np.int64], found: NDArray[np.int64], is_simple: NDArray[np.bool_]
) -> None:
    """Write the results that are sure: a refusal is not, where the cell may hold a second number."""
    sure = (found > 0) | is_simple[rows]
    result[rows[sure]] = found[sure]
