"""Lists that keep themselves up to date: their members are the contacts that meet a rule."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.utils.translation import gettext as _

from contacts.models import ContactList
from contacts.operations.lists import ListChanged
from directory.operations import locks
from directory.queries import living as queries
from directory.queries import matching
from directory.queries.query import Query, contact_count
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.jobs import wakeups
from smsplatform.lib.errors import OperationError

AT_ONCE_CONTACTS = 100_000  # a larger directory is searched by a worker
READER_WAITS = "500ms"  # for those who write contacts or lists
ASKED_SECONDS = 60  # for so long one call stands for all; it ends early when a worker begins
COMMITTED_WITHIN = timedelta(minutes=10)  # of when a change was noted: the longest imports
TASK = "directory.tasks.refresh_living_lists"

# Once in a table of its own, since both statements need it and the search may read the whole directory.
_FIND = """
create temp table living_found on commit drop as
select c.phone from directory_contact c where c.account_id = %(living_account)s and ({where})
"""
_JOIN = """
insert into contacts_listentry (account_id, list_id, phone)
select %(living_account)s, %(living_list)s, f.phone from living_found f where not exists (
    select from contacts_listentry e
    where e.account_id = %(living_account)s and e.list_id = %(living_list)s and e.phone = f.phone
) order by f.phone
"""
_LEAVE = """
delete from contacts_listentry e where e.account_id = %(living_account)s and e.list_id = %(living_list)s
and not exists (select from living_found f where f.phone = e.phone)
"""


@dataclass(frozen=True)
class Refreshed:
    added: int
    removed: int


@transaction.atomic
def save(
    account: Account,
    *,
    query: Query,
    name: str,
    description: str = "",
    expires_after_months: int | None = None,
    by: User,
    now: datetime,
) -> ContactList:
    """Make a list of the contacts that `query` finds, now and later. A large directory's is filled by a worker.

    Raise RuleNotKept or RuleRefused.
    """
    made = ContactList.objects.create(
        account=account,
        kind=ContactList.Kind.DIRECTORY,
        name=name,
        description=description,
        expires_after_months=expires_after_months,
        rule=queries.checked(account, query).to_json(),
        author=by,
        created_at=now,
        updated_at=now,
        last_used_at=now,
    )
    freshen(account, contact_list=made, now=now)
    audit.record(account, "LIST_CREATED", name, by=by, now=now, counts={"contacts": made.contact_count})
    return made


@transaction.atomic
def set_rule(account: Account, *, contact_list: ContactList, query: Query, by: User, now: datetime) -> None:
    """Give a list another rule, and the contacts that meet it. Raise ListChanged, RuleNotKept or RuleRefused."""
    locks.add(account.pk)  # before the list, as everybody: whoever deletes contacts would wait for us, and we for them
    rule = queries.checked(account, query, own_id=contact_list.pk).to_json()
    if not queries.of(account).filter(pk=contact_list.pk).update(rule=rule, refreshed_at=None, updated_at=now):
        raise _not_living(contact_list)
    audit.record(account, "LIST_RULE_CHANGED", contact_list.name, by=by, now=now)
    contact_list.refresh_from_db()
    freshen(account, contact_list=contact_list, now=now)


@transaction.atomic
def freeze(account: Account, *, contact_list: ContactList, by: User, now: datetime) -> None:
    """Keep the members that a list has, whatever becomes of the contacts. Raise ListChanged."""
    if not queries.of(account).filter(pk=contact_list.pk).update(rule=None, refreshed_at=None, updated_at=now):
        raise _not_living(contact_list)
    contact_list.refresh_from_db()
    counts = {"contacts": contact_list.contact_count}
    audit.record(account, "LIST_FROZEN", contact_list.name, by=by, now=now, counts=counts)


@transaction.atomic
def refresh(account: Account, *, contact_list: ContactList, now: datetime) -> Refreshed | None:
    """Have the contacts that meet the list's rule join it, and the others leave it; return how many.

    None, and nothing changed, when the list follows no rule any more or its rule cannot be followed.
    """
    locks.add(account.pk)
    held = queries.of(account).select_for_update(no_key=True).filter(pk=contact_list.pk).first()
    if held is None or queries.problem(account, held):
        return None
    where, values = matching.where(account, queries.query_of(held), now=now)
    values = values | {"living_account": account.pk, "living_list": held.pk}
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(where=where), values)
        cursor.execute("analyze living_found")
        cursor.execute(_JOIN, values)
        added = int(cursor.rowcount)
        cursor.execute(_LEAVE, values)
        removed = int(cursor.rowcount)
        cursor.execute("drop table living_found")
    changes = {"updated_at": now} if added or removed else {}
    ContactList.objects.filter(account=account, pk=held.pk).update(refreshed_at=now, **changes)
    return Refreshed(added, removed)


def refresh_all(account: Account, *, now: datetime, behind_only: bool = False) -> int:
    """Refresh the lists that keep themselves up to date, and return how many: what campaigns do before they send.

    `behind_only`: those that something may have changed for.
    """
    with account_context(account):
        living = list(queries.of(account))
    refreshed = 0
    for contact_list in living:
        # A transaction each: nobody waits for the locks of all of them.
        with account_context(account):
            if behind_only and not queries.is_behind(account, contact_list, now=now, margin=COMMITTED_WITHIN):
                continue
            refreshed += refresh(account, contact_list=contact_list, now=now) is not None
    return refreshed


def freshen(account: Account, *, contact_list: ContactList, now: datetime) -> bool:
    """Bring a list that is behind up to date before somebody looks at it, or ask a worker to, for a large directory.

    The same while an import is being written. Return whether the list is as its rule says now; one without a rule is.
    """
    if not contact_list.is_living or not queries.is_behind(account, contact_list, now=now):
        return True
    if contact_count(account) > AT_ONCE_CONTACTS:
        ask(account)
        return False
    try:
        with locks.impatient(READER_WAITS):
            is_fresh = refresh(account, contact_list=contact_list, now=now) is not None
    except locks.DirectoryBusy:
        ask(account)
        return False
    contact_list.refresh_from_db()
    return is_fresh


def ask(account: Account) -> None:
    """Have a worker refresh the account's lists once the transaction is committed: contacts have changed.

    Many changes make one call, and a lost call is made up for by the beat.
    """
    if queries.of(account).exists():
        transaction.on_commit(partial(_call, account.pk), robust=True)


def watch_journal() -> None:
    """Ask whenever the journal notes a change of contacts, whoever made it. Called when the site starts."""
    post_save.connect(_heed, sender=AuditEvent, dispatch_uid="living lists heed the journal")


def _heed(instance: AuditEvent, created: bool, **_kwargs: Any) -> None:
    has_directory = instance.account.mode == Account.Mode.DIRECTORY
    if created and has_directory and instance.action.startswith(queries.CHANGES):
        ask(instance.account)


def answered(account: Account, *, now: datetime) -> int:
    """Do what `ask` asked for. Changes from now on ask again."""
    cache.delete(_key(account.pk))
    return refresh_all(account, now=now)


def _call(account_id: int) -> None:
    if cache.add(_key(account_id), True, ASKED_SECONDS):
        wakeups.send(TASK, account_id=account_id)


def _key(account_id: int) -> str:
    return f"living-lists-asked:{account_id}"


def _not_living(contact_list: ContactList) -> OperationError:
    message = _("The list “%(name)s” has changed meanwhile. Nothing was done.")
    return ListChanged(message % {"name": contact_list.name})
