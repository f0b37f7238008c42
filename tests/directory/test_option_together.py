"""People work on while the directory is switched on: nobody waits for the long part of it, and nothing of theirs is lost."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from contacts.models import ContactList, Exclusion, ListEntry
from contacts.operations import entries, exclusions
from contacts.operations.entry_changes import Cell, Changes, RowChange
from directory.models import Attribute, Contact, ContactChange, ContactTally, Directory, ModeSwitch
from directory.operations import conversion, option
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import make_list

PATIENCE_SECONDS = 20  # for a busy machine
LATER = NOW + timedelta(minutes=1)
ZOE, NOEL, AICHA = 33612345601, 33612345602, 33612345603
MODELS = (
    ListEntry,
    Contact,
    ContactChange,
    ContactTally,
    ModeSwitch,
    Attribute,
    Directory,
    Exclusion,
    ContactList,
    AuditEvent,
)


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    """An account that other connections see too, with a list; removed afterwards with all it owns."""
    with django_db_blocker.unblock():
        account = Account.objects.create(name="Ensemble")
        author = User.objects.create_user("option-together@example.com")
        with account_context(account):
            made = make_list(account, "Salon", columns=[{"key": "c1", "name": "Ville"}])
            for phone in (ZOE, NOEL):
                ListEntry.objects.create(account=account, contact_list=made, phone=phone, values={"c1": "Laval"})
        yield account, author
        with account_context(account):
            for model in MODELS:
                model._default_manager.filter(account=account).delete()
            author.delete()
            account.delete()


def elsewhere(account: Account, work: Callable[[], object]) -> bool:
    """Do something on another connection, committed; return whether it ended, rather than wait for ours."""

    def run() -> None:
        try:
            with account_context(account):
                work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return not thread.is_alive()


def switched_on(
    account: Account, by: User, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]
) -> list[bool]:
    """Switch on, with something done elsewhere once the contacts are in the directory, before the lists are held."""
    settle, ended = conversion.settle, list[bool]()

    def settle_then_wait(given: Account, **options: Any) -> tuple[int, int]:
        settled = settle(given, **options)
        if not ended:
            ended.append(elsewhere(account, meanwhile))
        return settled

    monkeypatch.setattr(conversion, "settle", settle_then_wait)
    with account_context(account):
        trial = option.try_out(account, choices={}, by=by, now=NOW).result
        option.switch_on(account, choices=trial["choices"], seen=trial["digest"], by=by, now=NOW)
    return ended


def test_what_an_editor_saves_meanwhile_is_in_the_directory(
    owner: tuple[Account, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = owner

    def edit() -> None:
        changes = (
            RowChange("1", phone=ZOE, cells={"c1": Cell("Laval", "Évron")}),
            RowChange("2", phone=NOEL, cells={"c1": Cell("Laval", "")}, remove=True),
            RowChange("3", number="06 12 34 56 03", cells={"c1": Cell("", "Craon")}),
        )
        contact_list = ContactList.objects.get()
        entries.save(account, contact_list=contact_list, changes=Changes(rows=changes), by=author, now=LATER)

    ended = switched_on(account, author, monkeypatch, edit)

    with account_context(account):
        towns = {contact.phone: list(contact.attributes.values()) for contact in Contact.objects.all()}
        members = set(ListEntry.objects.values_list("phone", flat=True))
        assert (ended, members, contact_count(account)) == ([True], {ZOE, AICHA}, 2)
        assert towns == {ZOE: ["Évron"], AICHA: ["Craon"]}
        assert ContactList.objects.get().kind == "DIRECTORY"
        assert ContactChange.objects.count() == 2


def test_a_stop_does_not_wait_for_the_contacts(owner: tuple[Account, User], monkeypatch: pytest.MonkeyPatch) -> None:
    account, author = owner

    def stop() -> None:
        exclusions.add(account, phones=[ZOE], source=Exclusion.Source.STOP, by=None, now=NOW)

    ended = switched_on(account, author, monkeypatch, stop)

    with account_context(account):
        held = ContactList.objects.get()
        assert (ended, held.kind, held.excluded_count, contact_count(account)) == ([True], "DIRECTORY", 1, 2)
