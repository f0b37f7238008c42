"""Name, life and API of a diffusion list."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from contacts.models import ContactList
from contacts.operations import lists, member_guards
from contacts.operations.duplicate import duplicate
from contacts.operations.lists import ListChanged
from directory.operations import list_settings, living, locks
from directory.queries.query import Query
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_list
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

LATER = NOW + timedelta(days=40)


@pytest.fixture(autouse=True)
def _with_a_directory(in_account: Account) -> None:
    make_directory(in_account)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def events() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "subject"))


def save(account: Account, contact_list: ContactList, by: User, **changes: Any) -> None:
    kept = {name: getattr(contact_list, name) for name in ("name", "description", "expires_after_months")}
    seen = changes.pop("seen", list_settings.digest(contact_list))
    given = kept | changes | {"by": by, "now": LATER}
    list_settings.save(account, contact_list=contact_list, seen=seen, **given)


def test_a_new_life_counts_from_the_day_it_is_chosen(in_account: Account, marketer: User) -> None:
    contact_list = make_diffusion_list(in_account, expires_after_months=6)

    save(in_account, contact_list, marketer, expires_after_months=1)

    assert (contact_list.expires_after_months, contact_list.last_used_at) == (1, LATER)
    assert contact_list.expires_at is not None
    assert contact_list.expires_at.date().isoformat() == "2026-05-21"
    assert events() == [("LIST_SETTINGS", "Abonnés")]


def test_another_name_leaves_the_life_as_it_is(in_account: Account, marketer: User) -> None:
    contact_list = make_diffusion_list(in_account, expires_after_months=6)

    save(in_account, contact_list, marketer, name="Fidèles", description="Depuis 2020")

    held = ContactList.objects.get()
    assert (held.name, held.description, held.last_used_at, held.updated_at) == ("Fidèles", "Depuis 2020", NOW, LATER)
    assert events() == [("LIST_SETTINGS", "Abonnés → Fidèles")]


def test_a_list_becomes_permanent(in_account: Account, marketer: User) -> None:
    contact_list = make_diffusion_list(in_account, expires_after_months=6)

    save(in_account, contact_list, marketer, expires_after_months=None)

    assert (contact_list.expires_after_months, contact_list.expires_at) == (None, None)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(in_account: Account, marketer: User) -> None:
    contact_list = make_diffusion_list(in_account)
    seen = list_settings.digest(contact_list)
    ContactList.objects.update(expires_after_months=3)

    with pytest.raises(ListChanged, match="Somebody else has changed these settings meanwhile"):
        save(in_account, contact_list, marketer, name="Fidèles", seen=seen)

    assert (ContactList.objects.get().name, events()) == ("Abonnés", [])


def test_a_list_is_made_available_to_api_sends_and_withdrawn(in_account: Account, marketer: User) -> None:
    contact_list = make_diffusion_list(in_account)

    list_settings.open_to_api(in_account, contact_list=contact_list, by=marketer, now=LATER)
    opened = ContactList.objects.get().api_enabled
    list_settings.close_to_api(in_account, contact_list=contact_list, by=marketer, now=LATER)

    assert (opened, ContactList.objects.get().api_enabled) == (True, False)
    assert events() == [("LIST_API_ON", "Abonnés"), ("LIST_API_OFF", "Abonnés")]


def test_a_list_is_made_available_once_only(in_account: Account, marketer: User) -> None:
    contact_list = make_diffusion_list(in_account, api_enabled=True)

    with pytest.raises(ListChanged):
        list_settings.open_to_api(in_account, contact_list=contact_list, by=marketer, now=LATER)

    assert events() == []


def test_a_deactivated_list_is_not_made_available_but_keeps_its_mark(in_account: Account, marketer: User) -> None:
    open_list = make_diffusion_list(in_account, "Ouverte", api_enabled=True)
    closed = make_diffusion_list(in_account, "Fermée", status="DISABLED")
    lists.disable(in_account, contact_list=open_list, by=marketer, now=LATER)

    with pytest.raises(list_settings.ListDeactivated, match="“Fermée” is deactivated: reactivate it first"):
        list_settings.open_to_api(in_account, contact_list=closed, by=marketer, now=LATER)

    assert list(ContactList.objects.order_by("pk").values_list("api_enabled", flat=True)) == [True, False]


def test_the_copy_of_a_living_list_has_its_members_and_life_but_not_its_rule(
    in_account: Account, marketer: User
) -> None:
    make_directory(in_account)
    make_contact(in_account, FICTION)
    everybody = living.save(in_account, query=Query(), name="Tous", expires_after_months=4, by=marketer, now=NOW)

    copy = duplicate(in_account, contact_list=everybody, name="Tous (copie)", by=marketer, now=LATER)

    assert (copy.kind, copy.is_living, copy.contact_count, copy.expires_after_months) == ("DIRECTORY", False, 1, 4)
    assert (copy.last_used_at, copy.api_enabled) == (LATER, False)


def test_contacts_are_not_removed_while_their_list_is_copied(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[int] = []
    assert member_guards._guards == {ContactList.Kind.DIRECTORY: locks.add}
    monkeypatch.setitem(member_guards._guards, ContactList.Kind.DIRECTORY, locked.append)
    diffusion, independent = make_diffusion_list(in_account), make_list(in_account)

    duplicate(in_account, contact_list=diffusion, name="Copie", by=marketer, now=LATER)
    duplicate(in_account, contact_list=independent, name="Autre copie", by=marketer, now=LATER)

    assert locked == [in_account.pk]
