"""Countries by name, in the order in which our customers need them."""

import unicodedata
from functools import cache
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import override
from phonenumbers import SUPPORTED_REGIONS

# France and its overseas regions, its neighbours, then where its customers write to most.
MOST_USED = tuple("FR GP MQ GF RE YT PM BL MF NC PF WF BE CH LU MC DE ES IT PT GB MA DZ TN SN CI CM".split())


def name_of(region: str, language: str) -> str:
    """Return a country's present name in "fr" or "en"; the code itself for an unknown one."""
    # The product writes straight apostrophes only.
    return str(Locale.parse(language).territories.get(region, region)).replace("’", "'")


@cache
def choices(language: str) -> tuple[tuple[str, Any], ...]:
    """Return the countries with phone numbers in two groups, as choices: (group, ((code, name), …)).

    First the most used ones, then the others in alphabetical order without regard to accents.
    """
    named = SUPPORTED_REGIONS & Locale.parse(language).territories.keys()
    others = sorted(named - set(MOST_USED), key=lambda region: (_fold(name_of(region, language)), region))
    with override(language):
        groups = ((_("Most used"), MOST_USED), (_("Other countries"), others))
    return tuple((label, tuple((code, name_of(code, language)) for code in codes)) for label, codes in groups)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
