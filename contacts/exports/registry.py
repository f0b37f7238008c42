"""Tables that this application cannot make itself: of lists whose columns live elsewhere, and of a directory's contacts.

Whoever can make them registers it when the site starts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contacts.models import ContactList, Export
from smsplatform.accounts.models import Account

if TYPE_CHECKING:
    from contacts.exports.tables import Table


@dataclass(frozen=True)
class ListTables:
    """`columns`: keys and names of what a list of this kind has besides numbers and exclusions, in order.

    `usual`: the keys of those a file has unless somebody chooses. `table` takes what `tables.of_list` takes.
    """

    columns: Callable[[Account, ContactList], list[tuple[str, str]]]
    usual: Callable[[Account, ContactList], list[str]]
    table: Callable[[Account, ContactList, list[str] | None, bool], "Table"]


@dataclass(frozen=True)
class ContactTables:
    """The directory's contacts that a stored selection names: counted, and as the table that an export describes."""

    count: Callable[[Account, Mapping[str, Any]], int]
    table: Callable[[Account, Export], "Table"]


_of_lists: dict[str, ListTables] = {}
_of_contacts: dict[str, ContactTables] = {}


def register_lists(kind: ContactList.Kind, maker: ListTables) -> None:
    _of_lists[kind] = maker


def register_contacts(maker: ContactTables) -> None:
    _of_contacts[Export.Subject.CONTACTS] = maker


def of_kind(contact_list: ContactList) -> ListTables | None:
    """Return who makes the tables of such a list, None for lists that have their own columns."""
    return _of_lists.get(contact_list.kind)


def of_contacts() -> ContactTables:
    """Return who makes the tables of contacts. Raise KeyError on a site without a directory."""
    return _of_contacts[Export.Subject.CONTACTS]
