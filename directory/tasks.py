"""Wake-ups for the workers: ids only, the rows say what to do. Each task calls one operation."""

from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from contacts.operations import jobs
from contacts.tasks import each, everywhere, once
from directory.operations import attribute_removal, contact_batches, key_making, keys, living, merges, option, traces
from smsplatform.accounts.models import Account

KINDS: tuple[jobs.Kind[Any], ...] = (contact_batches.BATCHES, merges.MERGES, option.SWITCHES)


@shared_task
def run_contact_batch(account_id: int, *, job_id: int, **_: Any) -> None:
    once(partial(contact_batches.run, batch_id=job_id), account_id)


@shared_task
def remove_attribute_values(account_id: int, **_: Any) -> None:
    once(attribute_removal.remove_values, account_id)


@shared_task
def remove_deleted_attributes(**_: Any) -> None:
    """Finish, in every account, what lost calls left of deleted attributes."""
    each(Account.objects.all(), attribute_removal.remove_values)


@shared_task
def purge_details(**_: Any) -> None:
    """Empty, in every account, what the register says has expired."""
    everywhere(traces.purge)


@shared_task
def run_merge(account_id: int, *, job_id: int, **_: Any) -> None:
    once(partial(merges.run, merge_id=job_id), account_id)


@shared_task
def purge_merges(**_: Any) -> None:
    """Forget, in every account, what merges noted for an undo that is no longer possible."""
    everywhere(merges.purge)


@shared_task
def refresh_living_lists(account_id: int, **_: Any) -> None:
    """Contacts of the account have changed: whose lists keep themselves up to date."""
    account = Account.objects.get(pk=account_id)
    if account.is_active:
        living.answered(account, now=timezone.now())


@shared_task
def refresh_lists_behind(**_: Any) -> None:
    """Refresh, in every account, the lists that follow rules and that a lost call or a new day left behind."""
    accounts = Account.objects.filter(is_active=True, mode=Account.Mode.DIRECTORY)
    each(accounts, partial(living.refresh_all, behind_only=True))


@shared_task
def run_mode_switch(account_id: int, *, job_id: int, **_: Any) -> None:
    once(partial(option.run, switch_id=job_id), account_id)


@shared_task
def rescue_jobs(**_: Any) -> None:
    """Find the work on directories whose worker died or whose call was lost, in every account."""
    for kind in KINDS:
        each(Account.objects.filter(is_active=True), kind.rescue)


@shared_task
def tend_keys(account_id: int, **_: Any) -> None:
    """A lost call is no matter: the rescue looks after every account."""
    account = Account.objects.get(pk=account_id)
    if account.is_active:
        key_making.tend(account, now=timezone.now())


@shared_task
def rescue_keys(**_: Any) -> None:
    """Look, in every account with a directory, whether search keys are missing or behind imports."""
    accounts = Account.objects.filter(is_active=True, mode=Account.Mode.DIRECTORY)
    everywhere(lambda account, now: keys.rescue(account), accounts)


@shared_task
def purge_keys(**_: Any) -> None:
    """Drop, in every account, the search keys of attributes that are gone or that nobody used for long."""
    each(Account.objects.all(), key_making.purge)


@shared_task
def tally_contacts(**_: Any) -> None:
    """Fold the counts of contacts in every account with a directory."""
    everywhere(keys.tally, Account.objects.filter(mode=Account.Mode.DIRECTORY))


@worker_ready.connect
def rescue_at_start(**_: Any) -> None:
    rescue_jobs.delay()
