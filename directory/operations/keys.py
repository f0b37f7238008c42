"""The search keys of large directories: kept up by whoever writes contacts, behind imports by a worker.

They are hints: readers look at the contact again. A key too many does no harm, a missing one hides a contact, so who writes
contacts reads which facets there are after it wrote, and `key_making` waits for those who read before.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from contacts.models import Import
from directory.models import ContactKey, ContactTally, Directory, KeyBacklog
from directory.queries import facets as facet_queries
from directory.queries import key_sets
from directory.queries.facets import is_behind
from directory.queries.key_text import DIGITS, WORDS
from directory.queries.query import Query
from directory.queries.rules import conditions
from smsplatform.accounts.models import Account
from smsplatform.jobs import wakeups
from smsplatform.lib import waiting

__all__ = ["ask", "drop", "forget", "is_behind", "queue", "rekey", "tally", "tend_soon"]

TEND = "directory.tasks.tend_keys"
OF_PHONES = "c.phone = any(%(phones)s)"

INSERT = """
insert into directory_contactkey (account_id, facet, key, phone)
select %(account)s, %(facet)s, k.key, k.phone from ({select}) k on conflict do nothing
"""
# Key by key: whatever the planner believes of the table, it cannot choose to read a million keys to find these.
DELETE = """
with old as materialized ({select})
delete from directory_contactkey where ctid = any(array(
    select found.place from old o cross join lateral (
        select k.ctid as place from directory_contactkey k
        where k.account_id = %(account)s and k.facet = %(facet)s and k.key = o.key and k.phone = o.phone
        offset 0
    ) found
))
"""


def rekey(account: Account, phones: Sequence[int]) -> None:
    """Make the keys of some contacts, after they were written in the open transaction."""
    _each_facet(account, phones, INSERT)


def drop(account: Account, phones: Sequence[int]) -> None:
    """Take the keys of some contacts away, as they still are. `rekey` follows once they are written, unless they go."""
    _each_facet(account, phones, DELETE)


def _each_facet(account: Account, phones: Sequence[int], statement: str) -> None:
    names = facet_queries.of(account).all if phones else []
    kinds = key_sets.kinds(account) if names else {}
    for facet in names:
        if facet in kinds:
            write(account, facet, kinds[facet], statement, phones=phones)


def write(
    account: Account,
    facet: str,
    kind: str,
    statement: str,
    *,
    phones: Sequence[int],
    which: str = OF_PHONES,
    source: str = key_sets.CONTACTS,
    imported: int | None = None,
) -> None:
    """Execute INSERT or DELETE for the keys of one facet."""
    select = key_sets.select(account, facet, kind, which=which, source=source)
    named = {"account": account.pk, "facet": facet, "phones": list(phones), "import": imported}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(select=select), key_sets.parameters(**named))


def queue(account: Account, imported: Import, now: datetime) -> None:
    """Have a worker make the keys of what an import wrote, or its undoing, once the open transaction is committed."""
    if facet_queries.of(account).all:
        KeyBacklog.objects.create(account=account, imported=imported, created_at=now)
    tend_soon(account)


def tend_soon(account: Account) -> None:
    """Call a worker to the account's keys. A lost call is no matter: the rescue calls again."""
    wakeups.call(TEND, account_id=account.pk)


def rescue(account: Account) -> None:
    """Call a worker to an account whose keys are missing or behind: its call may have been lost."""
    is_missing = facet_queries.is_large(account) and not {WORDS, DIGITS} <= set(facet_queries.of(account).made)
    if is_missing or facet_queries.of(account).unfinished or KeyBacklog.objects.filter(account=account).exists():
        tend_soon(account)


def ask(account: Account, *, query: Query, now: datetime) -> bool:
    """Note what a page of a large directory needs, and have what is missing made. Return whether something is missing.

    Nothing to do for a directory that is small enough to be read whole.
    """
    if not facet_queries.is_large(account):
        return False
    needed = _needed(account, query)
    facets = facet_queries.of(account)
    missing = needed - set(facets.made)
    register(account, missing - set(facets.unfinished), now)
    if missing:
        tend_soon(account)
    today = now.date().isoformat()
    note_used(account, {facet for facet in needed - missing if facets.made[facet] != today}, today)
    return bool(missing)


def _needed(account: Account, query: Query) -> set[str]:
    names = {WORDS, DIGITS, query.sort.removeprefix("-")}
    names |= {condition["field"] for condition in conditions(query.rule)} if query.rule else set()
    return names & set(key_sets.kinds(account))


def register(account: Account, names: Iterable[str], now: datetime) -> None:
    """Have edits keep these facets up from now on; they are not complete yet."""
    for facet in names:
        _merge(account, {f"{facet_queries.BEING_MADE}{facet}": now.date().isoformat()})


def note_used(account: Account, names: Iterable[str], day: str) -> None:
    used = dict.fromkeys(names, day)
    if used:
        _merge(account, used)


def note_made(account: Account, facet: str, now: datetime) -> bool:
    """Note that a facet holds every contact, unless it was given up meanwhile."""
    unfinished = f"{facet_queries.BEING_MADE}{facet}"
    rows = Directory.objects.select_for_update(no_key=True).filter(account=account, key_facets__has_key=unfinished)
    if rows.first() is None:
        return False
    _merge(account, {facet: now.date().isoformat()})
    _without(account, [unfinished])
    return True


def give_up(account: Account, facet: str) -> None:
    """Have edits no longer keep a facet up; its keys are yet to be deleted."""
    _without(account, [facet, f"{facet_queries.BEING_MADE}{facet}"])


def _merge(account: Account, days: dict[str, str]) -> None:
    # Two that write at the same time both keep what the other wrote.
    with connection.cursor() as cursor:
        cursor.execute(
            "update directory_directory set key_facets = key_facets || %s::jsonb where account_id = %s",
            [json.dumps(days), account.pk],
        )


def _without(account: Account, names: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update directory_directory set key_facets = key_facets - %s::text[] where account_id = %s",
            [names, account.pk],
        )


def forget(account: Account) -> None:
    """Drop all search keys, since many contacts changed that they do not know of; they are made again when needed."""
    Directory.objects.filter(account=account).update(key_facets={})
    ContactKey.objects.filter(account=account).delete()
    KeyBacklog.objects.filter(account=account).delete()
    tend_soon(account)


@transaction.atomic
def tally(account: Account, *, now: datetime) -> int:
    """Fold the counts of contacts into one row and return how many there were. Exact whoever adds rows meanwhile."""
    if ContactTally.objects.filter(account=account)[:2].count() < 2:
        return 0
    waiting.take("contact tally", account.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            """with gone as (delete from directory_contacttally where account_id = %(account)s returning contacts)
            insert into directory_contacttally (account_id, contacts)
            select %(account)s, sum(contacts) from gone having count(*) > 0
            returning (select count(*) from gone)""",
            {"account": account.pk},
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def unused_since(account: Account, last: str) -> list[str]:
    """Return the facets that nobody used after a day, or whose attribute is gone."""
    facets, kinds = facet_queries.of(account), key_sets.kinds(account)
    days = facets.unfinished | facets.made
    return [facet for facet, day in days.items() if facet not in kinds or (day < last and facet not in (WORDS, DIGITS))]
