"""Excluded numbers of people who were erased: kept as keyed digests, and ordinary exclusions once somebody brings them again."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np
from django.db import connection

from contacts.models import ErasedExclusion, Excluded, Exclusion, ExclusionInbox, ListEntry
from contacts.operations import exclusion_inbox
from contacts.queries import erased
from smsplatform.accounts.models import Account
from smsplatform.lib import waiting

_REVIVE = """
insert into contacts_exclusioninbox (account_id, phone, reason, source, at)
select %(account)s, phone, '', source, at
from unnest(%(phones)s::bigint[], %(sources)s::text[], %(ats)s::timestamptz[]) r(phone, source, at)
"""


# Shared to the commit by whoever brings numbers, from before they ask whether these were erased; alone while digests are made.
# So either sees what the other did: a number that comes back meanwhile is found by its exclusion or by its digest.
RETURNING = "returning numbers"
# (account, numbers): which of them another app holds.
Holder = Callable[[Account, Collection[int]], set[int]]
_holders: list[Holder] = []


def register(holder: Holder) -> None:
    _holders.append(holder)


def keep(account: Account, *, phones: Collection[int]) -> None:
    """Replace the exclusions of erased numbers by digests, but for numbers that came back. Needs RETURNING alone."""
    back = set(ListEntry.objects.filter(account=account, phone__in=phones).values_list("phone", flat=True))
    for holder in _holders:
        back |= holder(account, phones)
    rows = list(Excluded.objects.filter(account=account, phone__in=set(phones) - back).order_by("at"))
    made = [_digested(account, row) for row in sorted(rows, key=lambda row: row.source != Excluded.Source.STOP)]
    ErasedExclusion.objects.bulk_create(made, ignore_conflicts=True)
    for model in (Exclusion, ExclusionInbox):
        model._default_manager.filter(account=account, id__in=[row.pk for row in rows]).delete()


def _digested(account: Account, row: Excluded) -> ErasedExclusion:
    [bucket] = erased.buckets(account, np.array([row.phone], dtype=np.int64)).tolist()
    given = {"digest": erased.digest(account, row.phone), "bucket": bucket, "source": row.source, "at": row.at}
    return ErasedExclusion(account=account, **given)


def revive(account: Account, *, phones: Iterable[int]) -> None:
    """Make ordinary exclusions of the erased ones among numbers that lists or contacts have been given.

    To be called in the transaction that wrote the numbers, after them.
    """
    waiting.share(RETURNING, account.pk)
    restore(account, erased.among(account, phones))


def restore(account: Account, found: Mapping[int, erased.Row]) -> None:
    if not found:
        return
    given: dict[str, Any] = {
        "account": account.pk,
        "phones": list(found),
        "sources": [row.source for row in found.values()],
        "ats": [row.at for row in found.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_REVIVE, given)
    forget(account, phones=found)
    exclusion_inbox.call(account)


def forget(account: Account, *, phones: Iterable[int]) -> int:
    digests = [erased.digest(account, phone) for phone in phones]
    return ErasedExclusion.objects.filter(account=account, digest__in=digests).delete()[0]
