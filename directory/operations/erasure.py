"""Contacts that are erased: gone from the directory and from every list, with their history. Exclusions outlive them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contacts.models import ContactList, ListEntry
from contacts.operations import exclusions
from directory.models import Contact, ContactChange, ListMerge, MergedEntry
from directory.operations import keys, locks
from smsplatform.accounts.models import Account


@transaction.atomic
def erase(account: Account, *, phones: Sequence[int], now: datetime, patient: bool = False) -> int:
    """Erase contacts by their numbers; return how many there were. Raise DirectoryBusy unless `patient`."""
    chosen = sorted(set(phones))
    locks.remove(account.pk, patient=patient)
    exclusions.wait_for_writers(account.pk)
    lists = _hold_lists(account, chosen, now)
    keys.drop(account, chosen)
    ListEntry.objects.filter(account=account, contact_list__in=lists, phone__in=chosen).delete()
    # What merges and the timeline noted of them, which names them too.
    merges = list(ListMerge.objects.filter(account=account).values_list("pk", flat=True))
    MergedEntry.objects.filter(account=account, merge__in=merges, phone__in=chosen).delete()
    ContactChange.objects.filter(account=account, phone__in=chosen).delete()
    erased, _by_model = Contact.objects.filter(account=account, phone__in=chosen).delete()
    return erased


def _hold_lists(account: Account, phones: list[int], now: datetime) -> list[int]:
    """Lock the lists that lose somebody, in order: the counting of two operations could wait for each other otherwise.

    Lists in the bin too: they can be restored. Those of a single campaign are not the directory's.
    """
    entries = ListEntry.objects.filter(account=account, phone__in=phones)
    lists = ContactList.objects.filter(account=account, kind=ContactList.Kind.DIRECTORY)
    ids = list(lists.filter(pk__in=entries.values("contact_list_id")).values_list("pk", flat=True))
    held = lists.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    ids = list(held.values_list("pk", flat=True))
    lists.filter(pk__in=ids).update(updated_at=now)
    return ids
