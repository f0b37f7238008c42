"""The link of an invitation: signed, dated, and tied to the time it was sent."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.core import signing

from smsplatform.accounts.models import Invitation

VALID_FOR = timedelta(days=7)
SALT = "smsplatform.accounts.invitation"


class Link(NamedTuple):
    """What a token says. `sent_at` is a POSIX time: sending again makes another token and ends the one before."""

    account_id: int
    invitation_id: int
    sent_at: float


def token(invitation: Invitation) -> str:
    return signing.dumps(Link(invitation.account_id, invitation.pk, invitation.sent_at.timestamp()), salt=SALT)


def read(token: str) -> Link | None:
    """Return what a token says, None where the signature is not ours."""
    try:
        return Link(*signing.loads(token, salt=SALT))
    except signing.BadSignature:
        return None


def expires_at(invitation: Invitation) -> datetime:
    return invitation.sent_at + VALID_FOR
