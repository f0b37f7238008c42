"""What is done with sign-ins by the clock."""

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from smsplatform.accounts.operations import mails, security


@shared_task  # type: ignore[untyped-decorator]  # celery is untyped
def purge_sign_ins() -> None:
    """Remove sessions that have ended, and what the log and the counts of mails keep no longer."""
    call_command("clearsessions")
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    security.forget(now=timezone.now())
    mails.forget(now=timezone.now())
