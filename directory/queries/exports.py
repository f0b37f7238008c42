"""Contacts as exports read them: in the order of their numbers, in constant memory."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from contacts.models import ContactList
from contacts.queries import exclusions
from contacts.queries.exports import ROWS_PER_FETCH
from directory.queries import selections
from directory.queries.query import Selection
from smsplatform.accounts.models import Account

_ROWS = """
select c.phone, c.attributes, {created_at}, {excluded_at}, {lists}
from directory_contact c {joined} where {chosen} order by c.phone
"""
_EXCLUSIONS = exclusions.merged_sql("c")
_LISTS = """array(
    select j.list_id from contacts_listentry j where j.account_id = c.account_id and j.phone = c.phone
)"""


class ContactLine(NamedTuple):
    """One contact. What comes after its attributes is only read when it is asked for."""

    phone: int
    attributes: dict[str, Any]
    created_at: datetime | None
    excluded_at: datetime | None
    list_ids: list[int]


def rows(
    account: Account,
    selection: Selection,
    *,
    with_creation: bool = False,
    with_exclusion: bool = False,
    with_lists: bool = False,
) -> Iterator[ContactLine]:
    """Yield the chosen contacts as they are at one moment. Needs the account's context for as long as it runs."""
    chosen, values = selections.condition(account, selection)
    statement = _ROWS.format(
        chosen=chosen,
        created_at="c.created_at" if with_creation else "null::timestamptz",
        excluded_at="x.at" if with_exclusion else "null::timestamptz",
        joined=_EXCLUSIONS if with_exclusion else "",
        lists=_LISTS if with_lists else "null::bigint[]",
    )
    decode = json.JSONDecoder().decode
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while fetched := cursor.fetchmany(ROWS_PER_FETCH):
            for phone, attributes, created_at, excluded_at, list_ids in fetched:
                yield ContactLine(phone, decode(attributes), created_at, excluded_at, list_ids or [])


def list_names(account: Account) -> dict[int, str]:
    """Return the names of the diffusion lists that are not in the bin."""
    lists = ContactList.objects.for_account(account).filter(kind=ContactList.Kind.DIRECTORY)
    return dict(lists.values_list("pk", "name"))
