"""Contacts that are erased: gone from the directory and from every list, with their history. Exclusions outlive them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from contacts.models import ContactList
from directory.models import ListMerge
from directory.operations import keys, locks
from smsplatform.accounts.models import Account

# By arrays: a list of ten thousand numbers would cost more to write into a statement than to delete.
_LISTS = "select distinct list_id from contacts_listentry where account_id = %(account)s and phone = any(%(phones)s)"
_ENTRIES = """
delete from contacts_listentry
where account_id = %(account)s and list_id = any(%(lists)s) and phone = any(%(phones)s)
"""
# What merges and the timeline noted of them, which names them too.
_NOTES = (
    """
    delete from directory_mergedentry
    where account_id = %(account)s and merge_id = any(%(merges)s) and phone = any(%(phones)s)
    """,
    "delete from directory_contactchange where account_id = %(account)s and phone = any(%(phones)s)",
)
_CONTACTS = "delete from directory_contact where account_id = %(account)s and phone = any(%(phones)s)"


@transaction.atomic
def erase(account: Account, *, phones: Sequence[int], now: datetime, patient: bool = False) -> int:
    """Erase contacts by their numbers; return how many there were. Raise DirectoryBusy unless `patient`."""
    chosen = sorted(set(phones))
    locks.remove(account.pk, patient=patient)
    merges = list(ListMerge.objects.filter(account=account).values_list("pk", flat=True))
    given: dict[str, Any] = {"account": account.pk, "phones": chosen, "merges": merges}
    keys.drop(account, chosen)
    with connection.cursor() as cursor:
        cursor.execute(_LISTS, given)
        given["lists"] = _hold_lists(account, [list_id for (list_id,) in cursor.fetchall()], now)
        for statement in (_ENTRIES, *_NOTES, _CONTACTS):
            cursor.execute(statement, given)
        return int(cursor.rowcount)


def _hold_lists(account: Account, list_ids: list[int], now: datetime) -> list[int]:
    """Lock the lists that lose somebody, in order: the counting of two operations could wait for each other otherwise.

    Lists in the bin too: they can be restored. Those of a single campaign are not the directory's.
    """
    lists = ContactList.objects.filter(account=account, kind=ContactList.Kind.DIRECTORY, pk__in=list_ids)
    held = [one.pk for one in lists.order_by("pk").select_for_update(no_key=True)]
    lists.filter(pk__in=held).update(updated_at=now)
    return held
