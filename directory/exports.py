"""The directory's contacts as files: of the whole base, of what somebody searched or ticked, and of diffusion lists."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.exports import registry, tables
from contacts.exports.tables import Reader, Table, TextResource
from contacts.models import ContactList, Export
from directory.models import Attribute, AttributeType
from directory.operations import living
from directory.queries import attributes, selections
from directory.queries.exports import ContactLine, list_names, rows
from directory.queries.query import Query, Selection
from smsplatform.accounts.models import Account
from smsplatform.lib.phones import format_phone

LISTS, ADDED = "LISTS", "ADDED"  # columns besides those of every list, and the attributes
BETWEEN_LISTS = " | "


def register() -> None:
    """Have exports know the directory's tables. Called when the site starts."""
    registry.register_lists(ContactList.Kind.DIRECTORY, registry.ListTables(_of_list_offered, _usual, of_list))
    registry.register_contacts(registry.ContactTables(_count, of_contacts))


def offered(account: Account) -> list[tuple[str, str]]:
    """Return the columns that a file of contacts can have, in order, with their names."""
    names = tables.headings()
    common = [(key, names[key]) for key in (tables.EXCLUDED, tables.SINCE)]
    return [(tables.PHONE, names[tables.PHONE]), *_own(account), *common]


def usual(account: Account) -> list[str]:
    """Return those that a file has unless somebody chooses: the number, and every attribute."""
    return [tables.PHONE, *(attribute.key for attribute in attributes.of(account))]


def _own(account: Account) -> list[tuple[str, str]]:
    known = [(attribute.key, attribute.name) for attribute in attributes.of(account)]
    return [*known, (LISTS, _("Lists")), (ADDED, _("Added"))]


def _of_list_offered(account: Account, contact_list: ContactList) -> list[tuple[str, str]]:
    return _own(account)


def _usual(account: Account, contact_list: ContactList) -> list[str]:
    return usual(account)[1:]


def _count(account: Account, stored: Mapping[str, Any]) -> int:
    return selections.count(account, selections.from_json(stored))


def of_list(account: Account, contact_list: ContactList, columns: list[str] | None, with_excluded: bool) -> Table:
    """Return a diffusion list as a table of what the directory knows of its contacts."""
    living.freshen(account, contact_list=contact_list, now=timezone.now())
    query = Query(list_id=contact_list.pk, excluded=None if with_excluded else False)
    return _table(account, contact_list.name, Selection(query), columns)


def of_contacts(account: Account, export: Export) -> Table:
    return _table(account, export.name, selections.from_json(export.query), export.columns)


def _table(account: Account, name: str, selection: Selection, columns: list[str] | None) -> Table:
    """Return contacts as a table; columns that no longer exist are left out."""
    known = attributes.of(account)
    own = [attribute.key for attribute in known]
    readers = _readers(account, known)
    wanted = [tables.PHONE, tables.OWN] if columns is None else columns
    keys = [key for asked in wanted for key in (own if asked == tables.OWN else (asked,)) if key in readers]
    resource = TextResource((key, *readers[key]) for key in keys)
    lines = rows(
        account,
        selection,
        with_creation=ADDED in keys,
        with_exclusion=not {tables.EXCLUDED, tables.SINCE}.isdisjoint(keys),
        with_lists=LISTS in keys,
    )
    return resource.table(name, lines)


def _readers(account: Account, known: list[Attribute]) -> dict[str, tuple[str, Reader]]:
    """Return the heading and the reader of every column, in the reader's language: rows may be made after the request."""
    yes, no, names, moment = _("Yes"), _("No"), tables.headings(), tables.moment_writer()
    writers: dict[AttributeType, Callable[[Any], str]] = {
        AttributeType.INTEGER: str,  # without spaces: a spreadsheet takes it for a number
        AttributeType.DATE: _date,
        AttributeType.BOOLEAN: lambda value: yes if value else no,
    }
    return {
        tables.PHONE: (names[tables.PHONE], lambda line: format_phone(line.phone, account.region)),
        **{one.key: (one.name, _value_reader(one.key, writers.get(AttributeType(one.type)))) for one in known},
        LISTS: (_("Lists"), _lists_reader(account)),
        ADDED: (_("Added"), lambda line: moment(line.created_at) if line.created_at else ""),
        tables.EXCLUDED: (names[tables.EXCLUDED], lambda line: yes if line.excluded_at else no),
        tables.SINCE: (names[tables.SINCE], lambda line: moment(line.excluded_at) if line.excluded_at else ""),
    }


def _value_reader(key: str, write: Callable[[Any], str] | None) -> Reader:
    """Return what reads the value of an attribute; without `write` it is a text as it is."""
    if write is None:
        return lambda line: line.attributes.get(key, "")

    def read(line: ContactLine) -> str:
        value = line.attributes.get(key)
        return "" if value is None else write(value)

    return read


def _date(value: str) -> str:
    """Return a stored date day first, as imports read dates whatever the language."""
    year, month, day = value.split("-")
    return f"{day}/{month}/{year}"


def _lists_reader(account: Account) -> Reader:
    names: dict[int, str] | None = None

    def read(line: ContactLine) -> str:
        nonlocal names
        if names is None:
            names = list_names(account)
        return BETWEEN_LISTS.join(sorted(names[one] for one in line.list_ids if one in names))

    return read
