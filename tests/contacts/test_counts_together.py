"""Somebody says STOP while the lists that hold their number are being written: both are kept, and the counts are right."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from contacts.models import ContactList, Exclusion, Import
from contacts.operations import entries, exclusions, import_targets, import_undo, imports, wakeups
from contacts.operations.entry_changes import Changes, RowChange
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import make_list
from tests.contacts.operations import importing
from tests.together import PATIENCE_SECONDS, shared_account

WAITS = "select count(*) from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    """An account that other connections see too."""
    with shared_account(django_db_blocker) as (account, author):
        yield account, author


class Stop(threading.Thread):
    """The exclusion of a number on a connection of its own."""

    def __init__(self, account: Account, phone: int) -> None:
        super().__init__()
        self.account, self.phone = account, phone
        self.pid = 0
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with account_context(self.account):
                with connection.cursor() as cursor:
                    cursor.execute("select pg_backend_pid()")
                    self.pid = cursor.fetchone()[0]
                exclusions.add(self.account, phones=[self.phone], source=Exclusion.Source.STOP, by=None, now=NOW)
        except Exception as error:
            self.error = error
        finally:
            connections.close_all()

    def start_and_wait_for_us(self) -> None:
        self.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        with connection.cursor() as cursor:
            while time.monotonic() < deadline and self.is_alive():
                cursor.execute(WAITS, [self.pid])
                if cursor.fetchone()[0]:
                    return
                time.sleep(0.02)


def counts(contact_list: ContactList) -> tuple[int, int]:
    contact_list.refresh_from_db()
    return contact_list.contact_count, contact_list.excluded_count


def imported_into(account: Account, author: User, contact_list: ContactList, content: bytes) -> Import:
    with account_context(account):
        given = {"target": Import.Target.APPEND, "contact_list": contact_list}
        return importing.confirmed(account, author, content, **given)


def stops_during(account: Account, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> Stop:
    """Have a STOP come while a function of the operation returns: the list is locked, and nothing written yet."""
    stop, original = Stop(account, 33612345678), getattr(module, name)

    def returns_late(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if not stop.pid:
            stop.start_and_wait_for_us()
        return result

    monkeypatch.setattr(module, name, returns_late)
    return stop


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeups, "call", lambda *args: None)


@pytest.fixture
def contact_list(owner: tuple[Account, User]) -> ContactList:
    with account_context(owner[0]):
        return make_list(owner[0], phones=[33612345678])


def test_a_stop_during_an_import_into_its_list_is_kept(
    owner: tuple[Account, User], contact_list: ContactList, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = owner
    imported = imported_into(account, author, contact_list, b"Mobile\n0612345678\n0698765432\n")
    stop = stops_during(account, monkeypatch, import_targets, "real")

    imports.run(account, import_id=imported.pk, now=NOW)
    stop.join(PATIENCE_SECONDS)

    assert stop.error is None
    with account_context(account):
        imported.refresh_from_db()
        assert (imported.status, counts(contact_list)) == ("DONE", (2, 1))


def test_a_stop_while_an_import_is_taken_back_is_kept(
    owner: tuple[Account, User], contact_list: ContactList, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = owner
    imported = imported_into(account, author, contact_list, b"Mobile\n0612345678\n0698765432\n")
    imports.run(account, import_id=imported.pk, now=NOW)
    stop = stops_during(account, monkeypatch, import_undo, "preview")

    with account_context(account):
        imported.refresh_from_db()
        import_undo.undo(account, imported=imported, by=author, now=timezone.now())
    stop.join(PATIENCE_SECONDS)

    assert stop.error is None
    with account_context(account):
        assert counts(contact_list) == (1, 1)


def test_a_stop_while_its_list_is_edited_is_kept(
    owner: tuple[Account, User], contact_list: ContactList, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = owner
    stop = stops_during(account, monkeypatch, entries, "_judged")
    rows = (RowChange("1", 33612345678, remove=True), RowChange("2", None, "0698765432"))

    with account_context(account):
        entries.save(account, contact_list=contact_list, changes=Changes((), rows), by=author, now=NOW)
    stop.join(PATIENCE_SECONDS)

    assert stop.error is None
    with account_context(account):
        assert (counts(contact_list), Exclusion.objects.count()) == ((1, 0), 1)


def test_a_stop_while_its_number_is_about_to_be_excluded_is_kept(
    owner: tuple[Account, User], contact_list: ContactList
) -> None:
    account, author = owner
    stop = Stop(account, 33612345678)

    with account_context(account):
        # As an import does: some numbers are written, then others in the same transaction.
        exclusions.add(account, phones=[33698765432], source=Exclusion.Source.IMPORT, by=author, now=NOW)
        stop.start_and_wait_for_us()
        exclusions.add(account, phones=[33612345678], source=Exclusion.Source.IMPORT, by=author, now=NOW)
    stop.join(PATIENCE_SECONDS)

    assert stop.error is None
    with account_context(account):
        assert (counts(contact_list), Exclusion.objects.count()) == ((1, 1), 2)
