"""Wake-ups for the workers: ids only, the rows say what to do. Each task calls one operation."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db.models import QuerySet
from django.utils import timezone

from contacts.operations import (
    batches,
    entry_keys,
    erasure,
    exclusion_inbox,
    exports,
    imports,
    jobs,
    lists,
    statistics,
)
from contacts.operations.heartbeats import log_error
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context

KINDS: tuple[jobs.Kind[Any], ...] = (exports.EXPORTS, batches.BATCHES, erasure.ERASURES)


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
def run_erasure(account_id: int, *, job_id: int, **_: Any) -> None:
    once(partial(erasure.run, erasure_id=job_id), account_id)


@shared_task
def purge_details(**_: Any) -> None:
    """Empty, in every account, what the register says has expired, and take up again the erasures that failed."""
    everywhere(erasure.purge)


@shared_task
def rescue_jobs(**_: Any) -> None:
    """Find the exports and actions on lists whose worker died or whose call was lost, in every account."""
    for kind in KINDS:
        each(Account.objects.filter(is_active=True), kind.rescue)


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
def fold_exclusions(account_id: int, **_: Any) -> None:
    exclusion_inbox.fold_all(Account.objects.get(pk=account_id))


@shared_task
def fold_inboxes(**_: Any) -> None:
    """Count the exclusions that arrived while lists were being written, in every account."""
    each(Account.objects.all(), lambda account, now: exclusion_inbox.fold_all(account))


@shared_task
def refresh_statistics(**_: Any) -> None:
    """Tell the planner of what changed much outside of jobs, or in one whose worker died."""
    statistics.refresh()


@shared_task
def rescue_imports(**_: Any) -> None:
    """Find the imports whose worker died or whose call was lost, in every account."""
    each(Account.objects.filter(is_active=True), imports.rescue)


@shared_task
def expire_lists(**_: Any) -> None:
    """Put in the bin the lists that nobody used for as long as they were given, in every account."""
    everywhere(lists.expire)


@shared_task
def empty_bins(**_: Any) -> None:
    """Remove for good what has been in the bin long enough, in every account."""
    everywhere(lists.empty_bin)


@shared_task
def purge_import_files(**_: Any) -> None:
    """Delete the files of imports that ended long ago, in every account."""
    everywhere(imports.purge_files)


def each(accounts: QuerySet[Account], operation: Callable[..., Any]) -> None:
    """Call an operation for each account. What goes wrong in one is logged: the others do not wait for it."""
    for account in accounts.order_by("pk").iterator():
        try:
            operation(account, now=timezone.now())
        except Exception as error:
            log_error(f"account {account.pk}", error)


def everywhere(operation: Callable[..., Any], accounts: QuerySet[Account] | None = None) -> None:
    """Call an operation in every account (or in some), each opened in turn."""

    def opened(account: Account, *, now: datetime) -> None:
        with account_context(account):
            operation(account, now=now)

    each(Account.objects.all() if accounts is None else accounts, opened)


def once(operation: Callable[..., None], account_id: int) -> None:
    """Call an operation that a task delivered a second time finds already started."""
    account = Account.objects.get(pk=account_id)
    if not account.is_active:
        return  # nothing runs for a suspended account; the rescue calls again once it is active
    try:
        operation(account, now=timezone.now())
    except (imports.ImportAlreadyStarted, jobs.JobAlreadyStarted):
        return
    statistics.refresh()


@worker_ready.connect
def rescue_at_start(**_: Any) -> None:
    rescue_imports.delay()
    rescue_jobs.delay()
