import pytest
from django.utils import translation

from contacts.models import ContactList, ListEntry
from contacts.operations.duplicate import duplicate, proposed_name
from contacts.operations.lists import ListChanged
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion, make_list

COLUMNS = [{"key": "c1", "name": "Ville"}]


def test_a_copy_has_the_same_columns_contacts_and_counts(in_account: Account, marketer: User) -> None:
    fields = {"columns": COLUMNS, "description": "Mars", "expires_after_months": 4, "api_enabled": True}
    original = make_list(in_account, "Clients", status="DISABLED", **fields)
    original.entries.create(account=in_account, phone=FICTION, values={"c1": "Laval"})
    original.entries.create(account=in_account, phone=FICTION + 1)
    make_exclusion(in_account)

    copy = duplicate(in_account, contact_list=original, name="Clients (copie)", by=marketer, now=NOW)

    assert (copy.contact_count, copy.excluded_count) == (2, 1)
    assert (copy.columns, copy.description, copy.expires_after_months) == (COLUMNS, "Mars", 4)
    # Whoever copies a list decides anew whether it is targeted, and by whom.
    assert (copy.status, copy.api_enabled, copy.author, copy.created_at) == ("ACTIVE", False, marketer, NOW)
    rows = ListEntry.objects.filter(contact_list=copy).order_by("phone").values_list("phone", "values")
    assert list(rows) == [(FICTION, {"c1": "Laval"}), (FICTION + 1, None)]
    event = AuditEvent.objects.get()
    assert (event.action, event.subject) == ("LIST_DUPLICATED", "Clients → Clients (copie)")
    assert event.counts == {"contacts": 2}


def test_a_change_of_the_copy_leaves_the_original_alone(in_account: Account, marketer: User) -> None:
    original = make_list(in_account, "Clients", phones=[FICTION])
    copy = duplicate(in_account, contact_list=original, name="B", by=marketer, now=NOW)

    ListEntry.objects.filter(account=in_account, contact_list=copy).delete()

    original.refresh_from_db()
    assert original.contact_count == 1


def test_a_deleted_list_is_not_copied(in_account: Account, marketer: User) -> None:
    original = make_list(in_account, "Clients", deleted_at=NOW)

    with pytest.raises(ListChanged):
        duplicate(in_account, contact_list=original, name="B", by=marketer, now=NOW)

    assert (ContactList.objects.count(), AuditEvent.objects.count()) == (1, 0)


def test_a_name_is_proposed_that_no_list_has(in_account: Account) -> None:
    original = make_list(in_account, "Clients")
    long = make_list(in_account, "x" * 120)

    with translation.override("en"):
        first = proposed_name(in_account, original)
        make_list(in_account, first)
        second = proposed_name(in_account, original)
        shortened = proposed_name(in_account, long)

    assert (first, second) == ("Clients (copy)", "Clients (copy 2)")
    assert shortened == "x" * 113 + " (copy)"
