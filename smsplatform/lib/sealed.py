"""Values that travel in an address without being readable there, such as the phone a page begins behind."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(value: int) -> str:
    """Return an opaque text for a value, readable again only with this site's secret key."""
    return seal_text(str(value))


def unseal(token: str) -> int:
    """Return the sealed value. Raise ValueError for a text that `seal` did not make."""
    return int(unseal_text(token))


def seal_text(text: str) -> str:
    """As `seal`, for a text such as what somebody searches for."""
    return _cipher().encrypt(text.encode()).decode()


def unseal_text(token: str) -> str:
    """Return the sealed text. Raise ValueError for one that `seal_text` did not make."""
    try:
        return _cipher().decrypt(token.encode()).decode()
    except InvalidToken:
        raise ValueError("This token was not made here.") from None


def _cipher() -> Fernet:
    key = hashlib.sha256(b"sealed:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
