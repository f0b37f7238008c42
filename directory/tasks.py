"""Wake-ups for the workers: ids only, the rows say what to do. Each task calls one operation."""

from collections.abc import Callable
from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from contacts.operations import jobs
from directory.operations import contact_batches
from smsplatform.accounts.models import Account

KINDS: tuple[jobs.Kind[Any], ...] = (contact_batches.BATCHES,)


@shared_task
def run_contact_batch(account_id: int, *, job_id: int, **_: Any) -> None:
    _once(partial(contact_batches.run, batch_id=job_id), account_id)


@shared_task
def rescue_jobs(**_: Any) -> None:
    """Find the work on directories whose worker died or whose call was lost, in every account."""
    for account in Account.objects.filter(is_active=True).order_by("pk").iterator():
        for kind in KINDS:
            kind.rescue(account, now=timezone.now())


def _once(operation: Callable[..., None], account_id: int) -> None:
    """Call an operation that a task delivered a second time finds already started."""
    account = Account.objects.get(pk=account_id)
    if not account.is_active:
        return  # nothing runs for a suspended account; the rescue calls again once it is active
    try:
        operation(account, now=timezone.now())
    except jobs.JobAlreadyStarted:
        return


@worker_ready.connect
def rescue_at_start(**_: Any) -> None:
    rescue_jobs.delay()
