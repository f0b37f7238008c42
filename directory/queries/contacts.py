"""Contacts as pages show them: a page of those that a query finds, their number, one of them."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from contacts.queries import exclusions
from directory.models import Attribute, Contact
from directory.queries import attributes as attribute_queries
from directory.queries import facets as facet_queries
from directory.queries import matching
from directory.queries.conditions import Parameters
from directory.queries.large import Finder
from directory.queries.ordering import PHONE, Order, Place, place_of, token_of
from directory.queries.query import Query
from smsplatform.accounts.models import Account


@dataclass(frozen=True)
class ContactRow:
    """One contact. `excluded_at`: since when it is on the exclusion list, None if it is not."""

    phone: int
    attributes: dict[str, Any]
    excluded_at: datetime | None
    excluded_source: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class ContactPage:
    """`next_token` leads to the following page, "" on the last one. `sort`: the order of the rows, which is another than the
    one asked for where a large directory does not know that one yet (`waits_for_order`).

    `total`: how many contacts the query finds, None where counting takes long. `is_partial`: not every contact was
    looked at; those of `next_token` may be found as well.
    """

    contacts: list[ContactRow]
    next_token: str
    sort: str
    total: int | None = None
    is_partial: bool = False
    waits_for_order: bool = False


ROW = "c.phone, c.attributes, x.at, coalesce(x.source, ''), c.created_at, c.updated_at"
EXCLUSION = exclusions.joined_sql("c")
_ROWS = f"""
select {ROW} from unnest(%(phones)s::bigint[]) with ordinality w(phone, place)
cross join lateral (
    select * from directory_contact d where d.account_id = %(account)s and d.phone = w.phone offset 0
) c
{EXCLUSION}
order by w.place
"""


def page(account: Account, query: Query, *, token: str = "", limit: int = 50) -> ContactPage:
    """Return the page of contacts that a token leads to; an unreadable token leads to the first page.

    Paging is by key, so that the millionth contact is as near as the first. A sort that does not exist is by the newest.
    """
    known = attribute_queries.by_key(account)
    order, place = Order.of(query.sort, known), place_of(account, token)
    if facet_queries.is_large(account):
        return _large_page(account, query, order, known, place, limit)
    parameters = Parameters()
    where = matching.condition(account, query, known, parameters, timezone.now())
    where += order.behind(place, parameters)
    key = order.key_sql
    rows = _fetch(
        f"select {ROW}, {key} from directory_contact c {EXCLUSION} where {where} {order.sql} limit {limit + 1}",
        parameters.values,
    )
    shown = [row for row, _ in rows[:limit]]
    token = token_of(account, Place(rows[limit - 1][1][0], shown[-1].phone)) if len(rows) > limit else ""
    return ContactPage(shown, token, order.sort)


def _large_page(
    account: Account, query: Query, order: Order, known: dict[str, Attribute], place: Place | None, limit: int
) -> ContactPage:
    facets = facet_queries.of(account)
    waits = order.field in known and order.field not in facets.made
    if waits:
        order, place = Order(PHONE, False), place if place is not None and place.key == "" else None
    finder = Finder(account, query, order, known, facets, timezone.now())
    found = finder.page(place, limit)
    has_more = len(found.places) > limit
    places = found.places[:limit]
    last = places[-1] if has_more else found.stopped_at
    return ContactPage(
        rows(account, [place.phone for place in places]),
        token_of(account, last) if last else "",
        order.sort,
        found.total,
        is_partial=finder.misses_middles or found.stopped_at is not None,
        waits_for_order=waits,
    )


def rows(account: Account, phones: list[int]) -> list[ContactRow]:
    """Return contacts in the order of `phones`; numbers of none are left out."""
    return [row for row, _ in _fetch(_ROWS, {"account": account.pk, "phones": phones})] if phones else []


def _fetch(statement: str, parameters: dict[str, Any]) -> list[tuple[ContactRow, list[Any]]]:
    """Return the contacts that a statement selects by ROW, and what else it selects of each."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchall()
    # Django leaves jsonb as text here.
    return [(ContactRow(phone, json.loads(attributes), *more[:4]), more[4:]) for phone, attributes, *more in found]


def count(account: Account, query: Query, *, at_most: int | None = None) -> int:
    """Return how many contacts a query finds, counting no further than `at_most`."""
    if facet_queries.is_large(account):
        known = attribute_queries.by_key(account)
        finder = Finder(account, query, Order(PHONE, False), known, facet_queries.of(account), timezone.now())
        counted = None if finder.misses_middles else finder.count()
        if counted is not None:
            return counted if at_most is None else min(counted, at_most)
    where, parameters = matching.where(account, query)
    limit = "" if at_most is None else f"limit {int(at_most)}"
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from (select from directory_contact c where {where} {limit}) s", parameters)
        return int(cursor.fetchone()[0])


def get(account: Account, phone: int) -> Contact | None:
    return Contact.objects.filter(account=account, phone=phone).first()


def held(account: Account, phones: Collection[int]) -> set[int]:
    """Return those of the numbers that contacts have."""
    return set(Contact.objects.filter(account=account, phone__in=phones).values_list("phone", flat=True))
