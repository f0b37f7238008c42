"""Read one cell as a phone number, however a spreadsheet or a person mangled it."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from contacts.importer import names

MAX_CELL = 160  # characters; longer cells are texts
OVERSEAS_FRANCE = ("RE", "GP", "GF", "MQ", "YT")


class Kind(Enum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    NONE = "none"


@dataclass(frozen=True)
class PhoneCell:
    """What a cell holds.

    is_bare: digits only, without the 0 or + that makes a number unmistakable.
    is_note: among several words, as in "call him on 06 12 34 56 78 after six".
    is_assigned: False for the right shape in a range nobody has been given, as in made-up samples.
    """

    kind: Kind
    is_bare: bool = False
    is_formatted: bool = False
    is_assigned: bool = True
    is_note: bool = False


NOT_A_PHONE = PhoneCell(Kind.NONE)

_SPACES = re.compile(r"[\s\u00a0\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u2064\u3000\ufeff]+")
_DASHES = str.maketrans("‐‑‒–—―−．・•·＋＇’‘`´", "-------....+''" + "'" * 3)
_FORMULA = re.compile(r'^=\s*"?([^"]*)"?$')
_LABEL = re.compile(
    r"^(?:tel|sms|callto|whatsapp|telephone|téléphone|tél|mobile|mob|portable|port|gsm|p|t|m)\s*[.:]+\s*",
    re.I,
)
_SCIENTIFIC = re.compile(r"^(\d)(?:[.,](\d{1,14}))?e\+?(\d{1,2})$", re.I)
_FLOAT_TAIL = re.compile(r"^(\+?\d{8,15})[.,]0{1,2}$")
# "0,611553068" is a ratio; "+33.612345678" and "06.12345678" are phones.
_RATIO = re.compile(r"^(?:[+-]?(?:0|[1-9]\d{0,6})?,|-?(?:0|[1-9]\d{0,6})?\.)\d{3,}$")
_EXTENSION = re.compile(r"\s*(?:poste|ext|extension|x|#)\s*\.?\s*\d{1,6}$", re.I)
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_RUN = re.compile(r"\+?\(?\d[\d().\-/' ]{6,44}\d")
_DIGITS = re.compile(r"\D+")
_DATE_LIKE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$")
_FRENCH_SHAPE = re.compile(r"^(?:0|(?:00)?33)[67]\d{8}$")
_SEVERAL = re.compile(r"\s*(?:[;,|]|\s/\s|/|\s-\s|\bou\b|\bet\b|\bor\b|\band\b|\bpuis\b)\s*", re.I)


def read_phone(cell: str, region: str) -> PhoneCell:
    """Return what phone number a cell holds for people who live in `region`; never raises."""
    return NOT_A_PHONE if len(cell) > MAX_CELL else _read(cell, region)


@lru_cache(maxsize=16384)
def _read(cell: str, region: str) -> PhoneCell:
    if sum(c.isdigit() for c in cell) < 8:
        return _read_scientific(cell, region)
    text = _SPACES.sub(" ", cell).translate(_DASHES).strip()
    if (formula := _FORMULA.match(text)) is not None:
        text = formula[1]
    text = _LABEL.sub("", text.strip("'\" ")).strip("'\" ")
    if _SCIENTIFIC.match(text) is not None:
        return _read_scientific(text, region)
    if (tail := _FLOAT_TAIL.match(text)) is not None:
        text = tail[1]
    if _DATE_LIKE.match(text) or _RATIO.match(text):
        return NOT_A_PHONE
    found = _read_run(text, region)
    if found is not NOT_A_PHONE:
        return found
    parts = [part for part in _SEVERAL.split(text) if len(part) >= 8][:3]
    return next((f for part in parts if (f := _read_run(part, region)) is not NOT_A_PHONE), NOT_A_PHONE)


def _read_scientific(cell: str, region: str) -> PhoneCell:
    match = _SCIENTIFIC.match(cell.strip(" '\""))
    if match is None or not 8 <= int(match[3]) <= 13:
        return NOT_A_PHONE
    digits = (match[1] + (match[2] or "")).ljust(int(match[3]) + 1, "0")
    kind = _kind(digits[: int(match[3]) + 1], region)
    # "6,12E+08" has lost its digits, yet only a phone column looks like that.
    return PhoneCell(kind, is_bare=True) if kind is not Kind.NONE else NOT_A_PHONE


def _read_run(text: str, region: str) -> PhoneCell:
    text = _EXTENSION.sub("", text)
    run = _RUN.search(text)
    if run is None:
        return NOT_A_PHONE
    outside = text[: run.start()] + " " + text[run.end() :]
    if sum(c.isdigit() for c in outside) > 2 or _touches_word(text, run):
        return NOT_A_PHONE
    written = _TRUNK_ZERO.sub("", run[0])
    digits = _DIGITS.sub("", written)
    if len(digits) in (20, 30) and digits[0] == "0":  # two or three numbers, only a space between
        digits = digits[:10]
    has_words = any(c.isalpha() for c in outside)
    is_bare = not (written.startswith(("+", "(+")) or digits.startswith("0") or _has_home_code(digits, region))
    if not 8 <= len(digits) <= 15 or (has_words and is_bare):
        return NOT_A_PHONE
    kind = _kind("+" + digits if "+" in written[:2] else digits, region)
    is_formatted = len(written) > len(digits) or digits.startswith("00")
    if kind is Kind.NONE and region == "FR" and _FRENCH_SHAPE.match(digits):
        return PhoneCell(Kind.MOBILE, is_bare, is_formatted, is_assigned=False)
    is_note = len(outside.split()) > 3 and sum(c.isalpha() for c in outside) > 12
    return PhoneCell(kind, is_bare, is_formatted, is_note=is_note) if kind is not Kind.NONE else NOT_A_PHONE


def _has_home_code(digits: str, region: str) -> bool:
    """Return whether digits are a home number behind its country code, as in 33612345678."""
    code = str(phonenumbers.country_code_for_region(region))
    return code != "1" and digits.startswith(code) and len(digits) >= len(code) + 8 and len(digits) > 10


def _touches_word(text: str, run: re.Match[str]) -> bool:
    """Return whether a letter is glued to the digits, as in FR7630006000… or C0612345678."""
    before, after = text[: run.start()], text[run.end() :]
    return ((before[-1:].isalnum() or before[-1:] in "-_@") and before != "") or after[:1].isalnum() or after[:1] == "@"


@lru_cache(maxsize=16384)
def _kind(number: str, region: str) -> Kind:
    """Return the kind of a number written in digits, perhaps with a leading +."""
    if number.startswith("00"):
        number = "+" + number[2:]
    kind = _library_kind(number, region)
    if kind is Kind.NONE and region == "FR" and number.startswith(("06", "07", "09", "6")):
        return next((k for r in OVERSEAS_FRANCE if (k := _library_kind(number, r)) is not Kind.NONE), Kind.NONE)
    if kind is Kind.NONE and number[0] not in "+0" and 10 <= len(number) <= 13 and number.startswith(_PREFIXES):
        return _library_kind("+" + number, region)
    return kind


def _library_kind(number: str, region: str) -> Kind:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return Kind.NONE
    return _KINDS.get(phonenumbers.number_type(parsed), Kind.NONE)


_KINDS = {
    PhoneNumberType.MOBILE: Kind.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: Kind.MOBILE,
    PhoneNumberType.FIXED_LINE: Kind.LANDLINE,
    PhoneNumberType.VOIP: Kind.LANDLINE,
    PhoneNumberType.TOLL_FREE: Kind.LANDLINE,
    PhoneNumberType.PREMIUM_RATE: Kind.LANDLINE,
    PhoneNumberType.SHARED_COST: Kind.LANDLINE,
    PhoneNumberType.UAN: Kind.LANDLINE,
    PhoneNumberType.PERSONAL_NUMBER: Kind.LANDLINE,
}
# Countries whose numbers turn up in French files without their +; EAN codes start with others too.
_PREFIXES = tuple(
    sorted(names.word_set("32 33 34 351 352 39 41 44 49 212 213 216 221 225 237 262 590 594 596 1")),
)

# How mobiles are written at home in the countries around, to ask the library about few cells only.
FOREIGN_MOBILES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("BE", re.compile(r"^04[5-9]\d{7}$")),
    ("CH", re.compile(r"^07[4-9]\d{7}$")),
    ("GB", re.compile(r"^07[1-9]\d{8}$")),
    ("DE", re.compile(r"^01[5-7]\d{8,9}$")),
    ("ES", re.compile(r"^[67]\d{8}$")),
    ("IT", re.compile(r"^3[2-9]\d{7,8}$")),
    ("MA", re.compile(r"^0[67]\d{8}$")),
    ("NL", re.compile(r"^06\d{8}$")),
    ("LU", re.compile(r"^6[269]1\d{6}$")),
    ("PT", re.compile(r"^9[1236]\d{7}$")),
    ("DZ", re.compile(r"^0[5-7]\d{8}$")),
    ("TN", re.compile(r"^[2459]\d{7}$")),
    ("AT", re.compile(r"^06[5-9]\d{7,10}$")),
    ("IE", re.compile(r"^08[35679]\d{7}$")),
    ("PL", re.compile(r"^[5-8]\d{8}$")),
    ("US", re.compile(r"^1?[2-9]\d{2}[2-9]\d{6}$")),
    ("AU", re.compile(r"^04\d{8}$")),
    ("SN", re.compile(r"^7[05678]\d{7}$")),
    ("FR", re.compile(r"^0?[67]\d{8}$")),
)


def foreign_share(cells: list[str], home: str) -> tuple[str, float]:
    """Return the country, other than `home`, whose mobiles these cells mostly are, with the share."""
    digits = [_DIGITS.sub("", cell) for cell in cells if len(cell) <= 30 and not cell.startswith(("+", "00"))]
    best = ("", 0.0)
    for region, pattern in FOREIGN_MOBILES:
        shaped = [d for d in digits if pattern.match(d)] if region != home else []
        if len(shaped) <= best[1] * len(cells):
            continue
        share = sum(_library_kind(d, region) is Kind.MOBILE for d in shaped) / max(1, len(cells))
        if share > best[1]:
            best = (region, share)
    return best
