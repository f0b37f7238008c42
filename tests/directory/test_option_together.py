"""People work on while the directory is switched on: nobody waits for the long part of it, and nothing of theirs is lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from contacts.models import ContactList, Exclusion, ListEntry
from contacts.operations import entries, exclusions
from contacts.operations.entry_changes import Cell, Changes, RowChange
from directory.models import Contact, ContactChange
from directory.operations import conversion, option
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import make_list
from tests.together import elsewhere, shared_account

LATER = NOW + timedelta(minutes=1)
ZOE, NOEL, AICHA = 33612345601, 33612345602, 33612345603


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    """An account with a list that other connections see too."""
    with shared_account(django_db_blocker) as (account, author):
        with account_context(account):
            made = make_list(account, "Salon", columns=[{"key": "c1", "name": "Ville"}])
            for phone in (ZOE, NOEL):
                ListEntry.objects.create(account=account, contact_list=made, phone=phone, values={"c1": "Laval"})
        yield account, author


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
