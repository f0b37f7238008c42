"""Values that travel in an address or a form without being readable there, such as the phone a page begins behind.

A token is good for one purpose, in the account it was made in; what a form carries of its own state, for the person it was
shown to as well. Anything else is refused, and what comes out is checked like all that comes from outside.
"""

import base64
import json
import secrets
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

T = TypeVar("T")

NONCE_BYTES = 12
MAX_PHONE = 10**15  # the longest number has 15 digits


class Purpose(StrEnum):
    """What a token is for. Each purpose has a key of its own."""

    LIST_PLACE = "list-place"  # where a page of a list begins
    ENTRY = "entry"  # a contact of a list, in its editor
    ENTRY_PLACE = "entry-place"
    ENTRY_SEARCH = "entry-search"
    EXCLUSION_SEARCH = "exclusion-search"
    CONTACT = "contact"  # of the directory
    CONTACT_PLACE = "contact-place"
    CONTACT_QUERY = "contact-query"
    # Of a form that one person fills in.
    CONTACT_SEEN = "contact-seen"  # what was stored when the form was shown
    FILTER_DRAFT = "filter-draft"
    SELECTION = "selection"  # the contacts that an action is for


PERSONAL = frozenset({Purpose.CONTACT_SEEN, Purpose.FILTER_DRAFT, Purpose.SELECTION})


def seal(value: Any, *, purpose: Purpose, account: int, person: int | None = None) -> str:
    """Return an opaque text for a value that JSON knows. `account` and `person` are ids."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    text = json.dumps(value, separators=(",", ":")).encode()
    sealed = _cipher(purpose, settings.SECRET_KEY).encrypt(nonce, text, _bound_to(purpose, account, person))
    return base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()


def unseal(token: str, read: Callable[[Any], T], *, purpose: Purpose, account: int, person: int | None = None) -> T:
    """Return what `read` makes of the value. Raise ValueError for a text that `seal` did not make for the same purpose,
    account and person, and for a value that `read` refuses."""
    bound_to = _bound_to(purpose, account, person)
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        text = _cipher(purpose, settings.SECRET_KEY).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], bound_to)
        return read(json.loads(text))
    except (InvalidTag, ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("This token was not made for this.") from None


def phone(value: Any) -> int:
    """Return a sealed phone number. Raise ValueError for anything else."""
    if type(value) is not int or not 0 < value < MAX_PHONE:
        raise ValueError("This is no phone number.")
    return value


def text(value: Any) -> str:
    """Return a sealed text. Raise ValueError for anything else."""
    if not isinstance(value, str):
        raise ValueError("This is no text.")
    return value


def _bound_to(purpose: Purpose, account: int, person: int | None) -> bytes:
    if (purpose in PERSONAL) != (person is not None):
        raise TypeError(f"A token for {purpose} is {'' if purpose in PERSONAL else 'not '}one person's.")
    return json.dumps([account, person]).encode()


@lru_cache
def _cipher(purpose: Purpose, secret: str) -> AESGCM:
    key = HKDF(SHA256(), length=32, salt=None, info=f"smsplatform.sealed:{purpose}".encode()).derive(secret.encode())
    return AESGCM(key)
