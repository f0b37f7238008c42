"""The worker's side of search keys: make a facet of all contacts, catch up with imports, drop what nobody uses.

Each works in transactions of its own, so that nobody waits for it and nothing of it is lost in a crash but the last step.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from contacts.models import Import
from directory.models import KeyBacklog
from directory.operations import keys
from directory.operations.keys import DELETE, INSERT, write
from directory.queries import facets as facet_queries
from directory.queries import key_sets
from directory.queries.key_text import DIGITS, WORDS
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context

KEPT_FOR = timedelta(days=90)  # without use, a facet of an attribute
CHUNK_CONTACTS = 50_000
CHUNK_PAGES = 16_384  # of sorted keys, 128 MB
CHUNK_KEYS = 200_000  # deleted at a time
WAIT_SECONDS = 900  # for those who write contacts and do not know of a facet yet
WORK_MEMORY = "64MB"
_log = logging.getLogger(__name__)

_NEXT_PHONES = """
select max(phone), count(*) from (
    select phone from directory_contact where account_id = %s and phone > %s order by phone limit %s
) s
"""
_CREATED = """
select phone, created_at from directory_contact c
where account_id = %(account)s and (created_at, phone) > (%(at)s, %(phone)s) and import_id = %(import)s
order by created_at, phone limit %(limit)s
"""
_CHANGED = """
select distinct phone from directory_contactchange
where account_id = %(account)s and import_id = %(import)s and phone > %(phone)s order by phone limit %(limit)s
"""


def tend(account: Account, *, now: datetime) -> None:
    """Bring an account's search keys up to date. Safe to call at any time, from several workers."""
    with account_context(account):
        is_large = facet_queries.is_large(account)
        facets = facet_queries.of(account)
        if is_large:
            keys.register(account, {WORDS, DIGITS} - set(facets.all), now)
            facets = facet_queries.of(account)
    work_off(account)
    for facet in sorted(facets.unfinished):
        make(account, facet=facet, now=now)


def make(account: Account, *, facet: str, now: datetime) -> bool:
    """Make the keys of a registered facet for all contacts, and return whether it holds them now.

    People go on writing contacts meanwhile, with keys of their own.
    """
    with _alone(account, f"facet {facet}") as is_alone:
        if not is_alone or not _others_know():
            return False
        with account_context(account):
            kinds = key_sets.kinds(account)
            if facet not in kinds or facet not in facet_queries.of(account).unfinished:
                return False
        try:
            _stage(account, facet, kinds[facet])
            _move(account, facet)
        finally:
            _execute("drop table if exists key_stage, key_sorted")
        with account_context(account):
            return keys.note_made(account, facet, now)


def _others_know() -> bool:
    """Wait until everybody has ended who wrote contacts before the facet was registered; return False after WAIT_SECONDS."""
    if connection.in_atomic_block:
        return True  # who called is in a transaction that this would wait for
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text")
        mark = cursor.fetchone()[0]
        for _ in range(WAIT_SECONDS):
            cursor.execute("select pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [mark])
            if cursor.fetchone()[0]:
                return True
            time.sleep(1)
    _log.warning("Search keys are not made: a transaction has been open for %s seconds.", WAIT_SECONDS)
    return False


def _stage(account: Account, facet: str, kind: str) -> None:
    """Read all contacts, some at a time, and sort their keys: an index that grows in its order grows ten times as fast."""
    _execute('create temp table key_stage (key text collate "C", phone bigint) on commit preserve rows')
    after = 0
    select = key_sets.select(account, facet, kind, which="c.phone > %(after)s and c.phone <= %(last)s")
    select = select.removesuffix(" order by key, phone")
    while True:
        with account_context(account):
            last, found = _row(_NEXT_PHONES, [account.pk, after, CHUNK_CONTACTS])
            if not found:
                break
            named = key_sets.parameters(after=after, last=last)
            _execute(f"insert into key_stage {select}", named)
        after = last
    with transaction.atomic():
        _execute(f"set local work_mem = '{WORK_MEMORY}'")
        _execute(
            "create temp table key_sorted on commit preserve rows as select key, phone from key_stage order by key, phone"
        )
        _execute("truncate key_stage")


def _move(account: Account, facet: str) -> None:
    size = _row("select pg_relation_size('key_sorted') / 8192", [])[0]
    select = "select key, phone from key_sorted where ctid >= %(from)s::tid and ctid < %(to)s::tid"
    for page in range(0, size, CHUNK_PAGES):
        with account_context(account):
            place = {"from": f"({page},0)", "to": f"({page + CHUNK_PAGES},0)"}
            _execute(INSERT.format(select=select), place | {"account": account.pk, "facet": facet})


def work_off(account: Account) -> int:
    """Make the keys of what imports wrote since, and return how many imports there were."""
    done = 0
    with _alone(account, "backlog") as is_alone:
        while is_alone:
            with account_context(account):
                row = KeyBacklog.objects.filter(account=account).select_related("imported").order_by("pk").first()
            if row is None:
                break
            _catch_up(account, row.imported)
            with account_context(account):
                KeyBacklog.objects.filter(account=account, pk=row.pk).delete()
            done += 1
    return done


def _catch_up(account: Account, imported: Import) -> None:
    ids = {"account": account.pk, "import": imported.pk, "limit": CHUNK_CONTACTS, "phone": 0, "at": imported.created_at}
    while phones := _chunk(account, _CREATED, ids):
        _rekey(account, [phone for phone, _ in phones])
        ids |= {"phone": phones[-1][0], "at": phones[-1][1]}
    ids["phone"] = 0
    while phones := _chunk(account, _CHANGED, ids):
        _rekey(account, [phone for (phone,) in phones], imported.pk)
        ids["phone"] = phones[-1][0]


def _chunk(account: Account, query: str, named: dict[str, Any]) -> list[tuple[Any, ...]]:
    with account_context(account), connection.cursor() as cursor:
        cursor.execute(query, named)
        return cursor.fetchall()  # type: ignore[no-any-return]


def _rekey(account: Account, phones: list[int], changed_by: int | None = None) -> None:
    """As `keys.rekey`, a transaction for each facet; without the keys of what an import replaced."""
    with account_context(account):
        names, kinds = facet_queries.of(account).all, key_sets.kinds(account)
    for facet in names:
        if facet not in kinds:
            continue
        with account_context(account):
            if changed_by is not None and facet != DIGITS:
                which = f"{keys.OF_PHONES} and c.import_id = %(import)s"
                write(
                    account,
                    facet,
                    kinds[facet],
                    DELETE,
                    phones=phones,
                    which=which,
                    source=key_sets.BEFORE,
                    imported=changed_by,
                )
            write(account, facet, kinds[facet], INSERT, phones=phones)


def purge(account: Account, *, now: datetime) -> int:
    """Drop the facets of attributes that are gone or that nobody used for KEPT_FOR, and return how many."""
    last = (now - KEPT_FOR).date().isoformat()
    with account_context(account):
        unused = keys.unused_since(account, last)
        for facet in unused:
            keys.give_up(account, facet)
    for facet in unused:
        while _delete_some(account, facet):
            pass
    return len(unused)


def _delete_some(account: Account, facet: str) -> bool:
    some = "select ctid from directory_contactkey where account_id = %s and facet = %s limit %s"
    with account_context(account), connection.cursor() as cursor:
        cursor.execute(
            f"delete from directory_contactkey where ctid = any(array({some}))", [account.pk, facet, CHUNK_KEYS]
        )
        return bool(cursor.rowcount > 0)


@contextmanager
def _alone(account: Account, what: str) -> Iterator[bool]:
    """Say whether this worker is the only one at something of an account, and keep it so."""
    name = f"directory keys {what}"
    is_alone = _row("select pg_try_advisory_lock(hashtextextended(%s, %s))", [name, account.pk])[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            _row("select pg_advisory_unlock(hashtextextended(%s, %s))", [name, account.pk])


def _execute(statement: str, named: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, named)


def _row(query: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()
