"""Two imports into one directory, and people who work on meanwhile: nobody fails, nothing is lost, and they take turns."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from contacts.models import ContactList, Exclusion, Import
from contacts.operations import exclusions, imports, wakeups
from contacts.queries import exclusions as exclusion_queries
from directory.importer.sink import WritingSink
from directory.models import Contact, ContactChange
from directory.operations import contacts as one
from directory.operations import locks
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.directory import importing
from tests.directory.factories import make_contact, make_directory
from tests.directory.importing import ANNE, BOB, CHLOE, DAN, later
from tests.together import PATIENCE_SECONDS, shared_account

WAITING = "select count(*) from pg_stat_activity where pid = any(%s) and wait_event_type = 'Lock'"
EVE, FRED = 33612345605, 33612345606
FIRST_FILE = "Mobile;Ville\n0612345602;Brest\n0612345603;Brest\n0612345604;Brest\n"
SECOND_FILE = "Mobile;Ville\n0612345604;Tours\n0612345603;Tours\n0612345602;Tours\n0612345605;Tours\n"


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    """An account with a directory that other connections see too."""
    with shared_account(django_db_blocker) as (account, author):
        with account_context(account):
            make_directory(account)
            for phone in (ANNE, BOB):
                make_contact(account, phone, {"a8": "Lyon"})
        yield account, author


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeups, "call", lambda *args: None)


class Elsewhere(threading.Thread):
    """Work on a connection of its own."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self._work = work
        self.pid = 0
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                self.pid = cursor.fetchone()[0]
            self._work()
        except Exception as error:
            self.error = error
        finally:
            connections.close_all()

    def waits(self) -> bool:
        """Return whether it comes to wait for a lock, rather than end."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with connection.cursor() as cursor:
            while self.is_alive() and time.monotonic() < deadline:
                cursor.execute(WAITING, [[self.pid]])
                if cursor.fetchone()[0]:
                    return True
                time.sleep(0.02)
        return False


class Held:
    """An import whose rows are written, and which ends only when told to."""

    def __init__(self, account: Account, imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
        self._go_on, self._has_written = threading.Event(), threading.Event()
        take, held = WritingSink._take_stage, imported.pk

        def hold(sink: WritingSink, cursor: "psycopg.Cursor[Any]") -> None:
            take(sink, cursor)
            if sink._given["import"] == held:
                self._has_written.set()
                assert self._go_on.wait(PATIENCE_SECONDS)

        monkeypatch.setattr(WritingSink, "_take_stage", hold)
        self._worker = Elsewhere(lambda: imports.run(account, import_id=imported.pk, now=later(1)))
        self._worker.start()
        assert self._has_written.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        self._go_on.set()
        self._worker.join(PATIENCE_SECONDS)
        assert self._worker.error is None


def confirmed(account: Account, author: User, content: str, **changes: Any) -> Import:
    with account_context(account):
        analysed = importing.analysed(account, author, content, **changes)
        return importing.confirmed(account, author, analysed)


@pytest.fixture
def held(owner: tuple[Account, User], monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    account, author = owner
    held = Held(account, confirmed(account, author, FIRST_FILE), monkeypatch)
    yield held
    held.end()


def cities(account: Account) -> dict[int, Any]:
    with account_context(account):
        assert contact_count(account) == Contact.objects.count()
        return {phone: values.get("a8") for phone, values in importing.contacts(account).items()}


def test_two_imports_of_the_same_numbers_take_turns(owner: tuple[Account, User], monkeypatch: Any) -> None:
    account, author = owner
    first, second = (confirmed(account, author, file) for file in (FIRST_FILE, SECOND_FILE))
    held = Held(account, first, monkeypatch)
    other = Elsewhere(lambda: imports.run(account, import_id=second.pk, now=later(2)))

    other.start()
    has_waited = other.waits()
    held.end()
    other.join(PATIENCE_SECONDS)

    assert (has_waited, other.error) == (True, None)
    assert cities(account) == {ANNE: "Lyon", BOB: "Tours", CHLOE: "Tours", DAN: "Tours", EVE: "Tours"}
    with account_context(account):
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.status, importing.counts(first)) == ("DONE", {"new": 2, "updated": 1, "joined": 3})
        # Counts are those of its own turn, not of its preview: the first has made contacts meanwhile.
        assert (second.status, importing.counts(second)) == ("DONE", {"new": 1, "updated": 3, "joined": 4})


def test_an_import_that_waits_for_its_turn_gives_signs_of_life_and_is_not_taken_for_dead(
    owner: tuple[Account, User], held: Held
) -> None:
    account, author = owner
    second = confirmed(account, author, SECOND_FILE)
    other = Elsewhere(lambda: imports.run(account, import_id=second.pk, now=later(2)))

    other.start()
    assert other.waits()
    with account_context(account):
        begun = Import.objects.get(pk=second.pk).heartbeat_at
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and heartbeat_of(account, second) == begun:
        time.sleep(0.1)

    assert heartbeat_of(account, second) > begun
    held.end()
    other.join(PATIENCE_SECONDS)
    with account_context(account):
        second.refresh_from_db()
        assert (second.status, second.attempts) == ("DONE", 1)


def heartbeat_of(account: Account, imported: Import) -> Any:
    with account_context(account):
        return Import.objects.get(pk=imported.pk).heartbeat_at


def test_somebody_adds_a_contact_while_an_import_is_written(owner: tuple[Account, User], held: Held) -> None:
    account, author = owner

    with account_context(account):
        one.add(account, phone=FRED, attributes={"a8": "Metz"}, by=author, now=later(2))
    held.end()

    assert cities(account) == {ANNE: "Lyon", BOB: "Brest", CHLOE: "Brest", DAN: "Brest", FRED: "Metz"}


def test_a_contact_that_the_import_leaves_alone_is_edited_meanwhile(owner: tuple[Account, User], held: Held) -> None:
    account, author = owner

    with account_context(account):
        one.edit(account, phone=ANNE, attributes={"a8": "Nice"}, seen={"a8": "Lyon"}, by=author, now=later(2))
    held.end()

    assert cities(account)[ANNE] == "Nice"


@pytest.mark.parametrize("what", ["edit one that it writes", "add one that it adds", "delete one", "renumber one"])
def test_who_needs_what_the_import_has_is_told_and_nothing_changes(
    owner: tuple[Account, User], held: Held, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    account, author = owner
    monkeypatch.setattr(locks, "WAIT", "50ms")
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.05)
    by: dict[str, Any] = {"by": author, "now": later(2)}
    works: dict[str, Callable[[], object]] = {
        "edit one that it writes": lambda: one.edit(
            account, phone=BOB, attributes={"a8": "Nice"}, seen={"a8": "Lyon"}, **by
        ),
        "add one that it adds": lambda: one.add(account, phone=DAN, attributes={}, **by),
        "delete one": lambda: one.delete(account, phone=ANNE, **by),
        "renumber one": lambda: one.renumber(account, phone=ANNE, new_phone=FRED, **by),
    }

    with pytest.raises(locks.DirectoryBusy), account_context(account):
        works[what]()
    held.end()

    assert cities(account) == {ANNE: "Lyon", BOB: "Brest", CHLOE: "Brest", DAN: "Brest"}


def test_a_stop_is_accepted_at_once_and_counted_with_the_import(owner: tuple[Account, User], held: Held) -> None:
    account, _author = owner

    def stop() -> None:
        with account_context(account):
            exclusions.add(account, phones=[DAN], source=Exclusion.Source.STOP, by=None, now=later(2))

    other = Elsewhere(stop)
    other.start()
    has_waited = other.waits()
    other.join(PATIENCE_SECONDS)
    with account_context(account):
        in_force = DAN in exclusion_queries.known(account, [DAN])
    held.end()

    assert (has_waited, other.error, in_force) == (False, None, True)
    with account_context(account):
        made = ContactList.objects.get(account=account)
        assert (made.contact_count, made.excluded_count) == (3, 1)


def test_a_number_that_somebody_adds_between_the_look_and_the_write_is_a_contact_once(
    owner: tuple[Account, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = owner
    imported = confirmed(account, author, FIRST_FILE)
    added, written = threading.Event(), threading.Event()

    def add_one() -> None:
        with account_context(account):
            one.add(account, phone=DAN, attributes={"a8": "Metz"}, by=author, now=later(1))
            added.set()
            # Until the import waits for this number, which it takes for new.
            deadline = time.monotonic() + PATIENCE_SECONDS
            with connection.cursor() as cursor:
                while time.monotonic() < deadline and not written.is_set():
                    cursor.execute("select count(*) from pg_locks where not granted and locktype = 'transactionid'")
                    if cursor.fetchone()[0]:
                        break
                    time.sleep(0.02)

    somebody = Elsewhere(add_one)
    somebody.start()
    assert added.wait(PATIENCE_SECONDS)
    imports.run(account, import_id=imported.pk, now=later(2))
    written.set()
    somebody.join(PATIENCE_SECONDS)

    assert somebody.error is None
    assert cities(account) == {ANNE: "Lyon", BOB: "Brest", CHLOE: "Brest", DAN: "Brest"}
    with account_context(account):
        imported.refresh_from_db()
        assert (imported.status, importing.counts(imported)) == ("DONE", {"new": 1, "updated": 2, "joined": 3})
        dan = Contact.objects.get(account=account, phone=DAN)
        assert (dan.source, dan.created_at + timedelta(minutes=1)) == ("PERSON", later(2))
        kinds = ContactChange.objects.filter(account=account, phone=DAN).order_by("pk")
        assert list(kinds.values_list("kind", "before")) == [("C", None), ("U", {"a8": "Metz"})]
