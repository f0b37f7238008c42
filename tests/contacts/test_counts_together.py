"""Somebody says STOP while the lists that hold their number are being written: nobody waits, and it is in force at once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts.importer.sinks import ExistingListSink, NewListSink
from contacts.models import ContactList, Exclusion, Import
from contacts.operations import counting, entries, exclusion_inbox, exclusions, import_undo, imports, wakeups
from contacts.operations.entry_changes import Changes, RowChange
from contacts.queries import exclusions as queries
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_list
from tests.contacts.operations import importing
from tests.together import elsewhere, shared_account

PHONE, OTHER = 33612345678, 33698765432


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    """An account that other connections see too."""
    with shared_account(django_db_blocker) as (account, author):
        yield account, author


class Stop:
    """A STOP of a number, sent on a connection of its own as soon as a function of an operation has returned.

    `waited`: whether it could not be accepted before the operation ended. `in_force`: whether the number was found excluded
    right afterwards.
    """

    def __init__(self, account: Account, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.account = account
        self.waited = self.in_force = False
        self._comes = 0
        original: Callable[..., Any] = getattr(module, name)

        def returns_late(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self._comes += 1
            if self._comes == 1:
                self.come()
            return result

        monkeypatch.setattr(module, name, returns_late)

    def come(self) -> None:
        self.waited = not elsewhere(self.account, lambda: stop(self.account, PHONE))
        elsewhere(self.account, self.look)

    def look(self) -> None:
        self.in_force = PHONE in queries.known(self.account, [PHONE])

    @property
    def outcome(self) -> dict[str, bool]:
        return {"waited": self.waited, "in force": self.in_force}


ACCEPTED = {"waited": False, "in force": True}


def stop(account: Account, phone: int) -> None:
    exclusions.add(account, phones=[phone], source=Exclusion.Source.STOP, by=None, now=NOW)


def counts(contact_list: ContactList) -> tuple[int, int]:
    contact_list.refresh_from_db()
    return contact_list.contact_count, contact_list.excluded_count


def imported_into(account: Account, author: User, contact_list: ContactList, content: bytes) -> Import:
    with account_context(account):
        given = {"target": Import.Target.APPEND, "contact_list": contact_list}
        return importing.confirmed(account, author, content, **given)


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeups, "call", lambda *args: None)


@pytest.fixture
def contact_list(owner: tuple[Account, User]) -> ContactList:
    with account_context(owner[0]):
        return make_list(owner[0], phones=[PHONE])


@pytest.mark.parametrize("sink", [NewListSink, ExistingListSink])
def test_a_stop_during_an_import_is_accepted_at_once_and_counted(
    owner: tuple[Account, User], contact_list: ContactList, monkeypatch: pytest.MonkeyPatch, sink: Any
) -> None:
    account, author = owner
    with account_context(account):
        into = {"target": Import.Target.APPEND, "contact_list": contact_list} if sink is ExistingListSink else {}
        imported = importing.confirmed(account, author, b"Mobile\n0612345678\n0698765432\n", **into)
    coming = Stop(account, monkeypatch, sink, "_take_stage")

    imports.run(account, import_id=imported.pk, now=NOW)

    assert coming.outcome == ACCEPTED
    with account_context(account):
        imported.refresh_from_db()
        assert imported.contact_list is not None
        assert (imported.status, counts(imported.contact_list), waiting(account)) == ("DONE", (2, 1), 0)


def test_a_stop_while_an_import_is_taken_back_is_accepted_at_once_and_counted(
    owner: tuple[Account, User], contact_list: ContactList, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = owner
    imported = imported_into(account, author, contact_list, b"Mobile\n0612345678\n0698765432\n")
    imports.run(account, import_id=imported.pk, now=NOW)
    coming = Stop(account, monkeypatch, import_undo, "_follow")

    with account_context(account):
        imported.refresh_from_db()
        import_undo.undo(account, imported=imported, by=author, now=timezone.now())
    exclusion_inbox.fold_all(account)

    assert coming.outcome == ACCEPTED
    with account_context(account):
        assert counts(contact_list) == (1, 1)


def test_a_stop_while_its_list_is_edited_is_accepted_at_once_and_counted(
    owner: tuple[Account, User], contact_list: ContactList, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = owner
    coming = Stop(account, monkeypatch, entries, "_judged")
    rows = (RowChange("1", None, "0698765432"),)

    with account_context(account):
        entries.save(account, contact_list=contact_list, changes=Changes((), rows), by=author, now=NOW)
    exclusion_inbox.fold_all(account)

    assert coming.outcome == ACCEPTED
    with account_context(account):
        assert counts(contact_list) == (2, 1)


def test_a_stop_of_a_number_that_is_being_excluded_is_kept(owner: tuple[Account, User]) -> None:
    account, author = owner
    with account_context(account):
        exclusions.add(account, phones=[PHONE], source=Exclusion.Source.PERSON, by=author, now=NOW)
        has_ended = elsewhere(account, lambda: stop(account, PHONE))
    exclusion_inbox.fold_all(account)

    assert has_ended
    with account_context(account):
        assert list(Exclusion.objects.values_list("phone", "source")) == [(PHONE, "STOP")]


def test_a_stop_of_a_number_that_is_being_readmitted_is_kept(
    owner: tuple[Account, User], contact_list: ContactList
) -> None:
    account, author = owner
    with account_context(account):
        exclusions.add(account, phones=[PHONE], source=Exclusion.Source.PERSON, by=author, now=NOW)

    with account_context(account):
        exclusions.remove(account, phones=[PHONE], reason="Erreur", by=author, now=NOW)
        has_ended = elsewhere(account, lambda: stop(account, PHONE))
    exclusion_inbox.fold_all(account)

    assert has_ended
    with account_context(account):
        assert (queries.phones(account).tolist(), counts(contact_list)) == ([PHONE], (1, 1))


def test_nobody_is_readmitted_while_somebody_excludes_them_again(owner: tuple[Account, User]) -> None:
    account, author = owner
    with account_context(account):
        exclusions.add(account, phones=[PHONE], source=Exclusion.Source.PERSON, by=author, now=NOW)
    codes: list[str] = []

    def readmit() -> None:
        try:
            exclusions.remove(account, phones=[PHONE], reason="Erreur", by=author, now=NOW)
        except exclusions.ExclusionsBusy as busy:
            codes.append(busy.code)

    with account_context(account):
        # It is known, so that nothing is written; the row is held all the same.
        exclusions.add(account, phones=[PHONE], source=Exclusion.Source.PERSON, by=author, now=NOW)
        has_ended = elsewhere(account, readmit)

    assert (has_ended, codes) == (True, ["EXCLUSIONS_BUSY"])
    with account_context(account):
        assert queries.phones(account).tolist() == [PHONE]


def test_numbers_are_readmitted_while_an_import_loads_another_list(
    owner: tuple[Account, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = owner
    with account_context(account):
        stop(account, PHONE)
        imported = importing.confirmed(account, author, b"Mobile\n0612345678\n0698765432\n")
    take, ended = NewListSink._take_stage, []

    def readmit() -> None:
        exclusions.remove(account, phones=[PHONE], reason="Erreur", including_stop=True, by=author, now=NOW)

    def take_and_readmit(*args: Any) -> None:
        take(*args)
        ended.append(elsewhere(account, readmit))

    monkeypatch.setattr(NewListSink, "_take_stage", take_and_readmit)

    imports.run(account, import_id=imported.pk, now=NOW)

    with account_context(account):
        imported.refresh_from_db()
        assert imported.contact_list is not None
        assert (ended, counts(imported.contact_list)) == ([True], (2, 0))


def test_a_fold_gives_way_to_who_writes_entries(owner: tuple[Account, User], contact_list: ContactList) -> None:
    account, _author = owner
    with account_context(account):
        make_list(
            account, "Autre", phones=[FICTION]
        )  # counted at once: exclusions are kept waiting until we are committed
        has_ended = elsewhere(account, lambda: stop(account, PHONE))
        before = (waiting(account), counts(contact_list))
    exclusion_inbox.fold_all(account)

    assert (has_ended, before) == (True, (1, (1, 0)))
    with account_context(account):
        assert (waiting(account), counts(contact_list)) == (0, (1, 1))


def test_work_that_forgets_to_count_is_counted_as_it_is_committed(owner: tuple[Account, User]) -> None:
    account, _author = owner
    with account_context(account):
        stop(account, FICTION)

    with account_context(account):
        counting._set("at end")
        contact_list = make_list(account, phones=[FICTION, FICTION + 1])
        inside = counts(contact_list)

    with account_context(account):
        assert (inside, counts(contact_list), is_marked(contact_list)) == ((2, 0), (2, 1), False)


def waiting(account: Account) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from contacts_exclusioninbox where account_id = %s", [account.pk])
        return int(cursor.fetchone()[0])


def is_marked(contact_list: ContactList) -> bool:
    contact_list.refresh_from_db()
    return contact_list.recount
