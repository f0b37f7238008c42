"""An import as people steer it: send, correct, confirm, cancel."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from contacts.models import ContactList, Import
from contacts.operations import import_files, import_runs, imports
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.contacts.operations.importing import SEVEN_LINES, analysed, confirmed, content_of, done, phones, sent


def kept_files(account: Account) -> list[str]:
    folder = Path(default_storage.path(f"imports/{account.pk}"))
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_an_upload_keeps_the_file_and_calls_a_worker_once_committed(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as calls:
        imported = sent(in_account, marketer, list_description="De la boutique")

    assert (imported.status, imported.file_name, imported.size_bytes) == ("UPLOADED", "clients.csv", len(SEVEN_LINES))
    assert imported.sha256 == hashlib.sha256(SEVEN_LINES).hexdigest()
    assert content_of(imported.file_path) == SEVEN_LINES
    assert [(call.args, call.keywords) for call in calls] == [
        (
            ("contacts.tasks.analyse_import",),
            {"account_id": in_account.pk, "import_id": imported.pk},
        )
    ]


@pytest.mark.parametrize(
    "sent_name, kept", [("../../etc/passwd", "passwd"), ("C:\\Docs\\é.csv", "é.csv"), ("a\x00\nb.csv", "ab.csv")]
)
def test_only_the_last_part_of_a_file_name_is_believed(sent_name: str, kept: str) -> None:
    assert import_files.base_name(sent_name) == kept


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf \r\n", b"\x00\x00"])
def test_an_empty_file_is_refused(in_account: Account, marketer: User, content: bytes) -> None:
    with pytest.raises(import_files.FileEmpty):
        sent(in_account, marketer, content)

    assert (Import.objects.count(), kept_files(in_account)) == (0, [])


def test_a_file_above_the_limit_is_refused_with_the_limit(in_account: Account, marketer: User, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 10_000

    with pytest.raises(import_files.FileTooLarge, match="9,8"):
        sent(in_account, marketer, b"0612345678\n" * 1_000)

    assert kept_files(in_account) == []


@pytest.mark.parametrize("content", [b"7z\xbc\xaf...", b"Rar!...", b"%PDF-1.7", b"\x89PNG\r\n"])
def test_documents_and_pictures_are_refused_by_content(in_account: Account, marketer: User, content: bytes) -> None:
    with pytest.raises(import_files.NotText):
        sent(in_account, marketer, content)


def test_pasted_numbers_become_one_line_each(in_account: Account, marketer: User) -> None:
    imported = imports.upload(
        in_account, list_name="Collés", pasted="0612345678, 0698765432 0733445566", by=marketer, now=NOW
    )

    assert (imported.file_name, content_of(imported.file_path)) == (
        "",
        b"0612345678\n0698765432\n0733445566",
    )


def test_pasting_nothing_is_refused(in_account: Account, marketer: User) -> None:
    with pytest.raises(import_files.FileEmpty):
        imports.upload(in_account, list_name="Rien", pasted=" \n", by=marketer, now=NOW)


def test_a_correction_is_analysed_again(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, b"Nom;Mobile;Autre\nA;0612345678;0698765432\nB;0733445566;0698765433\n")

    imports.correct(in_account, imported=imported, overrides={"phone_column": 2}, region="be", by=marketer, now=NOW)

    assert (imported.status, imported.region, imported.overrides) == ("UPLOADED", "BE", {"phone_column": 2})
    imports.analyse(in_account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    assert (imported.status, imported.detection["phone_column"]) == ("READY", 2)
    assert imported.preview["new"] == 0


@pytest.mark.parametrize(
    "overrides, region",
    [
        ({"encoding": "rot13"}, "FR"),
        ({"encoding": "koi8-r"}, "FR"),
        ({"delimiter": "ab"}, "FR"),
        ({"unknown": 1}, "FR"),
        ({}, "XX"),
    ],
)
def test_a_correction_that_means_nothing_is_refused(
    in_account: Account, marketer: User, overrides: dict[str, Any], region: str
) -> None:
    imported = analysed(in_account, marketer)

    with pytest.raises(imports.CorrectionRefused):
        imports.correct(in_account, imported=imported, overrides=overrides, region=region, by=marketer, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.overrides, imported.region) == ("READY", {}, "FR")


def test_utf_16_chosen_for_a_file_without_signature_is_read(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, "Nom;Mobile\nÉva;0612345678\n".encode("utf-16-le"))

    imports.correct(in_account, imported=imported, overrides={"encoding": "utf-16"}, region="FR", by=marketer, now=NOW)
    imports.analyse(in_account, import_id=imported.pk, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.preview["new"]) == ("READY", 1)


def test_only_an_analysed_import_is_corrected_or_confirmed(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer)

    with pytest.raises(imports.ImportChanged):
        imports.correct(in_account, imported=imported, overrides={}, region="FR", by=marketer, now=NOW)
    with pytest.raises(imports.ImportChanged):
        imports.confirm(in_account, imported=imported, seen=imported.settings_digest, by=marketer, now=NOW)

    assert Import.objects.get().status == "DONE"


def test_an_import_without_a_valid_number_is_not_confirmed(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, b"Nom;Mobile\nA;12\n")

    with pytest.raises(imports.NothingToImport):
        imports.confirm(in_account, imported=imported, seen=imported.settings_digest, by=marketer, now=NOW)

    imported.refresh_from_db()
    assert imported.status == "READY"


def test_confirming_calls_a_worker_and_writes_the_journal(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: Any
) -> None:
    imported = analysed(in_account, marketer)

    with django_capture_on_commit_callbacks() as calls:
        imports.confirm(in_account, imported=imported, seen=imported.settings_digest, by=marketer, now=NOW)

    assert imported.status == "QUEUED"
    assert [call.args for call in calls] == [("contacts.tasks.run_import",)]
    event = AuditEvent.objects.get()
    assert (event.action, event.subject, event.actor, event.at) == ("IMPORT_STARTED", "Clients", marketer, NOW)


@pytest.mark.parametrize("bring", [sent, analysed, confirmed])
def test_a_waiting_import_is_cancelled_at_once(in_account: Account, marketer: User, bring: Any) -> None:
    imported = bring(in_account, marketer)

    imports.cancel(in_account, imported=imported, by=marketer, now=NOW)

    assert (imported.status, imported.finished_at) == ("CANCELLED", NOW)
    with pytest.raises(imports.ImportAlreadyStarted):
        imports.run(in_account, import_id=imported.pk, now=NOW)
    assert phones(in_account) == []


def test_a_running_import_is_asked_to_stop_and_leaves_nothing(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = confirmed(in_account, marketer)
    load = import_runs._pipeline

    def cancelled_meanwhile(*arguments: Any) -> Any:
        running = Import.objects.get()
        assert running.status == "RUNNING"
        imports.cancel(in_account, imported=running, by=marketer, now=NOW)
        return load(*arguments)

    monkeypatch.setattr(import_runs, "_pipeline", cancelled_meanwhile)
    imports.run(in_account, import_id=imported.pk, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.contact_list_id, imported.claim) == ("CANCELLED", None, None)
    assert (phones(in_account), ContactList.objects.count()) == ([], 0)


def test_an_ended_import_is_not_cancelled(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer)

    with pytest.raises(imports.ImportChanged):
        imports.cancel(in_account, imported=imported, by=marketer, now=NOW)

    assert len(phones(in_account)) == 3
