"""What phonenumbers would say of the numbers of one country code, as tables built from its metadata."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc, PhoneNumberType

from smsplatform.lib.phones import countries
from smsplatform.lib.phones.automaton import Automaton, PatternSet, UnsupportedPatternError
from smsplatform.lib.phones.reasons import Reason

UNDECIDED = 0
ACCEPTED = 1
# Other outcomes are minus the code of a Reason.
UNSET = np.iinfo(np.int64).min  # in a column of results: for the library to decide
_MIXED = 2
_LEADING_DIGITS = -1  # stands beside phone number types
_GENERAL = -2
MAX_DEPTH = 6  # digits looked up: a table of at most a million bytes
_MIN_DEPTH = 3
MAX_CODES = 64  # automata kept

# In the order in which the library tries them.
_DESCRIPTIONS = {
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
}


@dataclass(frozen=True, slots=True)
class Table:
    """``outcomes[number // divisor]`` for national numbers of one length."""

    depth: int
    divisor: int
    outcomes: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class _Region:
    """The names, in the automaton, of one region's patterns."""

    metadata: PhoneMetadata
    names: dict[int, int]  # phone number type -> final state

    def type_of(self, matched: frozenset[int], digits: int) -> int:
        """Say what phonenumbers' number_type says, from the patterns matched."""

        def matches(kind: int, description: PhoneNumberDesc | None) -> bool:
            if description is None or self.names.get(kind) not in matched:
                return False
            return not description.possible_length or digits in description.possible_length

        if not matches(_GENERAL, self.metadata.general_desc):
            return PhoneNumberType.UNKNOWN
        found = [kind for kind, name in _DESCRIPTIONS.items() if matches(kind, getattr(self.metadata, name))]
        if not found:
            return PhoneNumberType.UNKNOWN
        both = self.metadata.same_mobile_and_fixed_line_pattern or PhoneNumberType.MOBILE in found
        if found[0] == PhoneNumberType.FIXED_LINE and both:
            return PhoneNumberType.FIXED_LINE_OR_MOBILE
        return found[0]


class CountryCode:
    """The tables of one country code, all its regions together; UnsupportedPatternError if none can be."""

    def __init__(self, code: int) -> None:
        self.code = code
        main = countries.main_region(code)
        regions = COUNTRY_CODE_TO_REGION_CODE[code]
        self._possible = frozenset(n for region in regions for n in countries.general(region).possible_length)
        self._mobile_lengths = countries.mobile_lengths(main)
        trunk = countries.metadata(main).national_prefix_for_parsing
        self.has_plain_zero = trunk == "0" and not starts_with_zero(main)
        self._plain_trunk = (
            trunk if trunk and trunk.isdigit() and trunk == countries.metadata(main).national_prefix else ""
        )
        patterns = PatternSet()
        # A number that starts like a trunk prefix may lose it, depending on the rest: left to the library.
        self._trunk = patterns.add(trunk, prefix=True) if trunk else None
        self._regions = [_add_region(patterns, region) for region in regions]
        self._automaton: Automaton = patterns.determinise()
        self._tables: dict[int, Table] = {}

    def look_up(self, digits: int, national: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each national number (of ``digits`` digits) E.164 digits, minus a reason's code, or UNSET."""
        if digits not in self._possible:
            return self._wrong_length(digits, national)
        table = self.table(digits)
        outcomes = table.outcomes[national // table.divisor].astype(np.int64)
        results = np.where(outcomes == UNDECIDED, UNSET, outcomes)
        return np.where(outcomes == ACCEPTED, national + self.code * 10**digits, results)

    def _wrong_length(self, digits: int, national: NDArray[np.int64]) -> NDArray[np.int64]:
        reason = Reason.TOO_SHORT if digits < min(self._mobile_lengths) else Reason.TOO_LONG
        if self._trunk is not None and not self._plain_trunk:
            return np.full(len(national), UNSET)
        if min(self._mobile_lengths) <= digits <= max(self._mobile_lengths):
            reason = Reason.INVALID
        results = np.full(len(national), -reason.code)
        if self._plain_trunk:  # one may be there by mistake, and the right number after it
            leading = national // 10 ** max(digits - len(self._plain_trunk), 0)
            results[leading == int(self._plain_trunk)] = UNSET
        return results

    def table(self, digits: int) -> Table:
        """Return the table of the national numbers of ``digits`` digits."""
        if digits not in self._tables:
            self._tables[digits] = self._build(digits)
        return self._tables[digits]

    def _build(self, digits: int) -> Table:
        ends = np.array([self._outcome(final, digits) for final in self._automaton.finals], dtype=np.int8)
        for depth in range(min(_MIN_DEPTH, digits), min(MAX_DEPTH, digits) + 1):
            outcomes = self._automaton.outcomes(ends, digits, depth, _MIXED)
            if not (outcomes == _MIXED).any():
                break
        outcomes[outcomes == _MIXED] = UNDECIDED
        return Table(depth, 10 ** (digits - depth), outcomes)

    def _outcome(self, matched: frozenset[int], digits: int) -> int:
        if self._trunk in matched:
            return UNDECIDED
        kind = self._type(matched, digits)
        if kind == PhoneNumberType.UNKNOWN:
            shortest, longest = min(self._mobile_lengths), max(self._mobile_lengths)
            return -Reason.INVALID.code if shortest <= digits <= longest else UNDECIDED
        return ACCEPTED if kind in countries.MOBILE_TYPES else -countries.refusal(kind).code

    def _type(self, matched: frozenset[int], digits: int) -> int:
        """Find the number's region and type as phonenumbers does: the first region that claims it."""
        for region in self._regions:
            kind = region.type_of(matched, digits)
            leading = region.names.get(_LEADING_DIGITS)
            if (leading in matched) if leading is not None else kind != PhoneNumberType.UNKNOWN:
                return kind
        return PhoneNumberType.UNKNOWN


def _add_region(patterns: PatternSet, code: str) -> _Region:
    found = countries.metadata(code)
    names = {}
    if found.leading_digits is not None:
        names[_LEADING_DIGITS] = patterns.add(found.leading_digits, prefix=True)
    for kind, name in {_GENERAL: "general_desc", **_DESCRIPTIONS}.items():
        description = getattr(found, name)
        if description is not None and description.national_number_pattern:
            names[kind] = patterns.add(description.national_number_pattern)
    return _Region(found, names)


@lru_cache(maxsize=MAX_CODES)
def country_code(code: int) -> CountryCode | None:
    """Return the tables of a country code, or None when only the library can decide."""
    if COUNTRY_CODE_TO_REGION_CODE[code] == ("001",):
        return None
    try:
        return CountryCode(code)
    except UnsupportedPatternError:
        return None


@lru_cache(maxsize=512)
def starts_with_zero(region: str) -> bool:
    """Say whether a national number of the region can itself start with 0, as in Italy."""
    patterns = PatternSet()
    try:
        patterns.add(countries.general(region).national_number_pattern or "")
    except UnsupportedPatternError:
        return True
    return 0 in patterns.first_digits()
