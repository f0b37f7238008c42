"""Read one written number with phonenumbers' metadata, and choose among those of a cell."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
)

from smsplatform.lib.phones import cells, countries, dates, joining
from smsplatform.lib.phones.cells import Chunk
from smsplatform.lib.phones.reasons import PhoneError, Reason

# A foreign number without its + ("32470123456" in France) is only believed when it is too long to be a national
# number with a wrong digit, cannot be a national number by its length, and is a sure mobile. North American
# numbers are never sure (mobile or fixed), and eleven digits starting with 1 are as likely an identifier: they
# need the +.
MIN_BARE_FOREIGN_DIGITS = 11
MAX_BARE_FOREIGN_DIGITS = 13  # fourteen digits are a SIRET, and fifteen a social security number
BARCODE_DIGITS = 13

MAX_SHORT_CODE_DIGITS = 6

GROUPING_DIGITS = 7  # at the beginning of a number, country code included, that decide how it is written


@dataclass(frozen=True, slots=True)
class Phone:
    e164: str
    digits: int
    region: str
    type: str  # MOBILE or FIXED_LINE_OR_MOBILE


def read(digits: str, region: str) -> Phone | Reason:
    """Read one number, ``digits`` or ``+digits``, as written by a person in ``region``."""
    found = _find(digits, region)
    return _judge(found) if isinstance(found, PhoneNumber) else found


def _find(digits: str, region: str) -> PhoneNumber | Reason:
    """Return the number that exists, mobile or not."""
    first = _parse(digits, region)
    if isinstance(first, PhoneNumber):
        if phonenumbers.is_valid_number(first):
            return first
        reason = _length_reason(first)
    else:
        reason = first
    for other in _other_readings(digits, region):
        if phonenumbers.is_valid_number(other):
            return other
    if _is_short_code(digits, region):
        return Reason.SHORT_CODE
    return reason


def _parse(digits: str, region: str) -> PhoneNumber | Reason:
    try:
        return phonenumbers.parse(digits, region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return Reason.UNKNOWN_COUNTRY
        return Reason.TOO_LONG if error.error_type == NumberParseException.TOO_LONG else Reason.TOO_SHORT


def _judge(number: PhoneNumber) -> Phone | Reason:
    number_type = phonenumbers.number_type(number)
    region = phonenumbers.region_code_for_number(number)
    if region is None or region == countries.NON_GEOGRAPHIC:  # several euros a message: never by accident
        return Reason.UNKNOWN_COUNTRY
    if number_type not in countries.MOBILE_TYPES:
        return countries.refusal(number_type)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(e164, int(e164), region, "MOBILE" if number_type == PhoneNumberType.MOBILE else "FIXED_LINE_OR_MOBILE")


def _length_reason(number: PhoneNumber) -> Reason:
    """Return what is wrong with an invalid number's length, as a mobile number of its own country."""
    assert number.country_code is not None
    region = phonenumbers.region_code_for_country_code(number.country_code)
    if region == countries.NON_GEOGRAPHIC:
        return Reason.UNKNOWN_COUNTRY
    lengths = countries.mobile_lengths(region)
    national = phonenumbers.national_significant_number(number)
    length = len(national.removeprefix(countries.metadata(region).national_prefix or ""))
    if length < min(lengths):
        return Reason.TOO_SHORT
    return Reason.TOO_LONG if length > max(lengths) else Reason.INVALID


def _other_readings(digits: str, region: str) -> list[PhoneNumber]:
    """Return the readings worth trying when the region's own gave no valid number."""
    if digits.startswith("+"):
        return []
    if digits.startswith("00"):
        readings = [_parse("+" + digits[2:], region)]
    else:
        readings = [*_french_readings(digits, region), *_bare_foreign_reading(digits, region)]
    return [reading for reading in readings if isinstance(reading, PhoneNumber)]


def _french_readings(digits: str, region: str) -> list[PhoneNumber | Reason]:
    if region not in countries.FRENCH_PLAN or len(digits.removeprefix("0")) != countries.FRENCH_NATIONAL_DIGITS:
        return []
    return [_parse(digits, territory) for territory in countries.FRENCH_PLAN if territory != region]


def _bare_foreign_reading(digits: str, region: str) -> list[PhoneNumber | Reason]:
    national_lengths = countries.general(region).possible_length
    is_believable = MIN_BARE_FOREIGN_DIGITS <= len(digits) <= MAX_BARE_FOREIGN_DIGITS
    if digits.startswith("0") or not is_believable or len(digits) in national_lengths or _is_barcode(digits):
        return []
    reading = _parse("+" + digits, region)
    if not isinstance(reading, PhoneNumber) or phonenumbers.number_type(reading) != PhoneNumberType.MOBILE:
        return []
    # Every digit counts here: a 0 that the library would drop after the code shows that the + was never there.
    is_exact = phonenumbers.format_number(reading, PhoneNumberFormat.E164) == "+" + digits
    return [reading] if is_exact else []


def _is_barcode(digits: str) -> bool:
    """Say whether the EAN-13 check digit is right: Japanese barcodes 4915… look like German mobiles."""
    if len(digits) != BARCODE_DIGITS:
        return False
    return sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(digits)) % 10 == 0


def _is_short_code(digits: str, region: str) -> bool:
    if len(digits) > MAX_SHORT_CODE_DIGITS or digits[0] in "+0":  # the library would not see the 0
        return False
    number = PhoneNumber(country_code=countries.country_code(region), national_number=int(digits))
    return phonenumbers.is_valid_short_number_for_region(number, region)


def _read_chunk(chunk: Chunk, region: str) -> Phone | Reason:
    if chunk.glued:
        return Reason.INVALID
    if dates.is_date(chunk.written):
        return Reason.NOT_A_PHONE
    found = _find_written(chunk, region)
    if isinstance(found, Reason):
        return found
    return joining.objection(chunk, found, region) or _judge(found)


def _find_written(chunk: Chunk, region: str) -> PhoneNumber | Reason:
    found = _find(chunk.digits, region)
    # "(0)" is dialled inside the country only. The library drops it where a 0 is the trunk prefix, and must keep
    # it for Italy, whose 0 is dialled from abroad too; elsewhere (Spain, Luxembourg) a person's habit added it.
    optional = _OPTIONAL_ZERO.match(chunk.written)
    if (
        isinstance(found, Reason)
        and found in _UNREADABLE
        and optional
        and int(optional["code"]) in COUNTRY_CODE_TO_REGION_CODE
    ):
        without = Chunk(f"+{optional['code']}{chunk.written[optional.end() :]}")
        retried = _find(without.digits, region)
        return retried if isinstance(retried, PhoneNumber) else found
    return found


# Right after the country code, or it would be one of the number's own digits.
_OPTIONAL_ZERO = re.compile(r"(?:\+[ (+]*|\(?00[ )]*)(?P<code>[1-9]\d{0,2})[ .)\-]*\(0\)")
# The number does not exist, as opposed to exists and is no mobile.
_UNREADABLE = frozenset({Reason.TOO_SHORT, Reason.TOO_LONG, Reason.INVALID, Reason.UNKNOWN_COUNTRY})

# What is written is no one number.
_NO_NUMBER = frozenset({Reason.SHORT_CODE, Reason.NOT_A_PHONE, Reason.SEVERAL})


def _exists(result: Phone | Reason) -> bool:
    return result not in _UNREADABLE and result not in _NO_NUMBER


def _read_split(chunk: Chunk, region: str) -> list[tuple[Chunk, Phone | Reason]]:
    """Read a chunk as one number, or as the several that it must be when it is none."""
    whole = _read_chunk(chunk, region)
    if _exists(whole) or chunk.glued:
        return [(chunk, whole)]
    for parts in cells.split(chunk):
        results = [(part, _read_chunk(part, region)) for part in parts]
        if any(_exists(result) for _, result in results):
            return results
    pairs = [[(half, _read_chunk(half, region)) for half in pair] for pair in cells.halves(chunk)]
    sure = [pair for pair in pairs if all(_exists(result) for _, result in pair)]
    return sure[0] if len(sure) == 1 else [(chunk, whole)]


def recognise(text: str, region: str) -> Phone | Reason:
    """Return the first mobile number of a cell, or why it has none. Never a number other than one written."""
    found = cells.chunks(text)
    if isinstance(found, Reason):
        return found
    read_chunks = [(chunk, _read_split(chunk, region)) for chunk in found]
    for chunk, results in read_chunks:
        for _, result in results:
            if isinstance(result, Phone):
                return Reason.SEVERAL if _has_stray_digits(chunk, found) else result
    flat = [(part, result) for _, results in read_chunks for part, result in results]
    existing = [result for _, result in flat if _exists(result)]
    if existing:
        return existing[0]
    return max(flat, key=lambda pair: pair[0].digit_count)[1]


def readings(text: str, region: str) -> list[tuple[str, Phone | Reason]]:
    """Return all that may be a number in a cell, as written, with what it is."""
    found = cells.chunks(text)
    if isinstance(found, Reason):
        return [(text, found)]
    return [(part.written, result) for chunk in found for part, result in _read_split(chunk, region)]


def other_mobiles(text: str, region: str) -> list[str]:
    """Return the mobile numbers of a cell beside the one that `recognise` chooses, as people write them."""
    found = [result for _, result in readings(text, region) if isinstance(result, Phone)]
    distinct = list(dict.fromkeys(phone.digits for phone in found))
    return [format_phone(digits, region) for digits in distinct[1:]]


def _has_stray_digits(chosen: Chunk, found: list[Chunk]) -> bool:
    """Say whether a few digits near the chosen number may belong to it: "+44 7911 123456, 12"."""
    return any(
        other is not chosen
        and other.digit_count < cells.STRAY_DIGITS
        and other.group == chosen.group
        and not other.worded
        for other in found
    )


def normalise(text: str, region: str) -> Phone:
    """Return the mobile number written in ``text`` by a person in ``region`` ("FR").

    The first valid mobile number of the text wins. Raises PhoneError when there is none, or when it cannot be
    told for sure; ValueError for an unknown region.
    """
    region = region.upper()
    countries.metadata(region)
    result = recognise(text, region)
    if isinstance(result, Reason):
        raise PhoneError(text, result)
    return result


def format_phone(digits: int, region: str) -> str:
    """Return E.164 ``digits`` as people in ``region`` write them: national form at home, +CC abroad.

    The grouping only depends on how a number begins and on its length, so it is asked of the library once for each.
    """
    text = str(digits)
    tail = text[GROUPING_DIGITS:]
    return _grouping(text[:GROUPING_DIGITS], len(tail), region.upper()).format(*tail)


@lru_cache(maxsize=2**16)
def _grouping(start: str, tail_length: int, region: str) -> str:
    """Return how numbers that start so are written, with {} for each digit after the start."""
    written = _format(int(start + "0" * tail_length), region)
    letters = list(written)
    places = [index for index, letter in enumerate(letters) if letter.isdigit()]
    for index in places[len(places) - tail_length :] if tail_length else []:
        letters[index] = "{}"
    return "".join(letters)


def _format(digits: int, region: str) -> str:
    home = countries.country_code(region)
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except NumberParseException:
        return f"+{digits}"
    at_home = number.country_code == home
    # Six-digit numbers of Saint-Pierre-et-Miquelon are only dialled there.
    shares_plan = (
        region in countries.FRENCH_PLAN
        and phonenumbers.region_code_for_number(number) in countries.FRENCH_PLAN
        and len(phonenumbers.national_significant_number(number)) == countries.FRENCH_NATIONAL_DIGITS
    )
    style = PhoneNumberFormat.NATIONAL if at_home or shares_plan else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)
