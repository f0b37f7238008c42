"""Wake-ups for the workers: ids only, the rows say what to do. Each task calls one operation."""

from collections.abc import Callable
from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from contacts.operations import batches, entry_keys, exports, imports, jobs, lists
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context


@shared_task
def analyse_import(account_id: int, *, import_id: int, **_: Any) -> None:
    once(partial(imports.analyse, import_id=import_id), account_id)


@shared_task
def run_import(account_id: int, *, import_id: int, **_: Any) -> None:
    once(partial(imports.run, import_id=import_id), account_id)


@shared_task
def run_export(account_id: int, *, job_id: int, **_: Any) -> None:
    once(partial(exports.run, export_id=job_id), account_id)


@shared_task
def run_batch(account_id: int, *, job_id: int, **_: Any) -> None:
    once(partial(batches.run, batch_id=job_id), account_id)


@shared_task
def rescue_jobs(**_: Any) -> None:
    """Find the exports and actions on lists whose worker died or whose call was lost, in every account."""
    for account in Account.objects.filter(is_active=True).order_by("pk").iterator():
        exports.EXPORTS.rescue(account, now=timezone.now())
        batches.BATCHES.rescue(account, now=timezone.now())


@shared_task
def purge_exports(**_: Any) -> None:
    """Delete the files of exports that have expired, in every account."""
    everywhere(exports.purge)


@shared_task
def make_entry_keys(account_id: int, *, list_id: int, facet: str, **_: Any) -> None:
    """A lost call is no matter: the next page that wants the keys asks again."""
    account = Account.objects.get(pk=account_id)
    with account_context(account):
        entry_keys.make(account, list_id=list_id, facet=facet, now=timezone.now())


@shared_task
def purge_entry_keys(**_: Any) -> None:
    """Drop the search keys of large lists that nobody used for a week, in every account."""
    everywhere(entry_keys.purge)


@shared_task
def rescue_imports(**_: Any) -> None:
    """Find the imports whose worker died or whose call was lost, in every account."""
    for account in Account.objects.filter(is_active=True).order_by("pk").iterator():
        imports.rescue(account, now=timezone.now())


@shared_task
def empty_bins(**_: Any) -> None:
    """Remove for good what has been in the bin long enough, in every account."""
    everywhere(lists.empty_bin)


@shared_task
def purge_import_files(**_: Any) -> None:
    """Delete the files of imports that ended long ago, in every account."""
    everywhere(imports.purge_files)


def everywhere(operation: Callable[..., Any]) -> None:
    """Call an operation in every account, each opened in turn."""
    for account in Account.objects.order_by("pk").iterator():
        with account_context(account):
            operation(account, now=timezone.now())


def once(operation: Callable[..., None], account_id: int) -> None:
    """Call an operation that a task delivered a second time finds already started."""
    account = Account.objects.get(pk=account_id)
    if not account.is_active:
        return  # nothing runs for a suspended account; the rescue calls again once it is active
    try:
        operation(account, now=timezone.now())
    except (imports.ImportAlreadyStarted, jobs.JobAlreadyStarted):
        return


@worker_ready.connect
def rescue_at_start(**_: Any) -> None:
    rescue_imports.delay()
    rescue_jobs.delay()
