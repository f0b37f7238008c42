"""The operations on imports, from a file to a list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from contacts.models import ContactList, Exclusion, Import, ListEntry
from contacts.operations import import_files, imports
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW

SEVEN_LINES = (
    "Nom;Mobile\n"
    "Dupont;06 12 34 56 78\n"
    "Durand;+33612345678\n"
    "Petit;06 12\n"
    ";\n"
    "Moreau;06 98 76 54 32\n"
    "Blanc;07 44 55 66 77\n"
).encode()


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> Iterator[None]:
    default = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = settings.STORAGES | {"default": default}
    yield


def send(account: Account, by: User, content: bytes = SEVEN_LINES, **changes: Any) -> Import:
    data = {"list_name": "Clients", "file": SimpleUploadedFile("clients.csv", content), "by": by, "now": NOW}
    return imports.upload(account, **data | changes)


def analysed(account: Account, by: User, content: bytes = SEVEN_LINES, **changes: Any) -> Import:
    imported = send(account, by, content, **changes)
    imports.analyse(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    return imported


def done(account: Account, by: User, content: bytes = SEVEN_LINES, **changes: Any) -> Import:
    imported = analysed(account, by, content, **changes)
    imports.confirm(account, imported=imported, by=by, now=NOW)
    imports.run(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    return imported


def phones(account: Account) -> list[int]:
    return list(ListEntry.objects.filter(account=account).order_by("phone").values_list("phone", flat=True))


def exclude(account: Account, phone: int) -> None:
    Exclusion.objects.create(account=account, phone=phone, source=Exclusion.Source.STOP, at=NOW)


def test_an_import_leaves_the_valid_numbers_and_a_report_that_adds_up(in_account: Account, marketer: User) -> None:
    exclude(in_account, 33744556677)

    imported = done(in_account, marketer)

    assert phones(in_account) == [33612345678, 33698765432, 33744556677]
    assert imported.status == "DONE"
    assert imported.result == {
        "read": 6,
        "blank": 1,
        "rejected": {"TOO_SHORT": 1},
        "duplicate": 1,
        "new": 3,
        "updated": 0,
        "unchanged": 0,
        "excluded": 1,
        "extra_cells": 0,
        "undecodable": 0,
        "samples": [{"line": 4, "value": "06 12", "reason": "TOO_SHORT"}],
    }
    assert imported.preview == imported.result
    assert (imported.rows_done, imported.bytes_done) == (6, len(SEVEN_LINES))


def test_the_list_has_the_values_of_the_first_line_of_each_number(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, list_description="De la boutique")

    contact_list = ContactList.objects.get(pk=imported.contact_list_id)
    assert (contact_list.name, contact_list.description, contact_list.author) == ("Clients", "De la boutique", marketer)
    assert (contact_list.contact_count, contact_list.excluded_count) == (3, 0)
    assert contact_list.columns == [{"key": "c1", "name": "Nom"}]
    assert list(contact_list.entries.order_by("phone").values_list("values", flat=True)) == [
        {"c1": "Dupont"},
        {"c1": "Moreau"},
        {"c1": "Blanc"},
    ]


def test_a_rollback_after_the_call_leaves_no_list_and_an_import_that_is_not_done(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: Any
) -> None:
    imported = analysed(in_account, marketer)
    imports.confirm(in_account, imported=imported, by=marketer, now=NOW)

    with (
        django_capture_on_commit_callbacks() as calls,
        pytest.raises(RuntimeError, match="afterwards"),
        transaction.atomic(),
    ):
        imports.run(in_account, import_id=imported.pk, now=NOW)
        raise RuntimeError("afterwards")

    imported.refresh_from_db()
    assert (imported.status, imported.contact_list_id) == ("QUEUED", None)
    assert (phones(in_account), ContactList.objects.count()) == ([], 0)
    assert not AuditEvent.objects.filter(action="IMPORT_DONE").exists()
    assert calls == []


def test_of_two_copies_of_one_import_only_the_first_runs(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer)
    imports.confirm(in_account, imported=imported, by=marketer, now=NOW)

    imports.run(in_account, import_id=imported.pk, now=NOW)
    with pytest.raises(imports.ImportAlreadyStarted):
        imports.run(in_account, import_id=imported.pk, now=NOW)

    assert ContactList.objects.count() == 1


def test_empty_files_are_refused(in_account: Account, marketer: User) -> None:
    with pytest.raises(import_files.FileEmpty):
        send(in_account, marketer, b"\xef\xbb\xbf \r\n")

    assert Import.objects.count() == 0
