from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from contacts.models import ContactList, Exclusion, ListEntry
from directory.models import Attribute, Contact, ContactChange
from directory.operations import contacts, locks
from directory.operations.contact_errors import AttributesChanged, ContactChanged, ContactExists, ContactGone
from directory.operations.locks import DirectoryBusy
from directory.operations.members import ListKeepsItself
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

LATER = NOW + timedelta(hours=1)
OTHER = FICTION + 1


@pytest.fixture
def known(in_account: Account) -> dict[str, Attribute]:
    return make_directory(in_account)


def stored() -> dict[int, dict[str, Any]]:
    return dict(Contact.objects.order_by("phone").values_list("phone", "attributes"))


def changes() -> list[tuple[Any, ...]]:
    return list(ContactChange.objects.order_by("pk").values_list("phone", "kind", "source", "before", "old_phone"))


def members(contact_list: ContactList) -> list[int]:
    return list(ListEntry.objects.filter(contact_list=contact_list).order_by("phone").values_list("phone", flat=True))


def events() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "subject"))


def test_a_contact_is_added_with_what_is_known_of_it(
    in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    city, name = known["city"], known["last_name"]

    contacts.add(in_account, phone=FICTION, attributes={city.key: "Lyon", name.key: None}, by=marketer, now=NOW)

    contact = Contact.objects.get()
    assert (contact.phone, contact.attributes, contact.source) == (FICTION, {city.key: "Lyon"}, "PERSON")
    assert (contact.created_at, contact.updated_at) == (NOW, NOW)
    assert changes() == [(FICTION, "C", "PERSON", None, None)]
    assert ContactChange.objects.get().actor == marketer
    assert events() == [("CONTACT_ADDED", "")]
    assert list(Attribute.objects.filter(is_used=True)) == [city]
    assert contact_count(in_account) == 1


def test_a_contact_may_join_a_list_as_it_is_added(
    in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    contact_list = make_diffusion_list(in_account)

    contacts.add(in_account, phone=FICTION, attributes={}, contact_list=contact_list, by=marketer, now=LATER)

    contact_list.refresh_from_db()
    assert members(contact_list) == [FICTION]
    assert (contact_list.contact_count, contact_list.updated_at) == (1, LATER)
    assert events() == [("CONTACT_ADDED", "Abonnés")]


def test_a_list_that_keeps_itself_up_to_date_takes_nobody(
    in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    contact_list = make_diffusion_list(in_account, rule={"search": "lyon"})

    with pytest.raises(ListKeepsItself):
        contacts.add(in_account, phone=FICTION, attributes={}, contact_list=contact_list, by=marketer, now=NOW)

    assert (stored(), members(contact_list), changes(), events()) == ({}, [], [], [])


def test_a_number_is_one_contact_only(in_account: Account, known: dict[str, Attribute], marketer: User) -> None:
    make_contact(in_account, FICTION, {"a2": "Martin"})

    with pytest.raises(ContactExists) as refused:
        contacts.add(in_account, phone=FICTION, attributes={"a2": "Durand"}, by=marketer, now=NOW)

    assert refused.value.phone == FICTION
    assert (stored(), changes(), events()) == ({FICTION: {"a2": "Martin"}}, [], [])


@pytest.mark.parametrize("attributes", [{"a2": 3}, {"a99": "?"}, {"a4": True}])
def test_values_of_another_type_or_attribute_are_refused(
    attributes: dict[str, Any], in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    with pytest.raises(AttributesChanged):
        contacts.add(in_account, phone=FICTION, attributes=attributes, by=marketer, now=NOW)

    assert (stored(), changes(), events()) == ({}, [], [])


def test_an_edit_notes_what_was_before(in_account: Account, known: dict[str, Attribute], marketer: User) -> None:
    seen = {"a2": "Martin", "a8": "Lyon"}
    make_contact(in_account, FICTION, seen)

    saved = contacts.edit(
        in_account,
        phone=FICTION,
        attributes={"a2": "Martin", "a8": None, "a3": "Zoé"},
        seen=seen,
        by=marketer,
        now=LATER,
    )

    assert stored() == {FICTION: {"a2": "Martin", "a3": "Zoé"}}
    assert (sorted(saved.changed), saved.is_renumbered) == (["a3", "a8"], False)
    assert Contact.objects.get().updated_at == LATER
    assert changes() == [(FICTION, "U", "PERSON", seen, None)]
    assert events() == [("CONTACT_EDITED", f"{known['first_name']}, {known['city']}")]


def test_an_edit_that_changes_nothing_leaves_no_trace(
    in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    make_contact(in_account, FICTION, {"a2": "Martin"})

    contacts.edit(in_account, phone=FICTION, attributes={"a2": "Martin"}, seen={"a2": "Martin"}, by=marketer, now=LATER)

    assert (Contact.objects.get().updated_at, changes(), events()) == (NOW, [], [])


def test_two_people_who_change_different_attributes_both_win(
    in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    seen = {"a2": "Martin", "a8": "Lyon"}
    make_contact(in_account, FICTION, seen)
    by = {"phone": FICTION, "seen": seen, "by": marketer}

    contacts.edit(in_account, attributes={"a2": "Martin", "a8": "Brest"}, now=NOW, **by)  # type: ignore[arg-type]
    contacts.edit(in_account, attributes={"a2": "Durand", "a8": "Lyon"}, now=LATER, **by)  # type: ignore[arg-type]

    assert stored() == {FICTION: {"a2": "Durand", "a8": "Brest"}}


def test_the_second_to_change_the_same_attribute_is_told(
    in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    seen = {"a2": "Martin", "a8": "Lyon"}
    make_contact(in_account, FICTION, {"a2": "Petit", "a8": "Lyon"})

    with pytest.raises(ContactChanged) as refused:
        contacts.edit(
            in_account, phone=FICTION, attributes={"a2": "Durand", "a8": "Nice"}, seen=seen, by=marketer, now=LATER
        )

    assert (refused.value.fields, refused.value.now) == (["a2"], {"a2": "Petit", "a8": "Lyon"})
    assert stored() == {FICTION: {"a2": "Petit", "a8": "Lyon"}}
    assert (changes(), events()) == ([], [])


def test_a_contact_that_is_gone_is_not_edited(in_account: Account, known: dict[str, Attribute], marketer: User) -> None:
    with pytest.raises(ContactGone):
        contacts.edit(in_account, phone=FICTION, attributes={"a2": "A"}, seen={}, by=marketer, now=NOW)

    assert (stored(), changes(), events()) == ({}, [], [])


def test_a_new_number_keeps_lists_history_and_source(
    in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    make_contact(in_account, FICTION, {"a2": "Martin"})
    make_contact(in_account, FICTION + 5)
    first = make_diffusion_list(in_account, "Première", [FICTION, FICTION + 5])
    in_bin = make_diffusion_list(in_account, "Corbeille", [FICTION], deleted_at=NOW)
    make_exclusion(in_account, FICTION)
    contacts.edit(in_account, phone=FICTION, attributes={"a2": "Petit"}, seen={"a2": "Martin"}, by=marketer, now=NOW)

    contacts.renumber(in_account, phone=FICTION, new_phone=OTHER, by=marketer, now=LATER)

    assert stored() == {OTHER: {"a2": "Petit"}, FICTION + 5: {}}
    assert (members(first), members(in_bin)) == ([OTHER, FICTION + 5], [OTHER])
    first.refresh_from_db()
    assert (first.contact_count, first.excluded_count, first.updated_at) == (2, 0, LATER)
    assert changes() == [
        (OTHER, "U", "PERSON", {"a2": "Martin"}, None),
        (OTHER, "N", "PERSON", {"a2": "Petit"}, FICTION),
    ]
    moved = Contact.objects.get(phone=OTHER)
    assert (moved.source, moved.created_at, moved.updated_at) == ("PERSON", NOW, LATER)
    assert list(Exclusion.objects.values_list("phone", flat=True)) == [FICTION]
    assert events()[-1] == ("CONTACT_RENUMBERED", "")
    assert contact_count(in_account) == 2


def test_a_number_that_is_another_contact_is_refused_and_nothing_is_saved(
    in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    make_contact(in_account, FICTION, {"a2": "Martin"})
    make_contact(in_account, OTHER, {"a2": "Petit"})
    contact_list = make_diffusion_list(in_account, phones=[FICTION])

    with pytest.raises(ContactExists) as refused:
        contacts.edit(
            in_account,
            phone=FICTION,
            new_phone=OTHER,
            attributes={"a2": "Durand"},
            seen={"a2": "Martin"},
            by=marketer,
            now=LATER,
        )

    assert refused.value.phone == OTHER
    assert stored() == {FICTION: {"a2": "Martin"}, OTHER: {"a2": "Petit"}}
    assert (members(contact_list), changes(), events()) == ([FICTION], [], [])


def test_a_deleted_contact_leaves_all_lists_but_not_the_exclusion_list(
    in_account: Account, known: dict[str, Attribute], marketer: User
) -> None:
    make_contact(in_account, FICTION, {"a2": "Martin"})
    make_contact(in_account, OTHER)
    contact_list = make_diffusion_list(in_account, phones=[FICTION, OTHER])
    make_exclusion(in_account, FICTION)
    contacts.edit(in_account, phone=FICTION, attributes={}, seen={}, by=marketer, now=NOW)

    contacts.delete(in_account, phone=FICTION, by=marketer, now=LATER)

    contact_list.refresh_from_db()
    assert stored() == {OTHER: {}}
    assert (members(contact_list), contact_list.contact_count, contact_list.excluded_count) == ([OTHER], 1, 0)
    assert changes() == []
    assert Exclusion.objects.count() == 1
    assert events() == [("CONTACT_DELETED", "")]
    with pytest.raises(ContactGone):
        contacts.delete(in_account, phone=FICTION, by=marketer, now=LATER)


@pytest.mark.parametrize("act", ["add", "edit", "renumber", "delete"])
def test_nobody_waits_for_a_long_import(
    act: str, in_account: Account, known: dict[str, Attribute], marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contact(in_account, FICTION, {"a2": "Martin"})
    monkeypatch.setattr(locks, "WAIT", "20ms")
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.02)
    given: dict[str, dict[str, Any]] = {
        "add": {"phone": OTHER, "attributes": {}},
        "edit": {"phone": FICTION, "attributes": {"a2": "Petit"}, "seen": {"a2": "Martin"}},
        "renumber": {"phone": FICTION, "new_phone": OTHER},
        "delete": {"phone": FICTION},
    }
    other = connection.copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("show lock_timeout")
            before = cursor.fetchone()
        with other.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('directory', %s))", [in_account.pk])

            with pytest.raises(DirectoryBusy):
                getattr(contacts, act)(in_account, by=marketer, now=LATER, **given[act])
    finally:
        other.close()

    assert (stored(), changes(), events()) == ({FICTION: {"a2": "Martin"}}, [], [])
    with connection.cursor() as cursor:
        cursor.execute("show lock_timeout")
        assert cursor.fetchone() == before
