from datetime import timedelta

import pytest
from django.db import transaction

from contacts.models import ContactList, Exclusion, ListEntry
from contacts.operations import lists
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion, make_list


def journal(account: Account) -> list[tuple[str, str, dict[str, int]]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "subject", "counts"))


def test_create_makes_an_empty_active_list_and_notes_it(in_account: Account, marketer: User) -> None:
    contact_list = lists.create(in_account, name="Clients", description="Du magasin", by=marketer, now=NOW)

    contact_list.refresh_from_db()
    assert (contact_list.name, contact_list.description, contact_list.author) == ("Clients", "Du magasin", marketer)
    assert (contact_list.kind, contact_list.status, contact_list.contact_count) == ("INDEPENDENT", "ACTIVE", 0)
    assert contact_list.last_used_at == NOW
    assert journal(in_account) == [("LIST_CREATED", "Clients", {"contacts": 0})]


def test_create_leaves_nothing_when_the_outer_transaction_fails(in_account: Account, marketer: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        lists.create(in_account, name="Clients", by=marketer, now=NOW)
        raise ZeroDivisionError

    assert (ContactList.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_disable_then_enable(in_account: Account, marketer: User) -> None:
    contact_list = make_list(in_account)

    lists.disable(in_account, contact_list=contact_list, by=marketer, now=NOW)
    disabled = ContactList.objects.get().status
    lists.enable(in_account, contact_list=contact_list, by=marketer, now=NOW)

    assert (disabled, ContactList.objects.get().status) == ("DISABLED", "ACTIVE")
    assert [action for action, *_ in journal(in_account)] == ["LIST_DISABLED", "LIST_ENABLED"]


def test_the_second_of_two_people_who_disable_a_list_is_told(in_account: Account, marketer: User) -> None:
    first, second = make_list(in_account), ContactList.objects.get()

    lists.disable(in_account, contact_list=first, by=marketer, now=NOW)
    with pytest.raises(lists.ListChanged) as refusal:
        lists.disable(in_account, contact_list=second, by=marketer, now=NOW)

    assert refusal.value.code == "LIST_CHANGED"
    assert AuditEvent.objects.count() == 1


def test_delete_puts_the_list_in_the_bin_and_keeps_its_entries_and_exclusions(
    in_account: Account, marketer: User
) -> None:
    contact_list = make_list(in_account, phones=[FICTION, FICTION + 1])
    make_exclusion(in_account)

    lists.delete(in_account, contact_list=contact_list, by=marketer, now=NOW)

    assert ContactList.objects.for_account(in_account).count() == 0
    assert (ListEntry.objects.count(), Exclusion.objects.count()) == (2, 1)
    assert journal(in_account) == [("LIST_DELETED", "Clients", {"contacts": 2})]


def test_restore_brings_a_deleted_list_back(in_account: Account, marketer: User) -> None:
    contact_list = make_list(in_account, phones=[FICTION])
    lists.delete(in_account, contact_list=contact_list, by=marketer, now=NOW)

    lists.restore(in_account, contact_list=contact_list, by=marketer, now=NOW)

    assert list(ContactList.objects.for_account(in_account).values_list("name", "contact_count")) == [("Clients", 1)]


def test_a_list_cannot_be_deleted_twice_nor_restored_twice(in_account: Account, marketer: User) -> None:
    contact_list = make_list(in_account)

    with pytest.raises(lists.ListChanged):
        lists.restore(in_account, contact_list=contact_list, by=marketer, now=NOW)
    lists.delete(in_account, contact_list=contact_list, by=marketer, now=NOW)
    with pytest.raises(lists.ListChanged):
        lists.delete(in_account, contact_list=contact_list, by=marketer, now=NOW)

    assert AuditEvent.objects.count() == 1


def test_the_bin_is_emptied_of_what_is_older_than_thirty_days(in_account: Account) -> None:
    make_list(in_account, "Vieille", phones=[FICTION], deleted_at=NOW - timedelta(days=31))
    make_list(in_account, "Récente", phones=[FICTION], deleted_at=NOW - timedelta(days=29))
    make_list(in_account, "Vivante", phones=[FICTION])

    emptied = lists.empty_bin(in_account, now=NOW)
    again = lists.empty_bin(in_account, now=NOW)

    assert (emptied, again) == (1, 0)
    assert sorted(ContactList.objects.values_list("name", flat=True)) == ["Récente", "Vivante"]
    assert ListEntry.objects.count() == 2
