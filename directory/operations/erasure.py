"""Contacts that are erased: gone from the directory and from every list, with their history. Exclusions outlive them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from contacts.models import ContactList
from contacts.operations import entry_keys
from contacts.operations import erasure as traces
from directory.models import ListMerge
from directory.operations import keys, locks
from smsplatform.accounts.models import Account, User

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
    # Somebody else had the number before.
    "update directory_contactchange set old_phone = null where account_id = %(account)s and old_phone = any(%(phones)s)",
)
# Numbers that these people had before, unless somebody else has them now.
_FORMER = """
select distinct h.old_phone from directory_contactchange h
where h.account_id = %(account)s and h.phone = any(%(phones)s) and h.old_phone is not null
    and not exists (select from directory_contact c where c.account_id = h.account_id and c.phone = h.old_phone)
"""
_CONTACTS = "delete from directory_contact where account_id = %(account)s and phone = any(%(phones)s)"


@transaction.atomic
def erase(
    account: Account, *, phones: Sequence[int], now: datetime, by: User | None = None, patient: bool = False
) -> int:
    """Erase contacts by their numbers; return how many there were. Raise DirectoryBusy unless `patient`.

    Rows go at once. What files and notes hold of these people is searched for and erased in the background, and then their
    exclusions become digests.
    """
    chosen = sorted(set(phones))
    locks.remove(account.pk, patient=patient)
    merges = list(ListMerge.objects.filter(account=account).values_list("pk", flat=True))
    given: dict[str, Any] = {"account": account.pk, "phones": chosen, "merges": merges}
    keys.drop(account, chosen)
    with connection.cursor() as cursor:
        cursor.execute(_LISTS, given)
        given["lists"] = _hold_lists(account, [list_id for (list_id,) in cursor.fetchall()], chosen, now)
        cursor.execute(_FORMER, given)
        former = [phone for (phone,) in cursor.fetchall()]
        for statement in (_ENTRIES, *_NOTES, _CONTACTS):
            cursor.execute(statement, given)
        erased = int(cursor.rowcount)
    traces.begin(account, phones=[*chosen, *former], by=by, now=now)
    return erased


def _hold_lists(account: Account, list_ids: list[int], phones: list[int], now: datetime) -> list[int]:
    """Lock the lists that lose somebody, in order: the counting of two operations could wait for each other otherwise.

    Lists in the bin too, and those that the directory does not show: they can come back.
    """
    lists = ContactList.objects.filter(account=account, pk__in=list_ids)
    held = list(lists.order_by("pk").select_for_update(no_key=True))
    for one in held:
        entry_keys.drop_phones(account, one, phones)
    lists.update(updated_at=now)
    return [one.pk for one in held]
