"""Passwords that are soon guessed, refused without asking anybody: common and leaked ones, names, words, patterns.

The estimate is zxcvbn's, which brings English words and the passwords that leaked most, as Django does; the French words are
pyspellchecker's.
"""

import gzip
import json
import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from zxcvbn import matching, scoring

from smsplatform.accounts import queries, tenancy
from smsplatform.accounts.models import User

MAX_CHARACTERS = 128
LOOKED_AT = 64  # characters; the work grows with their square
ENOUGH_GUESSES = 10**10  # as zxcvbn asks of its best class

# zxcvbn tries every mixture of letters written as digits, for seconds; ours are written back beforehand, in one way.
matching.L33T_TABLE.clear()
_WRITTEN_BACK = str.maketrans("@430$5!17€", "aaeossiite")

REASONS: dict[str, str | Promise] = {
    "leaked": gettext_lazy("Many people use this password, or nearly: it is among the first that are tried."),
    "personal": gettext_lazy(
        "This password holds your name, your address, or the name of the account or the site: that is tried first."
    ),
    "pattern": gettext_lazy(
        "This password follows the keyboard, a series or a date, or repeats itself: it is soon guessed."
    ),
    "words": gettext_lazy(
        "This password is soon guessed. Add one or two words that have nothing to do with the others."
    ),
}


class NotGuessable:
    """A validator of AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > MAX_CHARACTERS:
            raise ValidationError(_("At most %(n)d characters.") % {"n": MAX_CHARACTERS}, code="password_too_long")
        refuse_guessable(password, _names_around(user) if user else [])

    def get_help_text(self) -> str:
        return _("Three or four words that have nothing to do with each other are easy to remember and hard to guess.")


def refuse_guessable(password: str, names: list[str]) -> None:
    """Raise ValidationError for a password that is soon guessed by who knows these names."""
    personal = {
        word for name in [settings.SITE_NAME, *names] for word in [_folded(name), *_words(name)] if len(word) > 2
    }
    own = {"leaked": _leaked(), "french": _french(), "personal": dict.fromkeys(personal, 1)}
    dictionaries = matching.RANKED_DICTIONARIES | own
    text = _folded(password)[:LOOKED_AT]
    for written in {text, text.translate(_WRITTEN_BACK)}:
        found = scoring.most_guessable_match_sequence(written, matching.omnimatch(written, dictionaries))
        if found["guesses"] < ENOUGH_GUESSES:
            raise ValidationError(
                str(REASONS.get(_reason(found["sequence"]), REASONS["words"])), code="password_guessable"
            )


def _names_around(user: User) -> list[str]:
    """Return what everybody around a person knows: their name, their address, the names of their accounts."""
    names = [user.name, user.email]
    if user.pk:
        with tenancy.user_context(user):
            names += [row.account.name for row in queries.memberships_of(user)]
    return names


def _reason(sequence: list[dict[str, Any]]) -> str:
    """Return the key of REASONS, if it has one, of the longest part that was recognised."""
    known = [part for part in sequence if part["pattern"] != "bruteforce"]
    part = max(known, key=lambda one: len(one["token"]), default={"pattern": ""})
    if part["pattern"] == "dictionary":
        return {"passwords": "leaked"}.get(part["dictionary_name"], part["dictionary_name"])
    return "pattern" if part["pattern"] else ""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _folded(text).replace("_", " "))


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@cache
def _leaked() -> dict[str, int]:
    """Return Django's own list, which ranks nothing: as if each came last."""
    common = CommonPasswordValidator().passwords
    return dict.fromkeys(common, len(common))


@cache
def _french() -> dict[str, int]:
    """Return the French words, without their accents, with their rank."""
    packed = resources.files("spellchecker").joinpath("resources/fr.json.gz").read_bytes()
    counts: dict[str, int] = json.loads(gzip.decompress(packed))
    ranks: dict[str, int] = {}
    for word in sorted(counts, key=lambda one: -counts[one]):
        ranks.setdefault(_folded(word), len(ranks) + 1)
    return ranks
