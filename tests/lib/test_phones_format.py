"""Numbers are written as the library writes them, whatever is remembered of how they begin."""

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from smsplatform.lib.phones import format_phone


def numbers_like_the_example(region: str, count: int) -> list[int]:
    """Return numbers with the beginning of the region's example mobile and other digits after it."""
    example = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    if example is None:
        return []
    text = f"{example.country_code}{phonenumbers.national_significant_number(example)}"
    source = random.Random(region)
    kept = [source.randint(len(str(example.country_code)) + 1, len(text) - 1) for _ in range(count)]
    return [int(text[:keep] + "".join(source.choices("0123456789", k=len(text) - keep))) for keep in kept]


def as_the_library_writes(digits: int, home: str) -> str:
    number = phonenumbers.parse(f"+{digits}", None)
    at_home = number.country_code == phonenumbers.country_code_for_region(home)
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


@pytest.mark.parametrize("home", ["FR", "BE", "GB", "US", "DE", "BR"])
def test_numbers_of_every_country_are_written_as_the_library_writes_them(home: str) -> None:
    french = {"GP", "GF", "MQ", "RE", "YT", "BL", "MF", "PM"} if home == "FR" else set()  # dialled as at home
    numbers = [
        number
        for region in sorted(phonenumbers.SUPPORTED_REGIONS - french)
        for number in numbers_like_the_example(region, 30)
    ]

    differing = {
        number: (format_phone(number, home), as_the_library_writes(number, home))
        for number in numbers
        if format_phone(number, home) != as_the_library_writes(number, home)
    }

    assert len(numbers) > 6_000
    assert differing == {}
