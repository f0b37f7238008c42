"""The second step of signing in: who must have one, and how its secrets are kept."""

import base64
import hashlib
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils import timezone

from smsplatform.accounts import queries
from smsplatform.accounts.models import Membership, SecurityEvent, User
from smsplatform.accounts.operations import security

NOBODY, EVERYBODY = "nobody", "everybody"
STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # recovery codes are for the day these are lost


def is_missing(user: User, memberships: list[Membership]) -> bool:
    """Return whether a person must have a second step and has none."""
    return is_required(user, memberships) and not is_mfa_enabled(user, types=STEPS)


def is_required(user: User, memberships: list[Membership]) -> bool:
    """Return whether a person's rights reach beyond their own account, or everybody must have a second step."""
    if settings.MFA_REQUIRED_FOR == NOBODY or user.email in settings.MFA_NOT_REQUIRED_OF:
        return False
    is_manager = user.is_staff or user.is_superuser or queries.manages_customers(memberships)
    return is_manager or settings.MFA_REQUIRED_FOR == EVERYBODY


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Who reads the database, or a copy of it, makes no codes."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def note_wrong_code(sender: Any, request: Any, user: User, **rest: Any) -> None:
    security.record(user, SecurityEvent.Kind.STEP_FAILED, request=request, now=timezone.now())


def resealed(data: dict[str, Any]) -> dict[str, Any]:
    """Return an authenticator's data with its secrets, sealed by whichever key or not at all, sealed by the newest key."""
    data = dict(data)
    for name in {"secret", "seed"} & set(data):
        data[name] = _reseal(data[name])
    if "migrated_codes" in data:
        data["migrated_codes"] = [_reseal(code) for code in data["migrated_codes"]]
    return data


def _reseal(text: str) -> str:
    cipher = _cipher()
    try:
        return cipher.rotate(text.encode()).decode()
    except InvalidToken:
        if text.startswith("gAAAA"):
            raise  # sealed by a key that is not among ours: as it is, it can be saved
        return cipher.encrypt(text.encode()).decode()


def _cipher() -> MultiFernet:
    """The keys of MFA_KEYS, the newest first; one made of the site's secret key where there are none."""
    keys = settings.MFA_KEYS or [settings.SECRET_KEY]
    digests = [hashlib.sha256(b"second step:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
