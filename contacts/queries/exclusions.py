"""Reads about the numbers that must not be written to: the only place that says which ones those are.

In force are the counted exclusions and those that have just arrived, which the view `contacts_excluded` shows as one. Nothing
reads the two tables another way. Numbers of erased people are in neither: `queries.erased` tells them. For moments a number
may be in both: `exists`, never a plain join.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from contacts.importer.dedupe import Phones
from contacts.models import Excluded, ExclusionInbox
from contacts.queries import erased
from smsplatform.accounts.models import Account
from smsplatform.lib import keyset
from smsplatform.lib.phones import PhoneError, normalise
from smsplatform.lib.phones.countries import country_code

# One row of COPY's binary format: the number of fields, the bytes of the field, the field.
_ROW = np.dtype([("fields", ">i2"), ("size", ">i4"), ("phone", ">i8")])
_HEADER_BYTES = 19
_TRAILER_BYTES = 2

# SQL for somebody's row with an account and a phone, such as an entry or a contact under an alias.
_OF_ROW = "from contacts_excluded x where x.account_id = {alias}.account_id and x.phone = {alias}.phone"


def exists_sql(alias: str) -> str:
    """Return the condition that a row's number is excluded."""
    return f"exists (select {_OF_ROW.format(alias=alias)})"


def joined_sql(alias: str) -> str:
    """Return a join that gives each row, as x, since when its number is excluded and its source; nulls if it is not."""
    first = "order by x.source <> 'STOP', x.at limit 1"
    return f"left join lateral (select x.at, x.source {_OF_ROW.format(alias=alias)} {first}) x on true"


def merged_sql(alias: str) -> str:
    """As `joined_sql`, without the source, for rows by the hundred thousand: exclusions are read once, not for each row."""
    of_all = "select account_id, phone, min(at) as at from contacts_excluded group by account_id, phone"
    return f"left join ({of_all}) x on x.account_id = {alias}.account_id and x.phone = {alias}.phone"


FRAGMENT_DIGITS = 3  # at least, of a piece of a number that is searched for
FRAGMENT_MATCHES = 1_000  # beyond, more digits are asked for
COUNT_AT_MOST = 10_000  # a larger table says "more than"
EXPORT_ROWS_PER_FETCH = 5_000


def phones(account: Account) -> Phones:
    """Return the excluded numbers of the account, sorted: 8 bytes each, however many there are."""
    query = "select phone from contacts_excluded where account_id = %s order by phone"
    data = bytearray()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy ({query}) to stdout (format binary)", [account.pk]) as copy,
    ):
        for part in copy:
            data += part
    rows = np.frombuffer(memoryview(data)[_HEADER_BYTES : len(data) - _TRAILER_BYTES], dtype=_ROW)
    return np.unique(rows["phone"].astype(np.int64))


class Known(NamedTuple):
    """Why and since when a number is excluded."""

    source: str
    at: datetime
    reason: str


def known(account: Account, phones: Iterable[int]) -> dict[int, Known]:
    """Return those of the numbers that are excluded, with what is known of it."""
    phones = set(phones)
    rows = sorted(Excluded.objects.filter(account=account, phone__in=phones), key=_precedence, reverse=True)
    digested = {phone: Known(row.source, row.at, "") for phone, row in erased.among(account, phones).items()}
    return digested | {row.phone: Known(row.source, row.at, row.reason) for row in rows}


def of_number(account: Account, phone: int) -> Excluded | None:
    """Return the exclusion of a number, None if it is not excluded."""
    return min(Excluded.objects.filter(account=account, phone=phone), key=_precedence, default=None)


def _precedence(row: Excluded) -> tuple[bool, datetime]:
    """Of two for one number a STOP is shown, else the first to come."""
    return row.source != Excluded.Source.STOP, row.at


def are_arriving(account: Account) -> bool:
    """Return whether there are exclusions in force that the counts of lists do not know of yet."""
    return ExclusionInbox.objects.filter(account=account).exists()


def count(account: Account) -> int:
    return Excluded.objects.filter(account=account).count()


def by_ids(account: Account, ids: Iterable[int]) -> list[Excluded]:
    """Return chosen exclusions, the newest first; those that are no longer there, or another account's, are left out."""
    return list(Excluded.objects.filter(account=account, pk__in=set(ids)).order_by("-at", "-pk"))


@dataclass(frozen=True)
class Filters:
    """What the table shows: `number` as people write it, whole or a piece; `since` included, `before` not."""

    number: str = ""
    source: str = ""
    since: datetime | None = None
    before: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.number or self.source or self.since or self.before)


@dataclass(frozen=True)
class ExclusionPage:
    """Some exclusions, the newest first. `next_token` leads to the following page, "" on the last one.

    `count` is exact up to COUNT_AT_MOST, and one more means "more than that". `is_partial`: more numbers hold the piece
    searched for than are looked at.
    """

    rows: list[Excluded]
    next_token: str
    count: int
    is_partial: bool

    @property
    def has_more_than_counted(self) -> bool:
        return self.count > COUNT_AT_MOST


def page(account: Account, *, filters: Filters, token: str = "", limit: int) -> ExclusionPage:
    """Return the page that `token` leads to, the first for an unreadable one.

    Paging is by key: the millionth row is as near as the first.
    """
    found, is_partial = _numbers(account, filters.number) if filters.number else (None, False)
    parts = _parts(account, filters, found)
    rows = list(_newest_first([part.filter(keyset.behind(token)) for part in parts], limit + 1))
    next_token = keyset.token(rows[limit - 1].at, rows[limit - 1].pk) if len(rows) > limit else ""
    return ExclusionPage(rows[:limit], next_token, _count(account, filters, found), is_partial)


def _parts(account: Account, filters: Filters, found: list[int] | None) -> list[QuerySet[Excluded]]:
    """Return one query for each source: each follows the index that begins with it, and their heads make the page."""
    wanted = [filters.source] if filters.source else Excluded.Source.values
    return [_matching(account, filters, found).filter(source=source) for source in wanted]


def _matching(account: Account, filters: Filters, found: list[int] | None) -> QuerySet[Excluded]:
    rows = Excluded.objects.filter(account=account)
    if found is not None:
        rows = rows.filter(phone__in=found)
    if filters.since:
        rows = rows.filter(at__gte=filters.since)
    if filters.before:
        rows = rows.filter(at__lt=filters.before)
    return rows


def _newest_first(parts: list[QuerySet[Excluded]], limit: int) -> QuerySet[Excluded]:
    heads = [part.order_by("-at", "-pk")[:limit] for part in parts]
    return heads[0].union(*heads[1:], all=True).order_by("-at", "-id")[:limit] if len(heads) > 1 else heads[0]


def _count(account: Account, filters: Filters, found: list[int] | None) -> int:
    rows = _matching(account, filters, found)
    if filters.source:
        rows = rows.filter(source=filters.source)
    return rows.order_by()[: COUNT_AT_MOST + 1].count()


def _numbers(account: Account, number: str) -> tuple[list[int], bool]:
    """Return the excluded numbers that a text stands for, and whether there are more than FRAGMENT_MATCHES."""
    try:
        return [normalise(number, account.region).digits], False
    except PhoneError:
        pass
    condition = _holds(number, account.region)
    if condition is None:
        return [], False
    rows = Excluded.objects.filter(account=account).annotate(digits=Cast("phone", CharField())).filter(condition)
    found = list(rows.order_by("phone").values_list("phone", flat=True)[: FRAGMENT_MATCHES + 1])
    return found[:FRAGMENT_MATCHES], len(found) > FRAGMENT_MATCHES


def _holds(number: str, region: str) -> Q | None:
    """Return the condition for numbers that hold a piece of one, or begin with it in national form; None for too few digits."""
    digits = fragment(number)
    if len(digits) < FRAGMENT_DIGITS:
        return None
    if number.strip().startswith("+"):
        return Q(digits__startswith=digits)
    condition = Q(digits__contains=digits)
    if digits.startswith("00"):
        condition |= Q(digits__startswith=digits[2:])
    elif digits.startswith("0"):
        condition |= Q(digits__startswith=f"{country_code(region)}{digits[1:]}")
    return condition


def fragment(number: str) -> str:
    """Return the digits of what somebody typed to search for."""
    return "".join(filter(str.isdecimal, number))


def export_rows(account: Account) -> Iterator[tuple[int, datetime, str, str]]:
    """Yield (phone, since, source, reason) of every exclusion in constant memory. Needs the account's context as it runs."""
    rows: QuerySet[Excluded, Any] = Excluded.objects.filter(account=account).order_by("phone", "at")
    fields = rows.values_list("phone", "at", "source", "reason").iterator(chunk_size=EXPORT_ROWS_PER_FETCH)
    for _phone, of_one in groupby(fields, key=itemgetter(0)):
        yield next(of_one)
