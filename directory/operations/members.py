"""Who is in a diffusion list: chosen contacts join or leave it in one statement, however many they are."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from contacts.models import ContactList
from directory.operations import locks
from directory.queries import selections
from directory.queries.query import Selection
from smsplatform.accounts.models import Account
from smsplatform.lib.errors import OperationError

# The list is locked: nobody else adds to it meanwhile, so that what is missing now can be inserted without ON CONFLICT,
# which costs twice as much. Sorted by phone, for the index.
_ADD = """
insert into contacts_listentry (account_id, list_id, phone)
select c.account_id, %(joined_list)s, c.phone from directory_contact c where {chosen}{missing}
order by c.phone
"""
_MISSING = """ and not exists (
    select from contacts_listentry j
    where j.account_id = c.account_id and j.list_id = %(joined_list)s and j.phone = c.phone
)"""
_REMOVE = """
delete from contacts_listentry j using directory_contact c
where j.account_id = %(joined_account)s and j.list_id = %(joined_list)s and c.account_id = j.account_id
and c.phone = j.phone and {chosen}
"""


class ListKeepsItself(OperationError):
    """The list is filled by its rule: what people add or remove by hand would not last."""

    code = "LIST_KEEPS_ITSELF"


class ListNotThere(OperationError):
    """The list is in the bin, or no diffusion list of the account."""

    code = "LIST_NOT_THERE"


def check(contact_list: ContactList) -> None:
    """Raise ListNotThere or ListKeepsItself unless people may change who is in the list."""
    if contact_list.deleted_at is not None or contact_list.kind != ContactList.Kind.DIRECTORY:
        raise ListNotThere(
            _("The list “%(name)s” no longer exists. Nothing was changed.") % {"name": contact_list.name}
        )
    if contact_list.rule is not None:
        message = _("The list “%(name)s” keeps itself up to date: freeze it first, then change its contacts.")
        raise ListKeepsItself(message % {"name": contact_list.name})


def lock(account: Account, contact_list: ContactList) -> ContactList:
    """Return the list as it is now, with its contacts to oneself until the transaction ends. Raise as `check`."""
    locks.add(account.pk)
    rows = ContactList.objects.filter(account=account).select_for_update(no_key=True)
    locked = rows.filter(pk=contact_list.pk).first()
    if locked is None:
        raise ListNotThere(
            _("The list “%(name)s” no longer exists. Nothing was changed.") % {"name": contact_list.name}
        )
    check(locked)
    return locked


@transaction.atomic
def add(account: Account, *, contact_list: ContactList, selection: Selection, now: datetime) -> tuple[int, int]:
    """Have contacts join a list; return how many did, and how many were in it already.

    Numbers that are no contacts are passed over. Raise ListNotThere or ListKeepsItself.
    """
    locked = lock(account, contact_list)
    already = selections.member_count(account, locked, selection) if locked.contact_count else 0
    added = insert(account, locked, selection)
    _touch(account, locked, added, now)
    return added, already


def insert(account: Account, locked: ContactList, selection: Selection) -> int:
    """Insert the chosen contacts that are not in the list, which the caller has locked. Return how many.

    For operations that fill lists by themselves, such as those that keep a list up to date.
    """
    missing = _MISSING if locked.contact_count else ""
    return _execute(_ADD, account, locked, selection, missing=missing)


@transaction.atomic
def remove(account: Account, *, contact_list: ContactList, selection: Selection, now: datetime) -> int:
    """Have contacts leave a list; they stay contacts. Return how many did. Raise ListNotThere or ListKeepsItself."""
    locked = lock(account, contact_list)
    removed = _execute(_REMOVE, account, locked, selection)
    _touch(account, locked, removed, now)
    return removed


def _execute(statement: str, account: Account, locked: ContactList, selection: Selection, **parts: str) -> int:
    chosen, values = selections.condition(account, selection)
    given: dict[str, Any] = values | {"joined_account": account.pk, "joined_list": locked.pk}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(chosen=chosen, **parts), given)
        return int(cursor.rowcount)


def _touch(account: Account, contact_list: ContactList, changed: int, now: datetime) -> None:
    if changed:
        ContactList.objects.filter(account=account, pk=contact_list.pk).update(updated_at=now)
