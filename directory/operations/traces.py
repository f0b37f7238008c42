"""What the directory's notes still hold of deleted people: actions, merges and trials of the option that are over."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from contacts.models import ContactList
from contacts.operations import erasure
from directory.models import ContactBatch, ModeSwitch
from directory.personal_data import TABLES
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account
from smsplatform.lib import personal_data
from smsplatform.lib.emptied import emptied
from smsplatform.lib.phones.traces import Numbers

QUOTES = frozenset({"samples", "examples", "unreadable"})  # of a trial of the option


def register() -> None:
    erasure.register(erase)


def erase(account: Account, numbers: Numbers) -> bool:
    """Erase the numbers, and the searches and examples that may be about them. Return whether no action is at work."""
    batches = ContactBatch.objects.filter(account=account)
    batches.filter(finished_at__isnull=False).update(**TABLES["directory_contactbatch"].expires)
    _empty(ModeSwitch.objects.filter(account=account, finished_at__isnull=False))
    _freeze_lists(account, numbers)
    personal_data.mask(TABLES, account.pk, numbers)
    return not batches.filter(finished_at=None).exists()


def _freeze_lists(account: Account, numbers: Numbers) -> None:
    """Have the lists whose rule names one of the numbers stop following it: without the number they would hold everybody."""
    for one in ContactList.objects.filter(account=account, rule__isnull=False):
        if numbers.masked_json(one.rule) != one.rule:
            ContactList.objects.filter(account=account, pk=one.pk).update(rule=None)
            audit.record(account, "LIST_FROZEN", one.name, by=None, now=timezone.now())


@transaction.atomic
def purge(account: Account, *, now: datetime) -> int:
    """Empty what has expired, as the register says; return how many rows. Safe to run again."""
    last = now - timedelta(days=settings.PERSONAL_DETAILS_DAYS)
    _empty(ModeSwitch.objects.filter(account=account, finished_at__lt=last))
    return personal_data.purge(TABLES, account.pk, now=now)


def _empty(switches: QuerySet[ModeSwitch]) -> None:
    for switch in switches:
        result = emptied(switch.result, QUOTES)
        if result != switch.result:
            switches.filter(pk=switch.pk).update(result=result)
