"""The corrections that people made to refused numbers, and the ones that they are offered.

Both are part of the one pass over the file, so that preview and import do the same: a correction touches refused cells
only, before they are counted, and everything depends on the file and on the corrections alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contacts.importer import repair_rules
from contacts.importer.block import Block
from contacts.importer.plan import clean
from contacts.importer.totals import is_total
from smsplatform.lib.phones import REASONS_BY_CODE, Phone, Reason, format_phone, reading
from smsplatform.lib.phones.countries import country_code, metadata, mobile_lengths

EDITED = "EDITED"  # counted beside the fixes
OTHER_COUNTRY = "OTHER_COUNTRY"  # stored with its country: "OTHER_COUNTRY:GB"
SAMPLES = 5  # shown of each offer
SAMPLE_CHARACTERS = 40
# Reasons after which a rule may look at the cell: a landline or a lost digit is no matter of writing.
REPAIRABLE = frozenset(
    [
        Reason.TOO_SHORT,
        Reason.TOO_LONG,
        Reason.INVALID,
        Reason.UNKNOWN_COUNTRY,
        Reason.NOT_A_PHONE,
        Reason.SEVERAL,
    ]
)
# Neighbours, and where our customers write to most. Not North America: ten digits of it look like our own with an error.
COUNTRIES = tuple("BE CH LU DE ES IT GB PT NL AT IE PL RO MA DZ TN SN CI".split())
PROBED_CELLS = 2_000  # asked of every country; later cells only of those that were met
MIN_OF_COUNTRY = 3  # lines, and half of all those of a wrong length: fewer are typing errors that happen to fit


class Countries:
    """Finds the one country whose mobile number a cell is, as the people there write it."""

    def __init__(self, home: str) -> None:
        self._all = [region for region in COUNTRIES if region != home]
        self._met: list[str] = []
        self.probed = 0

    def of(self, cell: str, wanted: Sequence[str] = ()) -> tuple[str, int] | None:
        """Return the country (one of `wanted`, if given) and the number; None where two countries would have it."""
        digits = repair_rules.only_digits(cell)
        if digits is None or digits.startswith(("+", "00")) or not 8 <= len(digits) <= 13:
            return None
        if not wanted:
            self.probed += 1
        asked = wanted or (self._all if self.probed <= PROBED_CELLS else self._met)
        found = next(((region, number) for region in asked if (number := _mobile(digits, region))), None)
        if found is None or any(_mobile(digits, other) for other in self._all if other != found[0]):
            return None
        if found[0] not in self._met:
            self._met.append(found[0])
        return found


def _mobile(digits: str, region: str) -> int | None:
    """Read whole national digits as people of a country write them."""
    trunk = metadata(region).national_prefix or ""
    national = digits.removeprefix(trunk)
    if len(national) not in mobile_lengths(region):
        return None
    found = reading.read(digits, region)
    if not isinstance(found, Phone) or not found.e164.startswith(f"+{country_code(region)}"):
        return None
    return found.digits


class Repairs:
    """`fixes`: rules that a person applied to all refused lines. `edits`: corrected numbers of single lines.

    `repaired` counts the lines that each fix, and the edits (EDITED), brought back.
    """

    def __init__(self, region: str, fixes: Sequence[str] = (), edits: Mapping[str, str] | None = None) -> None:
        self.repaired: Counter[str] = Counter()
        self._region = region
        self._fixes = frozenset(fixes)
        self._regions = [fix.partition(":")[2] for fix in fixes if fix.startswith(f"{OTHER_COUNTRY}:")]
        self._edits = {int(line): text for line, text in (edits or {}).items()}
        self._countries = Countries(region)
        self._offers: dict[str, dict[str, Any]] = {}

    @classmethod
    def of(cls, region: str, overrides: Mapping[str, Any]) -> "Repairs":
        """Return the corrections stored with an import."""
        return cls(region, overrides.get("fixes", ()), overrides.get("edits"))

    def apply(self, block: Block, phone_column: int, phones: NDArray[np.int64]) -> None:
        """Write into `phones` the numbers of the refused cells that a correction makes valid.

        A line that reads as a total is nobody's, and was not offered.
        """
        if not self._fixes and not self._edits:
            return
        cells = block.columns[phone_column]
        for row in np.flatnonzero(phones <= 0).tolist():
            found = self._edited(block.lines[row]) or self._fixed(cells[row], -int(phones[row]))
            if found and found[0] != EDITED and is_total(block.row(row)):
                continue
            if found:
                fix, phones[row] = found
                self.repaired[fix] += 1

    def _edited(self, line: int) -> tuple[str, int] | None:
        text = self._edits.get(line)
        number = repair_rules.read(text, self._region) if text else None
        return (EDITED, number) if number else None

    def _fixed(self, cell: str, code: int) -> tuple[str, int] | None:
        is_prose = len(cell) > repair_rules.MAX_CHARACTERS
        if not self._fixes or is_prose or REASONS_BY_CODE[code] not in REPAIRABLE:
            return None
        offered = repair_rules.offer(cell, self._region)
        if offered:
            return offered if offered[0] in self._fixes else None
        found = self._countries.of(repair_rules.plain(cell), self._regions) if self._regions else None
        return (f"{OTHER_COUNTRY}:{found[0]}", found[1]) if found else None

    def suggest(self, line: int, value: str, code: str) -> str:
        """Note what could be done about a refused line, and return the number that a rule proposes, or ""."""
        if code not in REPAIRABLE:
            return ""
        offered = repair_rules.offer(value, self._region)
        if offered:
            self._note(offered[0], line, value, code, offered[1])
            return format_phone(offered[1], self._region)
        found = self._countries.of(repair_rules.plain(value)) if len(value) <= repair_rules.MAX_CHARACTERS else None
        if found:
            self._note(f"{OTHER_COUNTRY}:{found[0]}", line, value, code, found[1])
        return ""  # a country is only sure of many lines together

    def _note(self, fix: str, line: int, value: str, code: str, number: int) -> None:
        offer = self._offers.setdefault(fix, {"fix": fix, "count": 0, "reasons": Counter(), "samples": []})
        offer["count"] += 1
        offer["reasons"][code] += 1
        if len(offer["samples"]) < SAMPLES:
            sample = {"line": line, "old": clean(value)[:SAMPLE_CHARACTERS], "new": number}
            offer["samples"].append(sample)

    def to_json(self) -> dict[str, Any]:
        """Return what is stored beside the counts of an import."""
        return {"repaired": dict(self.repaired), "offers": self.offers()}

    def offers(self) -> list[dict[str, Any]]:
        """Return the fixes worth proposing, those of the most lines first: {"fix", "count", "reasons", "samples"}."""
        offers = [offer for fix, offer in self._offers.items() if self._is_sure(fix, offer["count"])]
        return sorted(offers, key=lambda offer: (-offer["count"], offer["fix"]))

    def _is_sure(self, fix: str, count: int) -> bool:
        is_country = fix.startswith(OTHER_COUNTRY)
        return not is_country or (count >= MIN_OF_COUNTRY and 2 * count >= self._countries.probed)


def is_fix(text: str) -> bool:
    """Return whether the text names a fix."""
    rule, _, region = text.partition(":")
    return text in repair_rules.RULES or (rule == OTHER_COUNTRY and region in COUNTRIES)
