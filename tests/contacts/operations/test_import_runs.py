"""What workers do with an import, and what happens when they fail."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from contacts import import_words, messages, tasks
from contacts.importer import sinks
from contacts.models import ContactList, Import, ListEntry
from contacts.operations import import_progress, import_runs, imports
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.contacts.factories import make_exclusion
from tests.contacts.operations.importing import analysed, confirmed, content_of, done, phones, sent

RESULT = {
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
    "removed": 0,
    "second_phone": 0,
    "second_numbers": 0,
    "totals": 0,
    "skipped_values": 0,
    "joined": 0,
    "others": [],
    "known": [{"line": 7, "phone": 33744556677, "source": "STOP", "at": NOW.isoformat()}],
    "repaired": {},
    "offers": [],
    "samples": [{"line": 4, "value": "06 12", "reason": "TOO_SHORT"}],
}


def test_an_import_leaves_the_valid_numbers_and_a_report_that_adds_up(in_account: Account, marketer: User) -> None:
    make_exclusion(in_account, 33744556677)

    imported = done(in_account, marketer)

    assert phones(in_account) == [33612345678, 33698765432, 33744556677]
    assert (imported.status, imported.result) == ("DONE", RESULT)
    assert RESULT.items() <= imported.preview.items()
    assert (imported.rows_done, imported.bytes_done) == (6, imported.size_bytes)
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.counts) == ("IMPORT_DONE", {"contacts": 3, "rejected": 1})


def test_the_list_has_the_values_of_the_first_line_of_each_number(in_account: Account, marketer: User) -> None:
    make_exclusion(in_account, 33744556677)

    imported = done(in_account, marketer, list_description="De la boutique")

    contact_list = ContactList.objects.get(pk=imported.contact_list_id)
    assert (contact_list.name, contact_list.description, contact_list.author) == ("Clients", "De la boutique", marketer)
    assert (contact_list.contact_count, contact_list.excluded_count) == (3, 1)
    assert contact_list.columns == [{"key": "c1", "name": "Nom"}]
    assert list(contact_list.entries.order_by("phone").values_list("values", flat=True)) == [
        {"c1": "Dupont"},
        {"c1": "Moreau"},
        {"c1": "Blanc"},
    ]


def test_values_longer_than_anybody_keeps_are_shortened_and_told(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, f"Mobile;Note\n0612345678;{'x' * 40_000}\n".encode())

    assert list(ListEntry.objects.values_list("values", flat=True)) == [{"c1": "x" * 999 + "…"}]
    assert imported.result["shortened"] == [
        {"column": 1, "count": 1, "samples": [{"line": 2, "value": "x" * 60}]},
    ]
    assert [(told["name"], told["text"].partition(" : «")[0]) for told in import_words.skipped(imported)] == [
        ("Note", "1 valeur dépasse 1\u00a0000 caractères : seul son début est gardé"),
    ]
    assert import_words.check(in_account, imported)["notices"][-1]["text"].startswith("Note: 1 valeur dépasse")


@pytest.mark.parametrize(
    "content, error",
    [
        (b";".join(b"c%d" % n for n in range(501)) + b"\n" + b"0612345678;" * 500 + b"x\n", "TABLE_TOO_WIDE"),
        ((b"0612345678;" + b"x;" * 400 + b"\n") * 200 + b"6\n" * 60_000, "TABLE_TOO_SPARSE"),
    ],
)
def test_a_table_of_too_many_cells_is_refused_with_words(
    in_account: Account, marketer: User, content: bytes, error: str
) -> None:
    imported = analysed(in_account, marketer, content)

    assert (imported.status, imported.error) == ("FAILED", error)
    assert messages.failure_text(error).startswith(("Le tableau a plus de 500 colonnes", "La plupart des lignes"))


def test_odd_values_reach_the_database_as_they_were_written(in_account: Account, marketer: User) -> None:
    content = (
        'Nom;Mobile\n"say ""hi""\tthere";0612345678\na\\nb\\;0698765432\nzoé\x00😀;0733445566\n"l1\nl2";0744556677\n'
    )

    imported = done(in_account, marketer, content.encode())

    entries = ContactList.objects.get(pk=imported.contact_list_id).entries.order_by("phone")
    assert list(entries.values_list("phone", "values__c1")) == [
        (33612345678, 'say "hi"\tthere'),
        (33698765432, "a\\nb\\"),
        (33733445566, "zoé😀"),
        (33744556677, "l1\nl2"),
    ]


def test_refused_lines_can_be_downloaded_in_the_language_of_the_author(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer)

    lines = content_of(imported.rejects_path).decode("utf-8-sig").splitlines()
    titles = ["Nom", "Mobile", f"Ligne (import {imported.pk})"]
    assert [line.split(";")[:3] for line in lines] == [titles, ["Petit", "06 12", "4"]]
    assert "06 12" in lines[1].split(";")[3]


def test_a_second_pass_replaces_the_file_of_refused_lines(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: Any
) -> None:
    first = analysed(in_account, marketer)
    imports.confirm(in_account, imported=first, seen=first.settings_digest, by=marketer, now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        imports.run(in_account, import_id=first.pk, now=NOW)

    second = Import.objects.get()
    assert second.rejects_path != first.rejects_path
    assert (default_storage.exists(first.rejects_path), default_storage.exists(second.rejects_path)) == (False, True)


def test_a_rollback_after_the_call_leaves_no_list_and_an_import_that_is_not_done(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: Any
) -> None:
    imported = confirmed(in_account, marketer)

    def run_then_fail() -> None:
        with transaction.atomic():
            imports.run(in_account, import_id=imported.pk, now=NOW)
            raise RuntimeError("afterwards")

    with django_capture_on_commit_callbacks() as calls, pytest.raises(RuntimeError, match="afterwards"):
        run_then_fail()

    imported.refresh_from_db()
    assert (imported.status, imported.contact_list_id, calls) == ("QUEUED", None, [])
    assert (phones(in_account), ContactList.objects.count()) == ([], 0)
    assert not AuditEvent.objects.filter(action="IMPORT_DONE").exists()


def test_the_same_file_twice_makes_two_equal_lists_and_each_number_once_per_list(
    in_account: Account, marketer: User
) -> None:
    first, second = done(in_account, marketer), done(in_account, marketer)

    assert first.sha256 == second.sha256
    assert first.contact_list_id != second.contact_list_id
    assert phones(in_account) == sorted([33612345678, 33698765432, 33744556677] * 2)


def test_of_two_workers_with_one_import_only_the_first_runs(in_account: Account, marketer: User) -> None:
    imported = confirmed(in_account, marketer)

    imports.run(in_account, import_id=imported.pk, now=NOW)
    with pytest.raises(imports.ImportAlreadyStarted):
        imports.run(in_account, import_id=imported.pk, now=NOW)

    assert ContactList.objects.count() == 1


def test_a_worker_whose_import_was_taken_commits_nothing(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = confirmed(in_account, marketer)
    load = import_runs._pipeline

    def taken_meanwhile(*arguments: Any) -> Any:
        Import.objects.update(claim=uuid4())
        return load(*arguments)

    monkeypatch.setattr(import_runs, "_pipeline", taken_meanwhile)
    imports.run(in_account, import_id=imported.pk, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.contact_list_id) == ("RUNNING", None)
    assert (phones(in_account), ContactList.objects.count()) == ([], 0)


def test_too_many_rows_fail_with_a_reason(in_account: Account, marketer: User, settings: Any) -> None:
    settings.IMPORT_MAX_ROWS = 5

    imported = analysed(in_account, marketer)

    assert (imported.status, imported.error) == ("FAILED", "TOO_MANY_ROWS")
    assert AuditEvent.objects.get().action == "IMPORT_FAILED"


def test_a_file_that_is_gone_fails_with_a_reason(in_account: Account, marketer: User) -> None:
    imported = sent(in_account, marketer)
    default_storage.delete(imported.file_path)

    imports.analyse(in_account, import_id=imported.pk, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.error) == ("FAILED", "FILE_MISSING")


def test_an_unexpected_error_fails_the_import_and_logs_no_number(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    imported = confirmed(in_account, marketer)
    number = 33612345678

    def broken(*arguments: Any, **named: Any) -> None:
        raise ValueError(f"row of {number}")

    monkeypatch.setattr(sinks, "NewListSink", broken)
    with caplog.at_level(logging.INFO):
        imports.run(in_account, import_id=imported.pk, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.error, phones(in_account)) == ("FAILED", "UNEXPECTED", [])
    assert "ValueError" in caplog.text
    assert str(number) not in caplog.text


def working(account: Account, by: User, status: str, *, attempts: int = 1, **fields: Any) -> Import:
    imported = sent(account, by)
    changes = {"status": status, "claim": uuid4(), "attempts": attempts, "heartbeat_at": NOW, **fields}
    Import.objects.filter(pk=imported.pk).update(**changes)
    return imported


LATER = NOW + timedelta(seconds=21)


@pytest.mark.parametrize(
    "status, waits_as, task",
    [("ANALYSING", "UPLOADED", "contacts.tasks.analyse_import"), ("RUNNING", "QUEUED", "contacts.tasks.run_import")],
)
def test_the_import_of_a_dead_worker_is_done_again(
    in_account: Account,
    marketer: User,
    django_capture_on_commit_callbacks: Any,
    status: str,
    waits_as: str,
    task: str,
) -> None:
    imported = working(in_account, marketer, status)

    with django_capture_on_commit_callbacks() as calls:
        rescued = [imports.rescue(in_account, now=LATER), imports.rescue(in_account, now=LATER)]

    imported.refresh_from_db()
    assert (imported.status, imported.claim, imported.heartbeat_at) == (waits_as, None, LATER)
    assert (rescued, [call.args for call in calls]) == ([1, 0], [(task,)])


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(seconds=20)])
def test_a_worker_with_signs_of_life_is_left_alone(in_account: Account, marketer: User, now: datetime) -> None:
    imported = working(in_account, marketer, "RUNNING")

    assert imports.rescue(in_account, now=now) == 0

    imported.refresh_from_db()
    assert imported.status == "RUNNING"


def test_an_import_that_kills_every_worker_fails(in_account: Account, marketer: User) -> None:
    imported = working(in_account, marketer, "RUNNING", attempts=imports.MAX_ATTEMPTS)

    imports.rescue(in_account, now=LATER)

    imported.refresh_from_db()
    assert (imported.status, imported.error, imported.claim) == ("FAILED", "CRASHED", None)


def test_a_cancelled_import_of_a_dead_worker_is_cancelled(in_account: Account, marketer: User) -> None:
    imported = working(in_account, marketer, "RUNNING", cancel_asked=True)

    imports.rescue(in_account, now=LATER)

    imported.refresh_from_db()
    assert imported.status == "CANCELLED"


def test_a_lost_call_is_repeated_once_a_minute(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: Any
) -> None:
    sent(in_account, marketer)

    with django_capture_on_commit_callbacks() as calls:
        early = imports.rescue(in_account, now=NOW + timedelta(seconds=59))
        late = imports.rescue(in_account, now=NOW + timedelta(seconds=61))
        again = imports.rescue(in_account, now=NOW + timedelta(seconds=62))

    assert (early, late, again, len(calls)) == (0, 1, 0, 1)


def test_a_task_delivered_twice_does_its_work_once(in_account: Account, marketer: User) -> None:
    imported = sent(in_account, marketer)

    tasks.analyse_import(in_account.pk, import_id=imported.pk, of_a_later_version=True)
    tasks.analyse_import(in_account.pk, import_id=imported.pk)

    imported.refresh_from_db()
    assert (imported.status, imported.attempts) == ("READY", 1)


def test_rescue_looks_at_every_active_account(
    account: Account, other_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    Account.objects.create(name="Fermé", is_active=False)
    seen: list[int] = []
    monkeypatch.setattr(imports, "rescue", lambda account, *, now: seen.append(account.pk))

    tasks.rescue_imports(of_a_later_version=True)

    assert seen == [account.pk, other_account.pk]


class TestProgress:
    """The signs of life, from the thread that gives them."""

    def test_a_beat_shows_how_far_the_worker_is(self, in_account: Account, marketer: User) -> None:
        imported = working(in_account, marketer, "RUNNING")
        imported.refresh_from_db()
        progress = import_progress.Progress(in_account.pk, imported.pk, imported.claim)

        progress.saw(120, 4_000)
        progress._beat()

        imported.refresh_from_db()
        assert (imported.rows_done, imported.bytes_done) == (120, 4_000)
        assert imported.heartbeat_at > NOW

    def test_a_cancelled_import_stops_at_the_next_block(self, in_account: Account, marketer: User) -> None:
        imported = working(in_account, marketer, "RUNNING", cancel_asked=True)
        imported.refresh_from_db()
        progress = import_progress.Progress(in_account.pk, imported.pk, imported.claim)

        progress._beat()

        with pytest.raises(import_progress.CancelAsked):
            progress.saw(1, 1)

    def test_a_worker_that_lost_its_claim_stops_and_writes_nothing(self, in_account: Account, marketer: User) -> None:
        imported = working(in_account, marketer, "RUNNING")
        progress = import_progress.Progress(in_account.pk, imported.pk, uuid4())
        progress.saw(9, 9)

        progress._beat()

        with pytest.raises(import_progress.ClaimLost):
            progress.saw(10, 10)
        imported.refresh_from_db()
        assert (imported.rows_done, imported.heartbeat_at) == (0, NOW)
