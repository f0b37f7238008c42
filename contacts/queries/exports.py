"""Reads about exports, and of what they hold."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from contacts.models import ContactList, Export
from contacts.queries import exclusions
from smsplatform.accounts.models import Account

ROWS_PER_FETCH = 5_000
SHOWN_FOR = timedelta(days=90)  # on the page of exports


class Entry(NamedTuple):
    """One contact of a list. `excluded_at`: since when it is on the exclusion list, None if it is not."""

    phone: int
    values: dict[str, str]
    excluded_at: datetime | None


_ENTRIES = f"""
select e.phone, e."values", x.at
from contacts_listentry e {exclusions.merged_sql("e")}
where e.account_id = %s and e.list_id = %s and (%s or x.at is null)
order by e.phone
"""


def entries(account: Account, contact_list: ContactList, *, with_excluded: bool = True) -> Iterator[Entry]:
    """Yield the entries as they are at one moment, in constant memory. Needs the account's context for as long as it runs."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ENTRIES, [account.pk, contact_list.pk, with_excluded])
        while rows := cursor.fetchmany(ROWS_PER_FETCH):
            for phone, values, excluded_at in rows:
                yield Entry(phone, json.loads(values) if values else {}, excluded_at)


def export_rows(account: Account, *, now: datetime) -> QuerySet[Export]:
    """Return the exports of the last SHOWN_FOR with their authors, the newest first."""
    rows = Export.objects.filter(account=account, created_at__gt=now - SHOWN_FOR)
    return rows.select_related("author").order_by("-created_at", "-pk")


def expired(account: Account, *, now: datetime) -> QuerySet[Export]:
    """Return the exports whose file is no longer to be had but still there."""
    return Export.objects.filter(Q(expires_at__lte=now), account=account).exclude(path="")


def row_count(account: Account, lists: list[ContactList], *, with_excluded: bool) -> int:
    """Return how many rows a file of these lists has: their own counts, which are exact."""
    return sum(one.contact_count - (0 if with_excluded else one.excluded_count) for one in lists)


def exclusion_count(account: Account) -> int:
    return exclusions.count(account)
