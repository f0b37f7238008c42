"""The page of all the accounts of a person, and the switcher that leads to it."""

import pytest
from django.test import Client
from django.urls import reverse

from smsplatform.accounts.models import Account, Membership, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import forget_the_account
from tests.conftest import MakeMember, SignIn

CHOOSE = reverse("accounts:choose")


@pytest.fixture
def person(account: Account, make_member: MakeMember) -> User:
    """A marketer of one account."""
    return make_member(account, "both@example.com")


def join(person: User, count: int) -> list[Account]:
    """Give the person a place in `count` more accounts, named Client 01, Client 02…"""
    accounts = [Account.objects.create(name=f"Client {number:02}") for number in range(1, count + 1)]
    for account in accounts:
        with account_context(account):
            Membership.objects.create(account=account, user=person)
    return accounts


def shown(client: Client, **query: str) -> list[str]:
    forget_the_account()
    return [account.name for account in client.get(CHOOSE, query).context["page"]]


def test_every_own_account_can_be_opened_and_no_other(
    account: Account, other_account: Account, person: User, sign_in: SignIn
) -> None:
    accounts = join(person, 10)
    client = sign_in(person)

    page = client.get(CHOOSE).content.decode()
    forget_the_account()
    client.post(reverse("accounts:switch"), {"account": accounts[-1].pk})
    forget_the_account()
    after = client.get(CHOOSE)

    listed = page[page.index("<main") :]
    assert [f'value="{own.pk}"' in listed for own in (*accounts, account)] == [True] * 10 + [False]
    assert "Ouvert en ce moment" in listed
    assert other_account.name not in page
    assert after.context["account"] == accounts[-1]


@pytest.mark.parametrize("count, is_linked", [(8, False), (9, True)])
def test_the_switcher_links_to_all_accounts_where_it_does_not_show_them(
    person: User, sign_in: SignIn, count: int, is_linked: bool
) -> None:
    join(person, count - 1)

    page = sign_in(person).get(reverse("accounts:preferences")).content.decode()

    assert (f'href="{CHOOSE}"' in page) is is_linked


@pytest.mark.parametrize("count, is_searchable", [(10, False), (11, True)])
def test_more_than_ten_accounts_are_searched_by_name(
    person: User, sign_in: SignIn, count: int, is_searchable: bool
) -> None:
    join(person, count - 1)

    page = sign_in(person).get(CHOOSE).content.decode()

    assert ('type="search"' in page) is is_searchable


def test_search_finds_accounts_whatever_the_capitals_and_says_when_there_is_none(person: User, sign_in: SignIn) -> None:
    join(person, 11)
    client = sign_in(person)

    found, nothing = shown(client, q=" CLIENT 1"), client.get(CHOOSE, {"q": "zzz"}).content.decode()

    assert found == ["Client 10", "Client 11"]
    assert "Aucun compte trouvé" in nothing


def test_many_accounts_come_in_pages(person: User, sign_in: SignIn) -> None:
    join(person, 25)
    client = sign_in(person)

    assert (len(shown(client)), shown(client, page="2")) == (25, ["Client 25"])


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(
    person: User, sign_in: SignIn, count: int, django_assert_num_queries: object
) -> None:
    join(person, count - 1)
    client = sign_in(person)
    client.get(CHOOSE)  # what a process learns once is known from now on
    forget_the_account()

    with django_assert_num_queries(11):  # type: ignore[operator]
        client.get(CHOOSE)


def test_page_speaks_english(person: User, sign_in: SignIn) -> None:
    person.language = "en"
    person.save()

    assert "All my accounts" in sign_in(person).get(CHOOSE).content.decode()


def test_page_tells_somebody_without_an_account(db: None, sign_in: SignIn) -> None:
    assert sign_in(User.objects.create_user("alone@example.com")).get(CHOOSE).status_code == 403


def test_page_refuses_post(person: User, sign_in: SignIn) -> None:
    assert sign_in(person).post(CHOOSE).status_code == 405
