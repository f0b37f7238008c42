"""Imports brought to each of their states."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.models import Import, ListEntry
from contacts.operations import imports
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW

SEVEN_LINES = (
    b"Nom;Mobile\n"
    b"Dupont;06 12 34 56 78\n"
    b"Durand;+33612345678\n"
    b"Petit;06 12\n"
    b";\n"
    b"Moreau;06 98 76 54 32\n"
    b"Blanc;07 44 55 66 77\n"
)


def sent(account: Account, by: User, content: bytes = SEVEN_LINES, **changes: Any) -> Import:
    data = {"list_name": "Clients", "file": SimpleUploadedFile("clients.csv", content), "by": by, "now": NOW}
    return imports.upload(account, **data | changes)


def analysed(account: Account, by: User, content: bytes = SEVEN_LINES, **changes: Any) -> Import:
    imported = sent(account, by, content, **changes)
    imports.analyse(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    return imported


def confirmed(account: Account, by: User, content: bytes = SEVEN_LINES, **changes: Any) -> Import:
    imported = analysed(account, by, content, **changes)
    imports.confirm(account, imported=imported, seen=imported.settings_digest, by=by, now=NOW)
    return imported


def done(account: Account, by: User, content: bytes = SEVEN_LINES, **changes: Any) -> Import:
    imported = confirmed(account, by, content, **changes)
    imports.run(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    return imported


def content_of(path: str) -> bytes:
    with default_storage.open(path) as file:
        return file.read()


def phones(account: Account) -> list[int]:
    return list(ListEntry.objects.filter(account=account).order_by("phone").values_list("phone", flat=True))
