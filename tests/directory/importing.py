"""Imports into the directory, brought to each of their states."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.models import ContactList, Import, ListEntry
from contacts.operations import imports
from directory.models import Contact, ContactChange
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW

ANNE, BOB, CHLOE, DAN = 33612345601, 33612345602, 33612345603, 33612345604


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def analysed(account: Account, by: User, content: str | bytes, now: datetime = NOW, **changes: Any) -> Import:
    """Send a file and have it analysed. `overrides`: corrections to make then."""
    overrides = changes.pop("overrides", None)
    file = SimpleUploadedFile("contacts.csv", content.encode() if isinstance(content, str) else content)
    data = {"list_name": "Clients", "into_directory": True, "file": file, "by": by, "now": now}
    imported = imports.upload(account, **data | changes)
    imports.analyse(account, import_id=imported.pk, now=now)
    imported.refresh_from_db()
    return corrected(account, by, imported, overrides, now) if overrides else imported


def corrected(account: Account, by: User, imported: Import, overrides: dict[str, Any], now: datetime = NOW) -> Import:
    imports.correct(account, imported=imported, overrides=overrides, region="FR", by=by, now=now)
    imports.analyse(account, import_id=imported.pk, now=now)
    imported.refresh_from_db()
    return imported


def confirmed(account: Account, by: User, imported: Import, now: datetime = NOW) -> Import:
    imports.confirm(account, imported=imported, seen=imported.settings_digest, by=by, now=now)
    return imported


def run(account: Account, by: User, imported: Import, now: datetime = NOW) -> Import:
    """Confirm and run an analysed import."""
    confirmed(account, by, imported, now)
    imports.run(account, import_id=imported.pk, now=now)
    imported.refresh_from_db()
    return imported


def done(account: Account, by: User, content: str | bytes, now: datetime = NOW, **changes: Any) -> Import:
    return run(account, by, analysed(account, by, content, now, **changes), now)


def contacts(account: Account) -> dict[int, Any]:
    return dict(Contact.objects.filter(account=account).order_by("phone").values_list("phone", "attributes"))


def members(contact_list: ContactList | None) -> list[int]:
    assert contact_list is not None
    rows = ListEntry.objects.filter(account=contact_list.account_id, contact_list=contact_list)
    return list(rows.order_by("phone").values_list("phone", flat=True))


def changes(account: Account) -> list[tuple[int, str, Any]]:
    rows = ContactChange.objects.filter(account=account).order_by("pk")
    return list(rows.values_list("phone", "kind", "before"))


def counts(imported: Import, stored: str = "result") -> dict[str, int]:
    """Return what an import did, or would do, to contacts and the list."""
    found = getattr(imported, stored)
    names = ("new", "updated", "unchanged", "removed", "joined")
    return {name: found[name] for name in names if found[name]}
