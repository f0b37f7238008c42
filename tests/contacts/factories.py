"""Valid rows, no surprises. Call them inside the account's context."""

from typing import Any

from contacts.models import ContactList, Exclusion, ListEntry
from smsplatform.accounts.models import Account
from tests.conftest import NOW

# Reserved for fiction by the French regulator: nobody answers at 06 39 98 xx xx.
FICTION = 33639980000


def make_list(
    account: Account, name: str = "Clients", *, phones: list[int] | None = None, **fields: Any
) -> ContactList:
    defaults = {"created_at": NOW, "updated_at": NOW, "last_used_at": NOW}
    contact_list = ContactList.objects.create(account=account, name=name, **{**defaults, **fields})
    ListEntry.objects.bulk_create(
        ListEntry(account=account, contact_list=contact_list, phone=phone) for phone in phones or []
    )
    contact_list.refresh_from_db()
    return contact_list


def make_exclusion(account: Account, phone: int = FICTION) -> Exclusion:
    return Exclusion.objects.create(account=account, phone=phone, source=Exclusion.Source.STOP, at=NOW)
