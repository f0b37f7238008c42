"""The values of deleted attributes leave the contacts in small steps, so that nobody waits for it."""

from datetime import datetime
from typing import LiteralString

from django.db import connection

from directory.models import Attribute, Directory
from directory.operations import locks
from directory.operations.attributes import call_removal
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context

CHUNK_ROWS = 5_000
CHUNKS = 400  # at a call, which takes a minute or two; the next call goes on
# Rows that others are writing are skipped: waiting for one with others locked could stop an import.
_FROM_CONTACTS: LiteralString = """
    with chosen as (
        select phone from directory_contact
        where account_id = %(account)s and phone > %(after)s and attributes ? %(key)s
        order by phone limit %(rows)s for update skip locked
    ), done as (
        update directory_contact c set attributes = c.attributes - %(key)s
        from chosen where c.account_id = %(account)s and c.phone = chosen.phone returning c.phone
    ) select count(*), max(phone) from done
"""
_FROM_CHANGES: LiteralString = """
    with chosen as (
        select id from directory_contactchange
        where account_id = %(account)s and id > %(after)s and before ? %(key)s
        order by id limit %(rows)s for update skip locked
    ), done as (
        update directory_contactchange c set before = c.before - %(key)s
        from chosen where c.id = chosen.id returning c.id
    ) select count(*), max(id) from done
"""
_FROM_KEYS: LiteralString = """
    with done as (
        delete from directory_contactkey where account_id = %(account)s and facet = %(key)s and (key, phone) in (
            select key, phone from directory_contactkey
            where account_id = %(account)s and facet = %(key)s order by key, phone limit %(rows)s
        ) returning 1
    ) select count(*), 0 from done
"""
_IS_LEFT: LiteralString = (
    "select exists (select 1 from directory_contact where account_id = %(account)s and attributes ? %(key)s)"
)


def remove_values(account: Account, *, now: datetime) -> int:
    """Remove what contacts, their changes and the search keys hold of deleted attributes, then the attributes.

    Return how many attributes are gone. Opens the account itself, in several transactions. Safe to repeat at any time:
    an attribute stays until nothing of it is left, and where a lot is, this calls for itself again.
    """
    with account_context(account):
        deleted = list(Attribute.objects.filter(account=account).exclude(deleted_at=None).order_by("pk"))
    chunks = CHUNKS
    for gone, attribute in enumerate(deleted):
        chunks = _remove(account, attribute, chunks)
        if not chunks:
            with account_context(account):
                call_removal(account.pk)
            return gone
    return len(deleted)


def _remove(account: Account, attribute: Attribute, chunks: int) -> int:
    """Remove an attribute with `chunks` steps at most. Return how many are left, 0 where it is still there."""
    with account_context(account):
        # Who writes contacts has this lock, shared: from here on everybody knows that the attribute is deleted.
        locks.remove(account.pk, patient=True)
        _forget_facet(account, attribute.key)
    for statement in (_FROM_CONTACTS, _FROM_CHANGES, _FROM_KEYS):
        chunks = _walk(account, attribute.key, statement, chunks)
    if not chunks or _is_left(account, attribute.key):
        return 0
    with account_context(account):
        Attribute.objects.filter(account=account, pk=attribute.pk).exclude(deleted_at=None).delete()
    return chunks


def _walk(account: Account, key: str, statement: LiteralString, chunks: int) -> int:
    after, found = 0, CHUNK_ROWS
    while found == CHUNK_ROWS and chunks:
        chunks -= 1
        with account_context(account), connection.cursor() as cursor:
            locks.add(account.pk)
            cursor.execute(statement, {"account": account.pk, "key": key, "after": after, "rows": CHUNK_ROWS})
            found, last = cursor.fetchone()
            after = last or after
    return chunks


def _is_left(account: Account, key: str) -> bool:
    """Return whether contacts still have values, because somebody was writing them: an import goes on for a while."""
    with account_context(account), connection.cursor() as cursor:
        cursor.execute(_IS_LEFT, {"account": account.pk, "key": key})
        return bool(cursor.fetchone()[0])


def _forget_facet(account: Account, key: str) -> None:
    """Have no search rely on the attribute's keys, which are about to go."""
    directory = Directory.objects.select_for_update().get(account=account)
    if directory.key_facets.pop(key, None) is not None:
        directory.save(update_fields=["key_facets"])
