"""The log of a person's access, and the end of their sessions."""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from smsplatform.accounts import devices
from smsplatform.accounts.models import SecurityEvent, User

KEPT = timedelta(days=365)
Kind = SecurityEvent.Kind


def record(user: User, kind: Kind, *, request: Any, now: datetime) -> None:
    """Note what happened, from which browser and roughly which address."""
    browser = devices.name(request.headers.get("User-Agent", ""))
    SecurityEvent.objects.create(user=user, at=now, kind=kind, address=devices.address(request), browser=browser)


@transaction.atomic
def end_session(user: User, *, session: UserSession, request: Any, now: datetime) -> None:
    """Sign one of a person's browsers out."""
    session.end()
    record(user, Kind.SESSION_ENDED, request=request, now=now)


@transaction.atomic
def end_everywhere(user: User, *, request: Any, now: datetime) -> None:
    """Sign every browser of a person out, this one included."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    record(user, Kind.EVERYWHERE_ENDED, request=request, now=now)


def forget(*, now: datetime) -> None:
    """Remove what is older than a year, and what is known of sessions that have ended."""
    SecurityEvent.objects.filter(at__lte=now - KEPT).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
