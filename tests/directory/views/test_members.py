"""Pasting numbers into a diffusion list."""

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList
from directory.models import Contact, ContactChange
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import SignIn
from tests.contacts.factories import make_list
from tests.directory.factories import make_contact, make_diffusion_list, make_directory
from tests.directory.operations.test_members import phones_of

FIRST = 33612345600


@pytest.fixture
def subscribers(account: Account) -> ContactList:
    with account_context(account):
        make_directory(account)
        for number in range(3):
            make_contact(account, FIRST + number)
        return make_diffusion_list(account, phones=[FIRST])


@pytest.fixture
def marketers_client(marketer: User, subscribers: ContactList, sign_in: SignIn) -> Client:
    User.objects.filter(pk=marketer.pk).update(language="en")
    return sign_in(marketer)


def numbers(contact_list: ContactList) -> str:
    return reverse("directory:list_add_numbers", args=[contact_list.pk])


def test_known_numbers_join_and_unknown_ones_become_contacts(
    marketers_client: Client, account: Account, subscribers: ContactList, marketer: User
) -> None:
    pasted = "06 12 34 56 00; 0612345601\n+33 6 12 34 56 50, 06.12.34.56.50"

    response = marketers_client.post(numbers(subscribers), {"numbers": pasted, "creates_unknown": "on"}, follow=True)

    assert response.redirect_chain == [(reverse("directory:list_show", args=[subscribers.pk]), 302)]
    said = "2 contacts added, 1 of them is new in the directory, 1 was there already, 1 repeated number."
    assert said in response.content.decode()
    with account_context(account):
        assert phones_of(subscribers) == [FIRST, FIRST + 1, FIRST + 50]
        new = Contact.objects.get(phone=FIRST + 50)
        assert (new.attributes, new.source) == ({}, "PERSON")
        assert list(ContactChange.objects.values_list("phone", "kind", "actor")) == [(FIRST + 50, "C", marketer.pk)]
        events = AuditEvent.objects.values_list("action", "subject", "counts")
        assert list(events) == [("CONTACTS_ADDED_TO_LIST", "Abonnés", {"contacts": 2, "created": 1})]


def test_what_cannot_be_read_stays_in_the_box_with_its_reason(
    marketers_client: Client, account: Account, subscribers: ContactList
) -> None:
    pasted = "Luc : 06 12 34 56 01\n01 42 68 53 00\nbonjour"

    response = marketers_client.post(numbers(subscribers), {"numbers": pasted, "creates_unknown": "on"})

    assert response.status_code == 422
    assert response.context["form"]["numbers"].value() == "01 42 68 53 00\nbonjour"
    assert [one.text for one in response.context["refused"]] == ["01 42 68 53 00", "bonjour"]
    assert "2 entries were not added: correct them below." in response.content.decode()
    with account_context(account):
        assert phones_of(subscribers) == [FIRST, FIRST + 1]


def test_unknown_numbers_are_left_out_on_demand(
    marketers_client: Client, account: Account, subscribers: ContactList
) -> None:
    response = marketers_client.post(numbers(subscribers), {"numbers": "0612345601\n0612345650"})

    reasons = [(one.text, one.reason) for one in response.context["refused"]]
    assert reasons == [("06 12 34 56 50", "This number is not in the directory.")]
    with account_context(account):
        assert phones_of(subscribers) == [FIRST, FIRST + 1]
        assert Contact.objects.count() == 3


def test_many_numbers_are_to_be_imported(marketers_client: Client, account: Account, subscribers: ContactList) -> None:
    pasted = "\n".join(f"061234{number:04d}" for number in range(1_001))

    response = marketers_client.post(numbers(subscribers), {"numbers": pasted, "creates_unknown": "on"})

    content = response.content.decode()
    assert "Add at most 1000 numbers at a time, or import a file." in content
    assert f'href="{reverse("contacts:list_import", args=[subscribers.pk])}"' in content
    assert (response.status_code, "0612341000" in content) == (422, True)
    with account_context(account):
        assert phones_of(subscribers) == [FIRST]


def test_nothing_pasted_is_said(marketers_client: Client, subscribers: ContactList) -> None:
    response = marketers_client.post(numbers(subscribers), {"numbers": " "})

    assert (response.status_code, "Paste at least one number." in response.content.decode()) == (422, True)


def test_what_was_pasted_stays_while_contacts_are_being_removed(
    marketers_client: Client, account: Account, subscribers: ContactList
) -> None:
    with connections["default"].copy().cursor() as elsewhere:
        elsewhere.execute("select pg_advisory_lock(hashtextextended('directory', %s))", [account.pk])
        response = marketers_client.post(numbers(subscribers), {"numbers": "0612345601"})
        elsewhere.connection.close()

    assert response.status_code == 422
    assert response.context["form"]["numbers"].value() == "0612345601"
    assert "Try again in a moment: nothing was changed." in response.content.decode()
    with account_context(account):
        assert phones_of(subscribers) == [FIRST]


def test_a_list_that_keeps_itself_takes_none(
    marketers_client: Client, account: Account, subscribers: ContactList
) -> None:
    with account_context(account):
        living = make_diffusion_list(account, "Lyonnais", rule={"rule": None, "search": "personne"})

    shown = marketers_client.get(numbers(living), follow=True)
    posted = marketers_client.post(numbers(living), {"numbers": "0612345601"}, follow=True)

    page = [(reverse("directory:list_show", args=[living.pk]), 302)]
    assert (shown.redirect_chain, posted.redirect_chain) == (page, page)
    assert "freeze it first" in posted.content.decode()
    with account_context(account):
        assert phones_of(living) == []


def test_a_list_of_before_the_directory_has_no_such_page(
    marketers_client: Client, account: Account, subscribers: ContactList
) -> None:
    with account_context(account):
        independent = make_list(account)

    assert marketers_client.get(numbers(independent)).status_code == 404
