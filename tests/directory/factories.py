"""Directories and their contacts, written as the operations would."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contacts.models import ContactList, ListEntry
from directory.models import Attribute, Contact
from directory.operations import directories
from smsplatform.accounts.models import Account
from tests.conftest import NOW


def make_directory(account: Account) -> dict[str, Attribute]:
    """Switch the option on; return the standard attributes by their code ("first_name", "city", …)."""
    account.mode = Account.Mode.DIRECTORY
    account.save(update_fields=["mode"])
    directories.ensure(account, now=NOW)
    return {attribute.standard: attribute for attribute in Attribute.objects.filter(account=account)}


def make_attribute(account: Account, key: str, name: str, type: str) -> Attribute:
    """Make an attribute beside the standard ones."""
    fields = {"variable": name.lower(), "position": int(key[1:]), "created_at": NOW}
    return Attribute.objects.create(account=account, key=key, name=name, type=type, **fields)


def make_contact(
    account: Account, phone: int, attributes: dict[str, Any] | None = None, now: datetime = NOW
) -> Contact:
    return Contact.objects.create(
        account=account, phone=phone, attributes=attributes or {}, source="PERSON", created_at=now, updated_at=now
    )


def make_diffusion_list(
    account: Account, name: str = "Abonnés", phones: Iterable[int] = (), **fields: Any
) -> ContactList:
    """Make a list of contacts that exist already."""
    fields = {"created_at": NOW, "updated_at": NOW, "last_used_at": NOW} | fields
    made = ContactList.objects.create(account=account, name=name, kind=ContactList.Kind.DIRECTORY, **fields)
    ListEntry.objects.bulk_create(ListEntry(account=account, contact_list=made, phone=phone) for phone in phones)
    return made
