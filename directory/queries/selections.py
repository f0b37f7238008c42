"""What a selection of contacts comes to: as a condition for statements, and counted."""

from datetime import datetime
from typing import Any

from django.db import connection

from contacts.models import ContactList
from contacts.queries import exclusions
from directory.queries import contacts, matching
from directory.queries.query import Query, Selection
from smsplatform.accounts.models import Account, User
from smsplatform.lib.sealed import Purpose, phone, seal, unseal

_COUNT = "select count(*) from directory_contact c where {chosen}"
_MEMBERS = """
select count(*) from contacts_listentry j join directory_contact c on c.account_id = j.account_id and c.phone = j.phone
where j.account_id = %(joined_account)s and j.list_id = %(joined_list)s and {chosen}
"""
_EXCLUDED = f"select count(*) from directory_contact c where {{chosen}} and {exclusions.exists_sql('c')}"
# By the order of the key, whatever the planner believes of the table: it would sort all that is left for every chunk.
# `coalesce` keeps it from the index of the dates, which has another order.
_NEXT = """
select c.phone from directory_contact c
where {chosen} and c.phone > %(behind)s and coalesce(c.created_at <= %(added_until)s, false)
order by c.phone limit %(limit)s
"""
_PLANNER = "select set_config('enable_sort', %(on)s, true), set_config('enable_bitmapscan', %(on)s, true)"


def condition(account: Account, selection: Selection) -> tuple[str, dict[str, Any]]:
    """Return an exact condition on alias c of directory_contact, and its named parameters."""
    if selection.phones is None:
        where, values = matching.where(account, selection.query)
    else:
        where, values = "c.phone = any(%(chosen_phones)s)", {"chosen_phones": sorted(set(selection.phones))}
    # A condition may hold no percent sign but those of its parameters: it is formatted into a statement as it is.
    return f"c.account_id = %(chosen_account)s and ({where})", values | {"chosen_account": account.pk}


def count(account: Account, selection: Selection) -> int:
    """Return how many contacts are chosen."""
    if selection.phones is None:
        return contacts.count(account, selection.query)
    return _scalar(_COUNT, account, selection)


def member_count(account: Account, contact_list: ContactList, selection: Selection) -> int:
    """Return how many of the chosen contacts are in a list."""
    return _scalar(_MEMBERS, account, selection, joined_account=account.pk, joined_list=contact_list.pk)


def excluded_count(account: Account, selection: Selection) -> int:
    """Return how many of the chosen contacts are on the exclusion list."""
    return _scalar(_EXCLUDED, account, selection)


def next_phones(account: Account, selection: Selection, *, behind: int, added_until: datetime, limit: int) -> list[int]:
    """Return the next chosen numbers in order, those behind a number, of contacts that are not newer than `added_until`."""
    chosen, values = condition(account, selection)
    given = {"behind": behind, "added_until": added_until, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_PLANNER, {"on": "off"})
        cursor.execute(_NEXT.format(chosen=chosen), values | given)
        phones = [phone for (phone,) in cursor.fetchall()]
        cursor.execute(_PLANNER, {"on": "on"})
    return phones


def _scalar(statement: str, account: Account, selection: Selection, **given: Any) -> int:
    chosen, values = condition(account, selection)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(chosen=chosen), values | given)
        return int(cursor.fetchone()[0])


def to_json(selection: Selection) -> dict[str, Any]:
    phones = None if selection.phones is None else list(selection.phones)
    return {"query": selection.query.to_json(), "phones": phones}


def from_json(stored: dict[str, Any]) -> Selection:
    phones = stored["phones"]
    return Selection(Query.from_json(stored["query"]), None if phones is None else tuple(map(phone, phones)))


def sealed(account: Account, person: User, selection: Selection) -> str:
    """Return a selection as a form hands it on to the same person, unreadable: it may name numbers."""
    return seal(to_json(selection), purpose=Purpose.SELECTION, account=account.pk, person=person.pk)


def unsealed(account: Account, person: User, token: str) -> Selection:
    """Return a sealed selection. Raise ValueError for a text that `sealed` did not make for this person."""
    return unseal(token, from_json, purpose=Purpose.SELECTION, account=account.pk, person=person.pk)
