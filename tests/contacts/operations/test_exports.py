"""Exports: asked for, made by a worker, downloaded, purged; and what happens when something goes wrong on the way."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.utils import timezone

from contacts.exports import files
from contacts.models import ContactList, Export
from contacts.operations import exports, heartbeats, jobs
from contacts.operations.exports import Order
from contacts.operations.heartbeats import ClaimLost
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion, make_list

LATER = NOW + timedelta(minutes=5)


def requested(account: Account, by: User, *lists: ContactList, **fields: Any) -> Export:
    return exports.request(account, order=Order(lists=lists, **fields), by=by, now=NOW)


def run(account: Account, export: Export) -> Export:
    exports.run(account, export_id=export.pk, now=NOW)
    export.refresh_from_db()
    return export


def content(export: Export) -> str:
    with default_storage.open(export.path) as file:
        return str(file.read().decode("utf-8-sig"))


def events() -> list[tuple[str, str, dict[str, int]]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "subject", "counts"))


def test_a_request_waits_for_a_worker_and_is_in_the_journal(in_account: Account, marketer: User) -> None:
    contact_list = make_list(in_account, "Clients", phones=[FICTION, FICTION + 1])
    make_exclusion(in_account)
    contact_list.refresh_from_db()

    export = requested(in_account, marketer, contact_list, with_excluded=False, columns=("PHONE",), format="XLSX")

    export.refresh_from_db()
    assert (export.status, export.total, export.columns, export.format) == ("QUEUED", 1, ["PHONE"], "XLSX")
    assert (export.name, export.author, export.list_ids) == ("Clients", marketer, [contact_list.pk])
    assert events() == [("LIST_EXPORTED", "Clients", {"contacts": 1})]


def test_a_worker_makes_the_file_in_its_authors_language_to_be_had_for_seven_days(
    in_account: Account, marketer: User
) -> None:
    User.objects.filter(pk=marketer.pk).update(language="en")
    contact_list = make_list(in_account, "Clients", phones=[FICTION])

    export = run(in_account, requested(in_account, marketer, contact_list))

    assert content(export) == "Mobile phone\r\n06 39 98 00 00\r\n"
    assert (export.status, export.done, export.total, export.claim) == ("DONE", 1, 1, None)
    assert export.size_bytes == len(content(export).encode()) + 3
    assert export.path.startswith(f"exports/{in_account.pk}/")
    assert export.expires_at is not None
    assert export.finished_at is not None
    assert export.expires_at - export.finished_at == timedelta(days=7)


def test_a_task_delivered_twice_makes_one_file(in_account: Account, marketer: User) -> None:
    export = run(in_account, requested(in_account, marketer, make_list(in_account, phones=[FICTION])))

    with pytest.raises(jobs.JobAlreadyStarted):
        exports.run(in_account, export_id=export.pk, now=NOW)

    assert default_storage.listdir(f"exports/{in_account.pk}")[1] == [export.path.rpartition("/")[2]]


def test_a_list_deleted_before_its_file_is_made_fails_the_export(in_account: Account, marketer: User) -> None:
    lists = [make_list(in_account, name) for name in ("A", "B")]
    export = requested(in_account, marketer, *lists)
    ContactList.objects.filter(pk=lists[1].pk).update(deleted_at=NOW)

    run(in_account, export)

    assert (export.status, export.error, export.path) == ("FAILED", "LIST_DELETED", "")
    assert events()[-1] == ("EXPORT_FAILED", export.name, {})
    assert not default_storage.exists(f"exports/{in_account.pk}")


def test_an_error_of_ours_fails_the_export_and_its_message_is_not_logged(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    number = "06 39 98 00 00"

    def fail(*args: object) -> None:
        raise ValueError(number)

    monkeypatch.setattr(files, "write", fail)

    export = run(in_account, requested(in_account, marketer, make_list(in_account)))

    assert (export.status, export.error) == ("FAILED", "UNEXPECTED")
    assert "ValueError" in caplog.text
    assert number not in caplog.text


def test_a_lost_database_leaves_the_export_to_the_rescue(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*args: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(files, "write", lose)
    export = requested(in_account, marketer, make_list(in_account))

    with pytest.raises(heartbeats.DatabaseLost):
        exports.run(in_account, export_id=export.pk, now=NOW)

    export.refresh_from_db()
    assert (export.status, export.attempts) == ("RUNNING", 1)


def test_a_worker_that_lost_its_claim_leaves_neither_file_nor_result(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = files.write
    export = requested(in_account, marketer, make_list(in_account, phones=[FICTION]))

    def write_while_another_takes_over(*args: Any) -> None:
        write(*args)
        Export.objects.filter(pk=export.pk).update(claim=uuid4())

    monkeypatch.setattr(files, "write", write_while_another_takes_over)

    run(in_account, export)

    assert (export.status, export.path) == ("RUNNING", "")
    assert default_storage.listdir(f"exports/{in_account.pk}")[1] == []


def test_progress_stops_a_worker_once_the_claim_is_another_workers(in_account: Account, marketer: User) -> None:
    export = requested(in_account, marketer, make_list(in_account))
    export.claim = uuid4()
    Export.objects.filter(pk=export.pk).update(claim=export.claim, status="RUNNING")
    progress = jobs.Progress(exports.EXPORTS, export)

    progress.saw(7)
    progress._beat()
    export.refresh_from_db()
    shown = export.done
    Export.objects.filter(pk=export.pk).update(claim=uuid4())
    progress._beat()

    assert shown == 7
    with pytest.raises(ClaimLost):
        progress.saw(8)


@pytest.mark.parametrize("attempts, status, error", [(1, "QUEUED", ""), (3, "FAILED", "CRASHED")])
def test_the_export_of_a_dead_worker_is_queued_again_three_times_at_most(
    attempts: int, status: str, error: str, in_account: Account, marketer: User
) -> None:
    export = requested(in_account, marketer, make_list(in_account))
    Export.objects.filter(pk=export.pk).update(status="RUNNING", claim=uuid4(), attempts=attempts)

    count = exports.EXPORTS.rescue(in_account, now=LATER)

    export.refresh_from_db()
    assert (count, export.status, export.error, export.claim) == (1, status, error, None)


def test_an_export_at_work_or_just_queued_is_left_alone(in_account: Account, marketer: User) -> None:
    requested(in_account, marketer, make_list(in_account))

    assert exports.EXPORTS.rescue(in_account, now=NOW + timedelta(seconds=30)) == 0


def test_a_call_that_was_lost_is_repeated(in_account: Account, marketer: User) -> None:
    export = requested(in_account, marketer, make_list(in_account))

    assert exports.EXPORTS.rescue(in_account, now=LATER) == 1
    export.refresh_from_db()
    assert (export.status, export.heartbeat_at) == ("QUEUED", LATER)


def test_an_account_has_only_its_share_of_the_workers(in_account: Account, marketer: User, settings: Any) -> None:
    settings.JOBS_PER_ACCOUNT = 1
    contact_list = make_list(in_account, phones=[FICTION])
    running, waiting = (requested(in_account, marketer, contact_list) for _ in range(2))
    Export.objects.filter(pk=running.pk).update(status="RUNNING", claim=uuid4())

    assert run(in_account, waiting).status == "QUEUED"
    Export.objects.filter(pk=running.pk).update(status="DONE", claim=None)
    assert run(in_account, waiting).status == "DONE"


def test_a_small_list_is_a_file_at_once_and_in_the_journal(in_account: Account, marketer: User) -> None:
    contact_list = make_list(in_account, "Clients", phones=[FICTION])

    export, file = exports.at_once(in_account, order=Order(lists=(contact_list,)), by=marketer, now=NOW)

    with file:
        assert file.read().decode("utf-8-sig").splitlines()[1:] == ["06 39 98 00 00"]
    assert (export.pk, Export.objects.count()) == (None, 0)
    assert events() == [("LIST_EXPORTED", "Clients", {"contacts": 1})]


def test_what_is_small_depends_on_the_rows_of_the_file(in_account: Account, settings: Any) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 1
    contact_list = make_list(in_account, "Clients", phones=[FICTION, FICTION + 1])
    make_exclusion(in_account)
    contact_list.refresh_from_db()
    empty = [make_list(in_account, name) for name in ("A", "B")]

    small = [
        Order(lists=(contact_list,)).is_small(in_account),
        Order(lists=(contact_list,), with_excluded=False).is_small(in_account),
        Order(lists=tuple(empty)).is_small(in_account),
        Order().is_small(in_account),
    ]

    assert small == [False, True, False, True]


def test_the_exclusion_list_is_exported_under_its_own_name(in_account: Account, marketer: User) -> None:
    make_exclusion(in_account)

    export = run(in_account, exports.request(in_account, order=Order(), by=marketer, now=NOW))

    assert (export.subject, export.done) == ("EXCLUDED", 1)
    assert "06 39 98 00 00" in content(export)
    assert events() == [("EXCLUSIONS_EXPORTED", "", {"contacts": 1})]


def test_every_download_is_in_the_journal(in_account: Account, marketer: User) -> None:
    export = run(in_account, requested(in_account, marketer, make_list(in_account, phones=[FICTION])))

    for _ in range(2):
        exports.open_file(in_account, export=export, by=marketer, now=timezone.now()).close()

    assert events()[1:] == [("EXPORT_DOWNLOADED", "Clients", {"contacts": 1})] * 2


@pytest.mark.parametrize("case", ["not made", "expired", "lost"])
def test_a_file_that_is_not_there_is_refused_and_not_in_the_journal(
    case: str, in_account: Account, marketer: User
) -> None:
    export = requested(in_account, marketer, make_list(in_account, phones=[FICTION]))
    if case != "not made":
        run(in_account, export)
    if case == "lost":
        default_storage.delete(export.path)
    at = timezone.now() + timedelta(days=8 if case == "expired" else 0)

    with pytest.raises(exports.ExportGone):
        exports.open_file(in_account, export=export, by=marketer, now=at)

    assert [action for action, *_ in events()] == ["LIST_EXPORTED"]


def test_files_go_when_they_expire_and_unknown_ones_after_a_day(
    account: Account, marketer: User, django_capture_on_commit_callbacks: Any
) -> None:
    with account_context(account):
        contact_list = make_list(account, phones=[FICTION])
        old, fresh = (requested(account, marketer, contact_list) for _ in range(2))
    for export in (old, fresh):
        exports.run(account, export_id=export.pk, now=NOW)
    unknown = default_storage.save(f"exports/{account.pk}/unknown", ContentFile(b"x"))
    now = timezone.now()
    with account_context(account):
        Export.objects.filter(pk=old.pk).update(expires_at=now)
        fresh.refresh_from_db()

    with account_context(account), django_capture_on_commit_callbacks(execute=True):
        first = exports.purge(account, now=now)
    left = default_storage.listdir(f"exports/{account.pk}")[1]
    with account_context(account), django_capture_on_commit_callbacks(execute=True):
        second = exports.purge(account, now=now + timedelta(days=2))
        old.refresh_from_db()

    assert (first, sorted(left)) == (1, sorted([fresh.path.rpartition("/")[2], "unknown"]))
    assert (second, default_storage.exists(unknown), old.path) == (1, False, "")
    assert default_storage.exists(fresh.path)
