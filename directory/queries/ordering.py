"""The orders that contacts are shown in, and places in them: paging goes on behind the last contact's key and number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from directory.models import Attribute
from directory.queries import key_text
from directory.queries.conditions import Parameters, own_names
from smsplatform.accounts.models import Account
from smsplatform.lib.sealed import Purpose, phone, seal, text, unseal

PHONE, CREATED = "PHONE", "CREATED"


@dataclass(frozen=True)
class Place:
    """Where a contact is in an order: its key there and its number."""

    key: str
    phone: int


@dataclass(frozen=True)
class Order:
    """An order of contacts on alias c. Contacts without a value of the attribute come last, whichever way it goes."""

    field: str  # PHONE, CREATED or an attribute's key
    is_descending: bool
    kind: str = ""  # of the attribute

    @classmethod
    def of(cls, sort: str, known: Mapping[str, Attribute]) -> "Order":
        """Return the order of a `Query.sort`; the newest first for one that does not exist."""
        field, is_descending = sort.removeprefix("-"), sort.startswith("-")
        if field in known:
            return cls(field, is_descending, known[field].type)
        return cls(field, is_descending) if field in (PHONE, CREATED) else cls(CREATED, True)

    @property
    def sort(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.field}"

    @property
    def direction(self) -> str:
        return "desc" if self.is_descending else "asc"

    @property
    def sign(self) -> str:
        return "<" if self.is_descending else ">"

    @property
    def key_sql(self) -> str:
        """Return SQL for `Place.key`."""
        if self.field == PHONE:
            return "''"
        if self.field == CREATED:
            return "c.created_at::text"
        return self._attribute_sql

    @property
    def _attribute_sql(self) -> str:
        return own_names(key_text.key_sql(self.field, self.kind))

    @property
    def sql(self) -> str:
        if self.field == PHONE:
            return f"order by c.phone {self.direction}"
        if self.field == CREATED:
            return f"order by c.created_at {self.direction}, c.phone {self.direction}"
        key = self._attribute_sql
        return f"order by {key} = '', {key} {self.direction}, c.phone {self.direction}"

    def behind(self, place: Place | None, parameters: Parameters) -> str:
        """Return the condition for what follows a place, with its "and"."""
        if place is None:
            return ""
        phone = parameters.add(place.phone)
        if self.field == PHONE:
            return f" and c.phone {self.sign} {phone}"
        if self.field == CREATED:
            at = moment(place)
            return f" and (c.created_at, c.phone) {self.sign} ({parameters.add(at)}, {phone})" if at else ""
        key, mark = self._attribute_sql, parameters.add(place.key)
        if place.key == key_text.UNKNOWN:
            return f" and {key} = '' and c.phone {self.sign} {phone}"
        return f" and ({key} = '' or ({key}, c.phone) {self.sign} ({mark}, {phone}))"


def moment(place: Place) -> datetime | None:
    """Return the time of a place in the order of creation, None for a place of another order."""
    try:
        return datetime.fromisoformat(place.key)
    except ValueError:
        return None


def token_of(account: Account, place: Place) -> str:
    """Return what an address carries to go on behind a place. It is sealed, since it holds a number."""
    return seal([place.key, place.phone], purpose=Purpose.CONTACT_PLACE, account=account.pk)


def place_of(account: Account, token: str) -> Place | None:
    """Return the place that a token of `token_of` names, None for any other text."""
    try:
        return unseal(token, _read_place, purpose=Purpose.CONTACT_PLACE, account=account.pk)
    except ValueError:
        return None


def _read_place(value: Any) -> Place:
    key, number = value
    return Place(text(key), phone(number))
