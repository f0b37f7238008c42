"""Chosen contacts join and leave a list as a set."""

from datetime import timedelta

import pytest

from contacts.models import ContactList, ListEntry
from directory.operations import members
from directory.queries.query import Query, Selection
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

LATER = NOW + timedelta(days=1)


def make_people(account: Account, count: int) -> list[int]:
    """Make a directory with some contacts, every second one of Lyon; return their numbers."""
    town = make_directory(account)["city"].key
    phones = [FICTION + number for number in range(count)]
    for number, phone in enumerate(phones):
        make_contact(account, phone, {town: "Lyon" if number % 2 == 0 else "Nantes"})
    return phones


def of_lyon(account: Account) -> Query:
    return Query(rule={"match": "ALL", "conditions": [{"field": "a8", "is": "EQUALS", "value": "Lyon"}]})


def phones_of(contact_list: ContactList) -> list[int]:
    return list(ListEntry.objects.filter(contact_list=contact_list).order_by("phone").values_list("phone", flat=True))


def test_chosen_numbers_join_unless_they_are_in_the_list_or_no_contacts(in_account: Account) -> None:
    phones = make_people(in_account, 3)
    contact_list = make_diffusion_list(in_account, phones=phones[:1])
    make_exclusion(in_account, phones[1])
    selection = Selection(phones=(phones[1], phones[0], phones[1], FICTION + 900))

    counts = members.add(in_account, contact_list=contact_list, selection=selection, now=LATER)

    contact_list.refresh_from_db()
    assert counts == (1, 1)
    assert phones_of(contact_list) == phones[:2]
    assert (contact_list.contact_count, contact_list.excluded_count, contact_list.updated_at) == (2, 1, LATER)


def test_all_that_a_query_finds_join(in_account: Account) -> None:
    phones = make_people(in_account, 5)
    contact_list = make_diffusion_list(in_account, phones=phones[:1])
    selection = Selection(of_lyon(in_account))

    counts = members.add(in_account, contact_list=contact_list, selection=selection, now=LATER)
    again = members.add(in_account, contact_list=contact_list, selection=selection, now=LATER + timedelta(days=1))

    contact_list.refresh_from_db()
    assert (counts, again) == ((2, 1), (0, 3))
    assert phones_of(contact_list) == [phones[0], phones[2], phones[4]]
    assert (contact_list.contact_count, contact_list.updated_at) == (3, LATER)


def test_the_contacts_of_one_list_join_another(in_account: Account) -> None:
    phones = make_people(in_account, 4)
    first = make_diffusion_list(in_account, "A", phones[:3])
    second = make_diffusion_list(in_account, "B", phones[2:])
    make_exclusion(in_account, phones[0])

    counts = members.add(
        in_account, contact_list=second, selection=Selection(Query(list_id=first.pk, excluded=False)), now=LATER
    )

    assert counts == (1, 1)
    assert phones_of(second) == phones[1:]


def test_contacts_leave_a_list_and_stay_in_the_directory_and_elsewhere(in_account: Account) -> None:
    phones = make_people(in_account, 4)
    contact_list, other = make_diffusion_list(in_account, "A", phones), make_diffusion_list(in_account, "B", phones)

    removed = members.remove(in_account, contact_list=contact_list, selection=Selection(of_lyon(in_account)), now=LATER)
    again = members.remove(in_account, contact_list=contact_list, selection=Selection(phones=(phones[0],)), now=LATER)

    contact_list.refresh_from_db()
    assert (removed, again) == (2, 0)
    assert phones_of(contact_list) == [phones[1], phones[3]]
    assert (contact_list.contact_count, contact_list.updated_at) == (2, LATER)
    assert phones_of(other) == phones


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"rule": {"rule": None, "search": "lyon"}}, "LIST_KEEPS_ITSELF"),
        ({"deleted_at": NOW}, "LIST_NOT_THERE"),
    ],
)
@pytest.mark.parametrize("act", [members.add, members.remove])
def test_some_lists_are_not_changed_by_hand(
    act: object, fields: dict[str, object], code: str, in_account: Account
) -> None:
    phones = make_people(in_account, 2)
    contact_list = make_diffusion_list(in_account, phones=phones[:1])
    ContactList.objects.filter(pk=contact_list.pk).update(**fields)

    with pytest.raises((members.ListKeepsItself, members.ListNotThere)) as refused:
        act(in_account, contact_list=contact_list, selection=Selection(phones=tuple(phones)), now=LATER)  # type: ignore[operator]

    assert refused.value.code == code
    assert phones_of(contact_list) == phones[:1]


def test_another_accounts_list_is_not_there(account: Account, other_account: Account) -> None:
    with account_context(other_account):
        phones = make_people(other_account, 1)
        theirs = make_diffusion_list(other_account)

    with account_context(account):
        make_people(account, 1)
        with pytest.raises(members.ListNotThere):
            members.add(account, contact_list=theirs, selection=Selection(phones=tuple(phones)), now=LATER)

    with account_context(other_account):
        assert phones_of(theirs) == []
