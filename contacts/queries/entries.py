"""The entries of a list as its editor shows them: a page of them, in an order, of those searched for."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from contacts.models import ContactList, ListEntry
from contacts.queries import entry_search, entry_text, exclusions
from contacts.queries.entry_text import LARGE_ENTRIES
from contacts.queries.exclusions import Known
from smsplatform.accounts.models import Account
from smsplatform.lib.sealed import Purpose, phone, seal, text, unseal

BY_PHONE = "phone"


@dataclass(frozen=True)
class Shown:
    """What the table shows. `sort`: BY_PHONE or a column's key, with "-" for descending.

    `token` is a page's place, from EntriesPage; an unreadable one leads to the first page.
    """

    search: str = ""
    sort: str = BY_PHONE
    excluded_only: bool = False
    token: str = ""


@dataclass(frozen=True)
class Row:
    """One contact. `excluded` says since when and why it is on the exclusion list, None if it is not."""

    phone: int
    values: dict[str, str]
    excluded: Known | None


@dataclass(frozen=True)
class EntriesPage:
    """`found`: what a search found, None without a search. `sort`: the order of the rows, which falls back to the
    number where the column's order is not known yet (`waits_for_order`)."""

    rows: list[Row]
    previous_token: str
    next_token: str
    sort: str
    found: entry_search.Found | None = None
    waits_for_order: bool = False


@dataclass(frozen=True)
class _Place:
    """A row's place in the order, and whether the page lies before it."""

    key: str
    phone: int
    is_end: bool = False


def page(account: Account, contact_list: ContactList, *, shown: Shown, limit: int) -> EntriesPage:
    """Return a page of entries. Paging is by key: the millionth entry is as near as the first."""
    found = entry_search.find(account, contact_list, shown.search) if shown.search.strip() else None
    sort = shown.sort if _column(shown.sort) in _sortable(contact_list) else BY_PHONE
    waits = _column(sort) != BY_PHONE and found is None and not _has_order(contact_list, _column(sort))
    sort = BY_PHONE if waits else sort
    place = _place(account, shown.token)
    query, parameters = _query(contact_list, shown.excluded_only, sort, found, place)
    with connection.cursor() as cursor:
        cursor.execute(f"{query} limit {limit + 1}", parameters)
        keys = [(str(key), int(phone)) for key, phone in cursor.fetchall()]
    has_more = len(keys) > limit
    keys = keys[:limit]
    is_back = place is not None and place.is_end
    if is_back:
        keys.reverse()
    before, after = (has_more, True) if is_back else (place is not None, has_more)
    return EntriesPage(
        rows(account, contact_list, [phone for _, phone in keys]),
        _token(account, *keys[0], True) if keys and before else "",
        _token(account, *keys[-1], False) if keys and after else "",
        sort,
        found,
        waits,
    )


def rows(account: Account, contact_list: ContactList, phones: list[int]) -> list[Row]:
    """Return entries in the order of `phones`; those that are not in the list are left out."""
    entries = ListEntry.objects.filter(account=account, contact_list=contact_list, phone__in=phones)
    values = dict(entries.values_list("phone", "values"))
    known = exclusions.known(account, phones)
    return [Row(phone, values[phone] or {}, known.get(phone)) for phone in phones if phone in values]


def filled(account: Account, contact_list: ContactList, key: str) -> int:
    """Return how many entries have a value in a column."""
    return ListEntry.objects.filter(account=account, contact_list=contact_list, values__has_key=key).count()


def _column(sort: str) -> str:
    return sort.removeprefix("-")


def _sortable(contact_list: ContactList) -> set[str]:
    return {BY_PHONE, *(column["key"] for column in contact_list.columns)}


def _has_order(contact_list: ContactList, key: str) -> bool:
    return contact_list.contact_count <= LARGE_ENTRIES or key in contact_list.key_facets


def _query(
    contact_list: ContactList, excluded_only: bool, sort: str, found: entry_search.Found | None, place: _Place | None
) -> tuple[str, dict[str, Any]]:
    """Return SQL for the (key, phone) of the entries behind a place, and its parameters."""
    column = _column(sort)
    parameters: dict[str, Any] = {"account": contact_list.account_id, "list": contact_list.pk, "facet": column}
    is_large = contact_list.contact_count > LARGE_ENTRIES and found is None
    if column == BY_PHONE:
        source, key = "contacts_listentry", "''"
    elif is_large:
        source, key = "contacts_entrykey", "key"
    else:
        source, key = "contacts_listentry", entry_text.sort_key('("values"->>%(facet)s)')
        parameters |= entry_text.PARAMETERS
    inner = (
        f"select account_id, phone, {key} as key from {source} where account_id = %(account)s and list_id = %(list)s"
    )
    if source == "contacts_entrykey":
        inner += " and facet = %(facet)s"
    if found is not None:
        inner += " and phone = any(%(found)s)"
        parameters["found"] = found.phones
    excluded = exclusions.exists_sql("e") if excluded_only else "true"
    clause, more = _behind(column, sort.startswith("-"), place)
    return f"select e.key, e.phone from ({inner}) e where {excluded} {clause}", parameters | more


def _behind(column: str, is_descending: bool, place: _Place | None) -> tuple[str, dict[str, Any]]:
    """Return the condition and the order of a page."""
    is_back = place is not None and place.is_end
    direction, sign = ("desc", "<") if is_descending != is_back else ("asc", ">")
    by_phone = column == BY_PHONE
    order = f"e.phone {direction}" if by_phone else f"e.key {direction}, e.phone {direction}"
    if place is None:
        return f"order by {order}", {}
    condition = f"e.phone {sign} %(phone)s" if by_phone else f"(e.key, e.phone) {sign} (%(key)s, %(phone)s)"
    return f"and {condition} order by {order}", {"key": place.key, "phone": place.phone}


def _token(account: Account, key: str, phone: int, is_end: bool) -> str:
    """Return what an address carries to go on from a row. It is sealed, since it holds a number."""
    return seal([key, phone, is_end], purpose=Purpose.ENTRY_PLACE, account=account.pk)


def _place(account: Account, token: str) -> _Place | None:
    """Return the place that a token of `_token` names, None for any other text."""
    try:
        return unseal(token, _read_place, purpose=Purpose.ENTRY_PLACE, account=account.pk)
    except ValueError:
        return None


def _read_place(value: Any) -> _Place:
    key, number, is_end = value
    return _Place(text(key), phone(number), is_end is True)
