"""The numbers that people in one region write without a country code, as fast lookups."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from smsplatform.lib.phones import tables
from smsplatform.lib.phones.blocks import MAX_DIGITS, Block
from smsplatform.lib.phones.countries import (
    FRENCH_NATIONAL_DIGITS,
    FRENCH_PLAN,
    country_code,
    general,
    main_region,
    metadata,
    mobile_lengths,
)
from smsplatform.lib.phones.reading import MIN_BARE_FOREIGN_DIGITS
from smsplatform.lib.phones.reasons import Reason
from smsplatform.lib.phones.tables import CountryCode

MIN_WRITTEN_DIGITS = 7  # fewer may be a short code
_INVALID = -Reason.INVALID.code
_POWERS = 10 ** np.arange(18, dtype=np.int64)

Group = tuple[NDArray[np.int64], NDArray[np.int64]]  # rows, and for each its number or outcome


def _trunk(pattern: str) -> str:
    """Return the trunk prefix that people write: Britain's "0|180020" also has one for the deaf's relay."""
    alternatives = pattern.split("|")
    return "0" if "0" in alternatives and all(map(str.isdigit, alternatives)) else pattern


class HomeNumbers:
    """Which cells are national numbers of the region, and what they are. Undecided cells are in no group."""

    def __init__(self, region: str) -> None:
        found = metadata(region)
        self.code = country_code(region)
        self._dials_00 = found.international_prefix == "00"
        self._trunk = _trunk(found.national_prefix_for_parsing or "")
        self._possible = frozenset(general(region).possible_length)
        self._country = tables.country_code(self.code) if self._is_regular(region) else None
        local = general(region).possible_length_local_only
        self._lengths = sorted(n for n in self._possible.difference(local) if n < MAX_DIGITS)
        self._only_length = self._find_only_length(local)
        self._plan: list[CountryCode] = []
        if region in FRENCH_PLAN:
            codes = dict.fromkeys(country_code(territory) for territory in FRENCH_PLAN)
            found_codes = [tables.country_code(code) for code in codes if code != self.code]
            self._plan = [country for country in found_codes if country is not None]

    def _is_regular(self, region: str) -> bool:
        """Say whether a written number can be read by its length and first digits alone.

        Elsewhere trunk prefixes carry operator codes, or national numbers start with 0: the library decides.
        """
        found = metadata(region)
        return (
            found.international_prefix in {"00", "011"}
            and not found.national_prefix_transform_rule
            and (not self._trunk or (self._trunk.isdigit() and not tables.starts_with_zero(region)))
        )

    def _find_only_length(self, local: tuple[int, ...]) -> int | None:
        """Return the one length that every number of the country has, where a trunk 0 comes before it."""
        if self._country is None or self._trunk != "0" or [*local] not in ([], [-1]):
            return None
        lengths = mobile_lengths(main_region(self.code))
        return lengths[0] if len(lengths) == 1 and self._possible == set(lengths) else None

    def international(self, block: Block) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return which cells start with + or 00, and how many digits each has from its country code on."""
        counts = block.digit_counts
        if not self._dials_00:
            return block.is_plain & block.has_plus, counts
        capped = np.minimum(counts, MAX_DIGITS)
        has_00 = ~block.has_plus & (capped > 2) & (block.values < _POWERS[np.maximum(capped - 2, 0)])
        return block.is_plain & (block.has_plus | has_00), counts - 2 * has_00

    def groups(self, block: Block, is_national: NDArray[np.bool_]) -> Iterator[Group]:
        """Yield the decided rows, by way of writing. Later groups never hold a row of an earlier one."""
        if self._country is None:
            return
        candidates = np.flatnonzero(is_national & block.is_plain & (block.digit_counts >= MIN_WRITTEN_DIGITS))
        counts, values = block.digit_counts[candidates], block.values[candidates]
        for count in np.flatnonzero(np.bincount(counts, minlength=1)).tolist():
            is_count = counts == count
            rows, numbers = candidates[is_count], values[is_count]
            yield from self._with_trunk(count, rows, numbers)
            yield from self._bare(count, rows, numbers)
            yield from self._with_code(count, rows, numbers)
            yield from self._wrong_length(count, rows, numbers)

    def _with_trunk(self, count: int, rows: NDArray[np.int64], numbers: NDArray[np.int64]) -> Iterator[Group]:
        length = count - len(self._trunk)
        ambiguous = not self._trunk.startswith("0") and count in self._possible
        if self._trunk and length in self._lengths and not ambiguous:
            national = numbers - int(self._trunk) * 10**length
            ours = (national >= 10 ** (length - 1)) & (national < 10**length)
            yield rows[ours], self._look_up(length, national[ours])

    def _bare(self, count: int, rows: NDArray[np.int64], numbers: NDArray[np.int64]) -> Iterator[Group]:
        if self._country and count in self._lengths:
            ours = numbers >= 10 ** (count - 1)
            national = numbers[ours]
            results = self._look_up(count, national)
            # The library may take the first digits of a number that does not exist for the country's code.
            coded = np.flatnonzero(national // 10 ** (count - len(str(self.code))) == self.code)
            missing = self._country.look_up(count, national[coded]) == _INVALID
            results[coded[missing]] = tables.UNSET
            yield rows[ours], results

    def _with_code(self, count: int, rows: NDArray[np.int64], numbers: NDArray[np.int64]) -> Iterator[Group]:
        length = count - len(str(self.code))
        if self._country and length in self._lengths and count not in self._possible:
            ours = numbers // 10**length == self.code
            results = self._country.look_up(length, numbers[ours] % 10**length)
            yield rows[ours], np.where(results == _INVALID, tables.UNSET, results)

    def _wrong_length(self, count: int, rows: NDArray[np.int64], numbers: NDArray[np.int64]) -> Iterator[Group]:
        if self._only_length is None:
            return
        has_zero = (numbers < 10 ** (count - 1)) & (numbers >= 10 ** (count - 2))
        if count != self._only_length + 1:
            yield rows[has_zero], self._length_refusals(count - 1, int(has_zero.sum()))
        if count != self._only_length and count < MIN_BARE_FOREIGN_DIGITS:
            starts_with_code = numbers // 10 ** (count - len(str(self.code))) == self.code
            ours = (numbers >= 10 ** (count - 1)) & ~starts_with_code
            yield rows[ours], self._length_refusals(count, int(ours.sum()))

    def _length_refusals(self, length: int, rows: int) -> NDArray[np.int64]:
        assert self._only_length is not None
        reason = Reason.TOO_SHORT if length < self._only_length else Reason.TOO_LONG
        return np.full(rows, -reason.code)

    def _look_up(self, length: int, national: NDArray[np.int64]) -> NDArray[np.int64]:
        """Look numbers up in the region's own tables, and those missing there in its numbering plan's."""
        assert self._country is not None
        results = self._country.look_up(length, national)
        if length == FRENCH_NATIONAL_DIGITS:
            for other in self._plan:
                missing = np.flatnonzero(results == _INVALID)
                if missing.size:
                    results[missing] = other.look_up(length, national[missing])
        return results
