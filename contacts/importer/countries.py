"""Read the name of a country, its code or its dialling code as people write them in a column of a file."""

import re
from functools import cache, lru_cache

from babel import Locale
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS

from contacts.importer.names import fold

MAX_CHARACTERS = 60
_DIALLING_CODE = re.compile(r"^(?:\+|00)?\s*(\d{1,3})(?:[.,]0)?$")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
# Beside the present names in French and English.
_ALIASES = {
    "US": "usa,etats unis d amerique,united states of america,amerique",
    "GB": "uk,angleterre,england,grande bretagne,great britain,ecosse,pays de galles",
    "FR": "fra,france metropolitaine,metropole,francia,frankreich",
    "BE": "bel,belgie,belgien",
    "CH": "che,schweiz,svizzera",
    "LU": "lux",
    "DE": "deu,ger,deutschland",
    "ES": "esp,espana",
    "IT": "ita,italia",
    "PT": "prt",
    "NL": "nld,hollande,holland,nederland",
    "MA": "mar",
    "DZ": "dza",
    "TN": "tun",
    "RE": "reunion,ile de la reunion",
    "CI": "cote d ivoire",
    "CD": "rdc,republique democratique du congo",
}


def region_of(text: str) -> str | None:
    """Return the region (ISO 3166 alpha-2) that a cell names; None for what is no country with telephones."""
    text = text.strip()
    return _region_of(text) if 0 < len(text) <= MAX_CHARACTERS else None


@lru_cache(maxsize=4096)
def _region_of(text: str) -> str | None:
    if dialling := _DIALLING_CODE.match(text):
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(dialling[1]), ("001",))
        return regions[0] if regions[0] != "001" else None
    if len(text) == 2 and text.upper() in SUPPORTED_REGIONS:
        return text.upper()
    return _names().get(_words(text))


def is_word(text: str) -> bool:
    """Return whether a cell names a country in full, and not by a code that may as well be a language's."""
    return len(text.strip()) > 3 and not _DIALLING_CODE.match(text.strip()) and region_of(text) is not None


def _words(text: str) -> str:
    return " ".join(word for word in _NOT_WORD.split(fold(text.replace("’", "'"))) if word)


@cache
def _names() -> dict[str, str]:
    """Return the regions by their folded French and English names and the usual other ones."""
    found: dict[str, str] = {}
    for language in ("en", "fr"):
        for region, name in Locale.parse(language).territories.items():
            if region in SUPPORTED_REGIONS:
                found[_words(name)] = region
    for region, names in _ALIASES.items():
        found |= dict.fromkeys(names.split(","), region)
    return found
