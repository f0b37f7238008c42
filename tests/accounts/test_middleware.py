"""Which account a request is for, with several tabs and accounts that come and go."""

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.ui.templatetags.ui import FORM_ACCOUNT
from tests.accounts.conftest import forget_the_account
from tests.conftest import MakeMember, SignIn

NEW_LIST = reverse("contacts:list_create")
EMPTY = {"name": "Salon", "source": "EMPTY"}


@pytest.fixture
def person(account: Account, other_account: Account, make_member: MakeMember) -> User:
    """A marketer of both accounts, Boulangerie Martin first."""
    user = make_member(account, "both@example.com")
    with account_context(other_account):
        Membership.objects.create(account=other_account, user=user, role=Role.MARKETER)
    return user


def names(account: Account) -> list[str]:
    with account_context(account):
        return list(ContactList.objects.values_list("name", flat=True))


def open_account(client: Client) -> int:
    forget_the_account()
    return client.get(reverse("contacts:list_index")).context["account"].pk


def test_the_first_account_stays_open_when_an_earlier_one_comes(
    account: Account, person: User, sign_in: SignIn
) -> None:
    client = sign_in(person)
    before = open_account(client)
    earlier = Account.objects.create(name="Abbaye")
    with account_context(earlier):
        Membership.objects.create(account=earlier, user=person)

    after = open_account(client)

    assert (before, after) == (account.pk, account.pk)


def test_a_form_filled_in_for_another_account_changes_nothing(
    account: Account, other_account: Account, person: User, sign_in: SignIn
) -> None:
    client = sign_in(person)
    page = client.get(NEW_LIST).content.decode()
    forget_the_account()
    client.post(reverse("accounts:switch"), {"account": other_account.pk})
    forget_the_account()

    response = client.post(NEW_LIST, EMPTY | {FORM_ACCOUNT: account.pk})

    assert f'name="{FORM_ACCOUNT}" value="{account.pk}"' in page
    assert response.status_code == 409
    assert "Un autre compte est ouvert" in response.content.decode()
    assert (names(account), names(other_account)) == ([], [])


def test_a_form_of_an_account_one_was_removed_from_changes_nothing(
    account: Account, other_account: Account, person: User, sign_in: SignIn
) -> None:
    client = sign_in(person)
    client.get(NEW_LIST)
    with account_context(account):
        Membership.objects.filter(user=person).delete()
    forget_the_account()

    response = client.post(NEW_LIST, EMPTY | {FORM_ACCOUNT: account.pk})

    assert response.status_code == 409
    assert (names(account), names(other_account)) == ([], [])


def test_an_unknown_time_zone_does_not_break_the_pages(account: Account, person: User, sign_in: SignIn) -> None:
    User.objects.filter(pk=person.pk).update(time_zone="Foo/Bar")

    assert sign_in(person).get(reverse("contacts:list_index")).status_code == 200


def test_a_poll_after_the_session_ended_reloads_the_page(client: Client) -> None:
    response = client.get(reverse("contacts:import_index"), headers={"HX-Request": "true"})

    assert (response.status_code, response.headers["HX-Refresh"]) == (200, "true")


def test_a_live_search_in_a_tab_of_another_account_reloads_its_page(
    account: Account, other_account: Account, person: User, sign_in: SignIn
) -> None:
    client = sign_in(person)
    client.get(reverse("contacts:list_index"))
    forget_the_account()
    search = {"HX-Request": "true", "X-Shown-Account": str(other_account.pk)}

    response = client.get(reverse("contacts:list_index"), headers=search)

    assert (response.content, response.headers["HX-Refresh"]) == (b"", "true")
