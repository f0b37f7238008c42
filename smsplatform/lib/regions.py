"""Countries by name, as phonenumbers knows them."""

import unicodedata
from functools import cache

from phonenumbers import SUPPORTED_REGIONS
from phonenumbers.geodata.locale import LOCALE_DATA


def name_of(region: str, language: str) -> str:
    """Return a country's name in "fr" or "en"; the code itself for an unknown one."""
    names = LOCALE_DATA.get(region, {})
    name = names.get(language) or names.get("en") or region
    # "*xx" means: the same as in language xx.
    return names[name[1:]] if name.startswith("*") else name


@cache
def choices(language: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every country with phone numbers, in alphabetical order without regard to accents."""
    names = ((region, name_of(region, language)) for region in SUPPORTED_REGIONS)
    return tuple(sorted(names, key=lambda pair: (_fold(pair[1]), pair[0])))


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
