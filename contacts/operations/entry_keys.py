"""The search keys of large lists: where to find entries by a word or the end of a number, or in the order of a column."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from contacts.models import ContactList, EntryKey
from contacts.queries import entry_text
from contacts.queries.entry_text import DIGITS, LARGE_ENTRIES, WORDS
from smsplatform.accounts.models import Account
from smsplatform.jobs import wakeups

KEPT_FOR = timedelta(days=7)  # without use
MAKE = "contacts.tasks.make_entry_keys"

_OF_LIST = "e.account_id = %(account)s and e.list_id = %(list)s"
_OF_PHONES = f"{_OF_LIST} and e.phone = any(%(phones)s)"
_SELECT_WORDS = f"""
select distinct e.account_id, e.list_id, '' as facet, left(w, {entry_text.KEY_CHARACTERS}) as key, e.phone
from contacts_listentry e cross join lateral jsonb_each_text(e."values") v
cross join lateral string_to_table({entry_text.spaced("v.value")}, ' ') w
where {{which}} and w <> ''
"""
_SELECT_DIGITS = """
select e.account_id, e.list_id, '#' as facet, reverse(e.phone::text) as key, e.phone
from contacts_listentry e where {which}
"""
_SELECT_COLUMN = f"""
select e.account_id, e.list_id, %(facet)s as facet, {entry_text.sort_key('(e."values"->>%(facet)s)')} as key, e.phone
from contacts_listentry e where {{which}}
"""
_INSERT = "insert into contacts_entrykey (account_id, list_id, facet, key, phone) {select} order by key, phone"
# Key by key: whatever the planner believes of the table, it cannot choose to read a million keys to find these.
_DELETE = """
with old as ({select})
delete from contacts_entrykey where ctid = any(array(
    select found.place from old o cross join lateral (
        select k.ctid as place from contacts_entrykey k
        where k.account_id = o.account_id and k.list_id = o.list_id and k.facet = o.facet and k.key = o.key and k.phone = o.phone
        offset 0
    ) found
))
"""


def ask(account: Account, contact_list: ContactList, *, facets: Sequence[str], now: datetime) -> None:
    """Have those facets made in the background that the list does not have yet, and note that the others are used.

    Nothing to do for a list that is small enough to be read whole.
    """
    if contact_list.contact_count <= LARGE_ENTRIES:
        return
    missing = [facet for facet in facets if facet not in contact_list.key_facets]
    for facet in missing:
        wakeups.call(MAKE, account_id=account.pk, list_id=contact_list.pk, facet=facet)
    today = now.date().isoformat()
    if any(contact_list.key_facets.get(facet, today) != today for facet in facets):
        used = {facet: today for facet in facets if facet not in missing}
        _note(account, contact_list, contact_list.key_facets | used, was=contact_list.key_facets)


def make(account: Account, *, list_id: int, facet: str, now: datetime) -> bool:
    """Make the keys of one facet and return whether the list has them now. Safe to call again.

    People go on editing meanwhile: when somebody did, what was made is thrown away (False), to be asked for again.
    """
    rows = ContactList.objects.for_account(account).filter(pk=list_id)
    contact_list = rows.first()
    if contact_list is None or not _is_facet(contact_list, facet):
        return False
    with transaction.atomic():
        if not _is_alone(list_id, facet):
            return False
        made = _fill(account, contact_list, facet)
        locked = rows.select_for_update(no_key=True).first()
        if locked is None or locked.updated_at != contact_list.updated_at:
            transaction.set_rollback(True)
            return False
        if made:
            today = now.date().isoformat()
            _note(account, locked, locked.key_facets | {facet: today}, was=locked.key_facets)
    return True


def _is_facet(contact_list: ContactList, facet: str) -> bool:
    return facet in (WORDS, DIGITS) or facet in {column["key"] for column in contact_list.columns}


def _is_alone(list_id: int, facet: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended('entry keys ' || %s, %s))", [facet, list_id])
        return bool(cursor.fetchone()[0])


def _fill(account: Account, contact_list: ContactList, facet: str) -> bool:
    if facet in contact_list.key_facets:
        return False
    parameters = _parameters(account, contact_list, facet)
    with connection.cursor() as cursor:
        cursor.execute("set local work_mem = '64MB'")
        # What an unfinished or outdated facet may have left.
        EntryKey.objects.filter(account=account, contact_list=contact_list, facet=facet).delete()
        cursor.execute(_INSERT.format(select=_select(facet, _OF_LIST)), parameters)
    return True


def _select(facet: str, which: str) -> str:
    select = {WORDS: _SELECT_WORDS, DIGITS: _SELECT_DIGITS}.get(facet, _SELECT_COLUMN)
    return select.replace("{which}", which)


def _parameters(account: Account, contact_list: ContactList, facet: str, phones: Sequence[int] = ()) -> dict[str, Any]:
    ids = {"account": account.pk, "list": contact_list.pk, "facet": facet, "phones": list(phones)}
    return ids | entry_text.PARAMETERS


def _note(account: Account, contact_list: ContactList, facets: dict[str, str], *, was: dict[str, str]) -> None:
    rows = ContactList.objects.filter(account=account, pk=contact_list.pk, key_facets=was)
    if rows.update(key_facets=facets):
        contact_list.key_facets = facets


def drop_phones(account: Account, contact_list: ContactList, phones: Sequence[int]) -> None:
    """Take the keys of some entries away, as the entries still are. `add_phones` follows once they are written."""
    _each_facet(account, contact_list, phones, _DELETE)


def add_phones(account: Account, contact_list: ContactList, phones: Sequence[int]) -> None:
    _each_facet(account, contact_list, phones, _INSERT + " on conflict do nothing")


def _each_facet(account: Account, contact_list: ContactList, phones: Sequence[int], statement: str) -> None:
    with connection.cursor() as cursor:
        for facet in contact_list.key_facets if phones else ():
            select = _select(facet, _OF_PHONES)
            cursor.execute(statement.format(select=select), _parameters(account, contact_list, facet, phones))


def forget(account: Account, contact_list: ContactList) -> None:
    """Drop a list's search keys, since entries changed that they do not know of; they are made again when needed."""
    if not contact_list.key_facets:
        return
    EntryKey.objects.filter(account=account, contact_list=contact_list).delete()
    ContactList.objects.filter(account=account, pk=contact_list.pk).update(key_facets={})
    contact_list.key_facets = {}


@transaction.atomic
def purge(account: Account, *, now: datetime) -> int:
    """Drop the facets that nobody used for KEPT_FOR and return how many. Safe to run again."""
    gone = 0
    for contact_list in ContactList.objects.filter(account=account).exclude(key_facets={}).select_for_update():
        last = (now - KEPT_FOR).date()
        old = [facet for facet, day in contact_list.key_facets.items() if date.fromisoformat(day) < last]
        for facet in old:
            EntryKey.objects.filter(account=account, contact_list=contact_list, facet=facet).delete()
        kept = {facet: day for facet, day in contact_list.key_facets.items() if facet not in old}
        ContactList.objects.filter(account=account, pk=contact_list.pk).update(key_facets=kept)
        gone += len(old)
    return gone
