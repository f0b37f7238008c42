"""Contacts as pages show them: a page of those that a query finds, their number, one of them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from directory.models import Contact
from directory.queries import attributes as attribute_queries
from directory.queries import matching
from directory.queries.conditions import Parameters
from directory.queries.ordering import Order, Place, place_of, token_of
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
    """`next_token` leads to the following page, "" on the last one. `sort`: the order of the rows."""

    contacts: list[ContactRow]
    next_token: str
    sort: str


ROW = "c.phone, c.attributes, x.at, coalesce(x.source, ''), c.created_at, c.updated_at"
EXCLUSION = "left join contacts_exclusion x on x.account_id = c.account_id and x.phone = c.phone"


def page(account: Account, query: Query, *, token: str = "", limit: int = 50) -> ContactPage:
    """Return the page of contacts that a token leads to; an unreadable token leads to the first page.

    Paging is by key, so that the millionth contact is as near as the first. A sort that does not exist is by the newest.
    """
    known, parameters = attribute_queries.by_key(account), Parameters()
    order = Order.of(query.sort, known)
    place = place_of(token)
    where = matching.condition(account, query, known, parameters, timezone.now())
    where += order.behind(place, parameters)
    rows = fetch(
        f"select {order.key_sql}, {ROW} from directory_contact c {EXCLUSION} where {where} {order.sql} limit {limit + 1}",
        parameters.values,
    )
    return as_page(rows, order, limit)


def fetch(statement: str, parameters: dict[str, Any]) -> list[tuple[Place, ContactRow]]:
    """Return what a statement selects: the key of the order and ROW."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    return [
        # Django leaves jsonb as text here.
        (Place(key, phone), ContactRow(phone, json.loads(attributes), *fields))
        for key, phone, attributes, *fields in rows
    ]


def as_page(rows: list[tuple[Place, ContactRow]], order: Order, limit: int) -> ContactPage:
    shown = rows[:limit]
    token = token_of(shown[-1][0]) if len(rows) > limit else ""
    return ContactPage([row for _, row in shown], token, order.sort)


def count(account: Account, query: Query, *, at_most: int | None = None) -> int:
    """Return how many contacts a query finds, counting no further than `at_most`."""
    where, parameters = matching.where(account, query)
    limit = "" if at_most is None else f"limit {int(at_most)}"
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from (select from directory_contact c where {where} {limit}) s", parameters)
        return int(cursor.fetchone()[0])


def get(account: Account, phone: int) -> Contact | None:
    return Contact.objects.filter(account=account, phone=phone).first()
