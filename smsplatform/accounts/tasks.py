"""What is done with sign-ins by the clock."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from smsplatform.accounts.operations import mails, security


@shared_task  # type: ignore[untyped-decorator]  # celery is untyped
def purge_sign_ins() -> None:
    """Remove sessions that have ended, and what the log and the counts of mails keep no longer."""
    call_command("clearsessions")
    security.forget(now=timezone.now())
    mails.forget(now=timezone.now())
