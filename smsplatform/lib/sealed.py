"""Values that travel in an address without being readable there, such as the phone a page begins behind."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(value: int) -> str:
    """Return an opaque text for a value, readable again only with this site's secret key."""
    return _cipher().encrypt(str(value).encode()).decode()


def unseal(token: str) -> int:
    """Return the sealed value. Raise ValueError for a text that `seal` did not make."""
    try:
        return int(_cipher().decrypt(token.encode()))
    except InvalidToken:
        raise ValueError("This token was not made here.") from None


def _cipher() -> Fernet:
    key = hashlib.sha256(b"sealed:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
