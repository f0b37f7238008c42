"""Whether groups of digits that stand side by side in a cell may be one number.

Two dates or two short numbers have as many digits together as a mobile number of some other country. A number is
only put together across a slash, a wide blank, a dash between blanks or a bracket where the country of the cell
writes it so; and one of another country only where it is written in full.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from smsplatform.lib.phones import countries, dates
from smsplatform.lib.phones.cells import Chunk
from smsplatform.lib.phones.reasons import Reason

MAX_AREA_DIGITS = 5  # before a bracket that closes, trunk prefix included
MAX_CODE_DIGITS = 3  # before a bracket that opens
NORTH_AMERICA = 1  # where 1 is dialled at home too: 1 (202) 555-0123
SMALLEST_WITH_AREA = 10**8  # shorter numbers have no area code

_WIDE = re.compile(r"/|\s{2,}|\s-+\s")
_DOUBLE_ZERO = re.compile(r"0\D*0")
_AREA_IN_BRACKETS = re.compile(r"\(\d{3}\)")
_GAP = re.compile(r"\D+")
# An area code before a slash: 0470/12.34.56 in Belgium, 347/1234567 in Italy.
_EVEN_SLASHES = re.compile(r"0\d+(?:/\d+){2,}")
_AREA_SLASH = re.compile(r"(?P<area>0\d{1,4}|\+\d{1,3} \d{2,5}|[1-9]\d\d)/(?P<rest>\d[\d .-]*)")


def objection(chunk: Chunk, number: PhoneNumber, region: str) -> Reason | None:
    """Say why a chunk of digits and punctuation that gives ``number`` was not written as that one number."""
    written = chunk.written
    in_full = _is_in_full(written)
    if not in_full and _is_dated(written, number):
        return Reason.NOT_A_PHONE
    at_home = number.country_code in _home_codes(region)
    if not _has_brackets_of_a_number(written, number.country_code or 0):
        return Reason.SEVERAL
    if _WIDE.search(written):
        return None if at_home and _is_one_at_home(chunk, number, region) else Reason.SEVERAL
    return None if at_home or in_full or (_has_one_sign(written) and _has_groups(written, number)) else Reason.INVALID


def has_parts(written: str) -> bool:
    """Say whether dates, or signs that set numbers apart, make several of what may look like one number."""
    if dates.begins_with_date(written) or dates.is_two(written) or dates.before_last_date(written) is not None:
        return True
    area = _AREA_SLASH.fullmatch(written)
    is_area = area is not None and area["area"].startswith("0") and not _WIDE.search(area["rest"])
    return _WIDE.search(written) is not None and not is_area


def _is_in_full(written: str) -> bool:
    return written.startswith("+") or _DOUBLE_ZERO.match(written) is not None


@lru_cache(maxsize=512)
def _home_codes(region: str) -> frozenset[int]:
    plan = countries.FRENCH_PLAN if region in countries.FRENCH_PLAN else (region,)
    return frozenset(map(countries.country_code, plan))


def _is_dated(written: str, number: PhoneNumber) -> bool:
    """Say whether a date stands at the beginning or end, or nothing but dates or hours in the whole."""
    if dates.begins_with_date(written) or dates.is_two(written):
        return True
    before = dates.before_last_date(written)
    if before is None:
        return False
    return not before.isdigit() or not (_is_area(before) or _has_groups(written, number))


def _is_area(before: str) -> bool:
    """Say whether 0470 stands before "12.10.24", whose last digits are then the number's, and no date."""
    return before.startswith("0") and len(before) <= MAX_AREA_DIGITS


def _has_brackets_of_a_number(written: str, code: int) -> bool:
    """Say whether brackets hold the country code, a trunk 0 or an area code, at the beginning."""
    for bracket in re.finditer(r"[()]", written):
        before = re.sub(r"\D", "", written[: bracket.start()])
        if bracket[0] == "(" and not _may_open(written, bracket.start(), before, code):
            return False
        if bracket[0] == ")" and "(" not in written and not _is_in_full(written) and len(before) > MAX_AREA_DIGITS:
            return False
    return True


def _may_open(written: str, at: int, before: str, code: int) -> bool:
    if not before or written.startswith("+"):
        return len(before) <= MAX_CODE_DIGITS
    is_after_code = before.removeprefix("00") == str(code)
    is_area = written.startswith("(0)", at) or (
        code == NORTH_AMERICA and _AREA_IN_BRACKETS.match(written, at) is not None
    )
    return is_after_code and is_area


def _is_one_at_home(chunk: Chunk, number: PhoneNumber, region: str) -> bool:
    written = chunk.written
    if not chunk.alone:
        return False
    if _EVEN_SLASHES.fullmatch(written) or _has_area_before_a_slash(written, number, region):
        return True
    has_beginning = written.startswith(("0", "+", str(number.country_code)))
    return has_beginning and _has_one_spacing(written) and _has_groups(written, number)


def _has_area_before_a_slash(written: str, number: PhoneNumber, region: str) -> bool:
    area = _AREA_SLASH.fullmatch(written)
    if area is None or _WIDE.search(area["rest"]):
        return False
    if area["area"].startswith("0"):  # 0470 in Belgium; in France, whose numbers begin with a pair, 0612 is cut off
        usual = _GAP.split(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
        return len(area["area"]) <= len(usual[0])
    has_no_trunk = countries.metadata(region).national_prefix != "0"
    return area["area"].startswith("+") or (has_no_trunk and (number.national_number or 0) >= SMALLEST_WITH_AREA)


def _has_one_spacing(written: str) -> bool:
    """Say whether the same sign stands throughout, or nothing but blanks: not 06-12-34 - 56-78."""
    gaps = {gap.strip("()") for gap in _GAP.findall(written)} - {""}
    return len(gaps) == 1 or all(map(str.isspace, gaps))


def _has_one_sign(written: str) -> bool:
    return len(set(_GAP.findall(written))) <= 1


def _has_groups(written: str, number: PhoneNumber) -> bool:
    """Say whether the digits are in one piece, or grouped as their country groups them."""
    groups = [len(group) for group in re.findall(r"\d+", written)]
    styles = (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL)
    usual = ([len(group) for group in re.findall(r"\d+", phonenumbers.format_number(number, s))] for s in styles)
    return len(groups) == 1 or groups in usual
