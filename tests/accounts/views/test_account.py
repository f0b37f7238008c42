import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from smsplatform.accounts import queries
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import events, flashes, forget_the_account
from tests.conftest import SignIn

SETTINGS = reverse("accounts:settings")
AUDIT = reverse("accounts:audit")
CUSTOMERS = reverse("accounts:customers")


def manage(account: Account, manager: User) -> None:
    with account_context(account):
        Membership.objects.create(account=account, user=manager, role=Role.ACCOUNT_MANAGER)


def test_settings_rename_the_account_and_set_its_country(account: Account, client_of_admin: Client) -> None:
    response = client_of_admin.post(SETTINGS, {"name": "Boulangerie Petit", "region": "RE"})

    account.refresh_from_db()
    assert flashes(response) == ["Les réglages du compte sont enregistrés."]
    assert (account.name, account.region) == ("Boulangerie Petit", "RE")
    assert events(account) == [("ACCOUNT_CHANGED", "Boulangerie Petit", "admin@example.com")]


@pytest.mark.parametrize(
    "typed", [{"name": "", "region": "FR"}, {"name": "A\nB", "region": "FR"}, {"name": "Petit", "region": "XX"}]
)
def test_settings_refuse_a_wrong_value_and_keep_the_rest(
    account: Account, client_of_admin: Client, typed: dict[str, str]
) -> None:
    response = client_of_admin.post(SETTINGS, typed)

    form = response.context["form"]
    account.refresh_from_db()
    assert response.status_code == 422
    assert {name: form[name].value() for name in typed} == typed
    assert (account.name, account.region, events(account)) == ("Boulangerie Martin", "FR", [])


def test_settings_keep_a_country_outside_the_offered_ones(account: Account, client_of_admin: Client) -> None:
    account.region = "JP"
    account.save()

    response = client_of_admin.post(SETTINGS, {"name": "Tokyo", "region": "JP"})

    account.refresh_from_db()
    assert (response.status_code, account.region) == (302, "JP")


@pytest.mark.parametrize("url", [SETTINGS, AUDIT])
def test_pages_of_the_account_are_for_those_who_manage(client_of_marketer: Client, url: str) -> None:
    assert client_of_marketer.get(url).status_code == 403


@pytest.mark.parametrize("url", [AUDIT, CUSTOMERS])
def test_pages_that_only_show_refuse_post(client_of_admin: Client, url: str) -> None:
    assert client_of_admin.post(url).status_code == 405


def test_customers_lists_the_accounts_a_manager_manages(
    account: Account, other_account: Account, manager: User, marketer: User, reader: User, sign_in: SignIn
) -> None:
    with account_context(other_account):
        Membership.objects.create(account=other_account, user=manager, role=Role.MARKETER)

    response = sign_in(manager).get(CUSTOMERS)

    assert [(row.account, row.members) for row in response.context["rows"]] == [(account, 2)]
    assert "Ouvert en ce moment" in response.content.decode()


@pytest.mark.parametrize("search, found", [("MARTIN", 1), ("laval", 0), ("", 1)])
def test_customers_are_found_by_name(account: Account, manager: User, sign_in: SignIn, search: str, found: int) -> None:
    response = sign_in(manager).get(CUSTOMERS, {"q": search})

    assert len(response.context["rows"]) == found


@pytest.mark.parametrize("count", [1, 3])
def test_customers_takes_a_fixed_number_of_queries(
    account: Account, manager: User, sign_in: SignIn, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count - 1):
        manage(Account.objects.create(name=f"Client {number}"), manager)
    client = sign_in(manager)
    client.get(CUSTOMERS)  # what a process learns once is known from now on
    forget_the_account()

    with django_assert_num_queries(13):  # type: ignore[operator]
        response = client.get(CUSTOMERS)

    assert len(response.context["rows"]) == count


def test_counting_members_leaves_the_account_open_and_finds_only_its_own(
    account: Account, other_account: Account, manager: User, marketer: User, stranger: User, reader: User
) -> None:
    manage(other_account, manager)

    with account_context(account):
        rows = queries.with_member_counts([other_account, account])
        after = set(Membership.objects.values_list("account_id", flat=True))

    assert [(row.account, row.members) for row in rows] == [(other_account, 1), (account, 2)]
    assert after == {account.pk}


def test_counting_members_without_an_open_account_opens_none(account: Account, marketer: User) -> None:
    rows = queries.with_member_counts([account])

    assert [row.members for row in rows] == [1]
    with pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.count()


def test_customers_is_for_account_managers(account: Account, client_of_admin: Client) -> None:
    assert client_of_admin.get(CUSTOMERS).status_code == 403


def test_a_manager_has_the_menu_of_a_manager(
    account: Account, manager: User, client_of_marketer: Client, sign_in: SignIn
) -> None:
    menus = [
        client.get(reverse("accounts:preferences")).content.decode()
        for client in (sign_in(manager), client_of_marketer)
    ]

    assert [CUSTOMERS in menu for menu in menus] == [True, False]
    assert [AUDIT in menu for menu in menus] == [True, False]


def test_a_manager_keeps_that_menu_in_an_account_of_another_manager(
    account: Account, other_account: Account, manager: User, sign_in: SignIn
) -> None:
    with account_context(other_account):
        Membership.objects.create(account=other_account, user=manager, role=Role.MARKETER)
    client = sign_in(manager)
    client.post(reverse("accounts:switch"), {"account": other_account.pk})
    forget_the_account()

    page = client.get(reverse("accounts:preferences"))

    assert page.context["account"] == other_account
    assert page.content.decode().count(f'href="{CUSTOMERS}"') == 2  # the switcher's and the menu's


def test_a_reader_has_no_link_to_what_is_refused(reader: User, sign_in: SignIn) -> None:
    menu = sign_in(reader).get(reverse("accounts:preferences")).content.decode()

    assert reverse("contacts:list_index") in menu
    assert [url in menu for url in (reverse("contacts:list_create"), SETTINGS, AUDIT, CUSTOMERS)] == [False] * 4
