"""What phonenumbers' metadata says of regions: lengths, types, shared numbering plans."""

from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc, PhoneNumberType

from smsplatform.lib.phones.reasons import Reason

# One numbering plan: a number is dialled 0X XX XX XX XX the same way in mainland France and in these
# territories, but each country code has its own metadata. Ranges do not overlap (a test proves it), so the
# order changes no result; it goes from the most subscribers to the fewest. BL and MF share GP's code and ranges,
# YT shares RE's code. NC, PF and WF are not here: their six or eight digits have no leading 0.
FRENCH_PLAN = ("FR", "RE", "GP", "MQ", "GF", "YT", "MF", "BL", "PM")
FRENCH_NATIONAL_DIGITS = 9

NON_GEOGRAPHIC = "001"  # satellites and global services
MOBILE_TYPES = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_REFUSED_TYPES = {
    PhoneNumberType.PREMIUM_RATE: Reason.PREMIUM,
    PhoneNumberType.SHARED_COST: Reason.PREMIUM,
    PhoneNumberType.TOLL_FREE: Reason.TOLL_FREE,
    PhoneNumberType.VOIP: Reason.VOIP,
}


def refusal(number_type: int) -> Reason:
    """Return why a valid number of this phonenumbers type takes no text message."""
    return _REFUSED_TYPES.get(number_type, Reason.NOT_MOBILE)


@lru_cache(maxsize=512)
def metadata(region: str) -> PhoneMetadata:
    """Return the region's metadata; ValueError for a code that is not a country."""
    found = PhoneMetadata.metadata_for_region(region, None)
    if found is None:
        raise ValueError(f"{region!r} is not a region with telephone numbers: use a code such as 'FR'.")
    return found


def country_code(region: str) -> int:
    code = metadata(region).country_code
    assert code is not None
    return code


def main_region(code: int) -> str:
    """Return the region whose rules parse the numbers of a country code."""
    return COUNTRY_CODE_TO_REGION_CODE[code][0]


def general(region: str) -> PhoneNumberDesc:
    """Return what every national number of the region looks like."""
    description = metadata(region).general_desc
    assert description is not None
    return description


@lru_cache(maxsize=512)
def mobile_lengths(region: str) -> tuple[int, ...]:
    """Return how many digits the national mobile numbers of a region have."""
    mobile = metadata(region).mobile
    lengths = mobile.possible_length if mobile else ()
    return lengths if lengths and lengths != (-1,) else general(region).possible_length
