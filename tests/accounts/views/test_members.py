import pytest
from django.test import Client
from django.urls import reverse

from smsplatform.accounts.models import Account, Role, User
from tests.accounts.conftest import MakeInvitation, events, flashes, membership_of, rights
from tests.conftest import MakeMember, SignIn

MEMBERS = reverse("accounts:members")


def edit_url(account: Account, user: User) -> str:
    return reverse("accounts:member_edit", args=[membership_of(account, user).pk])


def remove_url(account: Account, user: User) -> str:
    return reverse("accounts:member_remove", args=[membership_of(account, user).pk])


def test_page_lists_our_people_their_rights_and_pending_invitations_in_french(
    account: Account,
    marketer: User,
    manager: User,
    stranger: User,
    client_of_admin: Client,
    make_invitation: MakeInvitation,
) -> None:
    make_invitation("late@example.com", role="READ_ONLY")

    page = client_of_admin.get(MEMBERS).content.decode()

    assert page.count("sp-stack-main") == 3
    assert [text in page for text in ("marketer@example.com", "Marketeur", "Responsable de comptes")] == [True] * 3
    assert [text in page for text in ("late@example.com", "Lecture seule", "Expirée")] == [True] * 3
    assert "stranger@example.com" not in page
    assert remove_url(account, marketer) in page
    assert remove_url(account, manager) not in page


@pytest.mark.parametrize("people", [1, 3])
def test_page_takes_a_fixed_number_of_queries(
    account: Account, client_of_admin: Client, make_member: MakeMember, people: int, django_assert_num_queries: object
) -> None:
    for number in range(people):
        make_member(account, f"person{number}@example.com")
    client_of_admin.get(MEMBERS)  # what a process learns once is known from now on

    with django_assert_num_queries(13):  # type: ignore[operator]
        client_of_admin.get(MEMBERS)


def test_page_speaks_english(client_of_admin: Client, admin: User) -> None:
    admin.language = "en"
    admin.save()

    page = client_of_admin.get(MEMBERS).content.decode()

    assert "Invite somebody" in page
    assert "Nobody is waiting for an answer." in page


@pytest.mark.parametrize("role", [Role.MARKETER, Role.READ_ONLY])
def test_page_is_for_those_who_manage(account: Account, make_member: MakeMember, sign_in: SignIn, role: Role) -> None:
    client = sign_in(make_member(account, "low@example.com", role))

    assert client.get(MEMBERS).status_code == 403


def test_page_asks_strangers_to_sign_in(client: Client, db: None) -> None:
    response = client.get(MEMBERS)

    assert (response.status_code, response.headers["Location"]) == (302, f"/auth/login/?next={MEMBERS}")


def test_page_refuses_post(client_of_admin: Client) -> None:
    assert client_of_admin.post(MEMBERS).status_code == 405


def test_edit_shows_the_present_rights(account: Account, client_of_admin: Client, reader: User) -> None:
    form = client_of_admin.get(edit_url(account, reader)).context["form"]

    assert {name: form[name].value() for name in form.fields} == {
        "role": "READ_ONLY",
        "import_allowed": False,
        "export_allowed": False,
    }


def test_edit_changes_the_rights(account: Account, client_of_admin: Client, marketer: User) -> None:
    url = edit_url(account, marketer)

    response = client_of_admin.post(url, {"role": "READ_ONLY", "export_allowed": "on"})

    assert (response.status_code, response.headers["Location"]) == (302, MEMBERS)
    assert flashes(response) == ["Les droits de Marketer sont modifiés."]
    assert rights(account)["marketer@example.com"] == ("READ_ONLY", False, True)


def test_edit_keeps_what_was_typed_when_refused(account: Account, client_of_admin: Client, admin: User) -> None:
    response = client_of_admin.post(edit_url(account, admin), {"role": "MARKETER", "export_allowed": "on"})

    form = response.context["form"]
    assert response.status_code == 422
    assert form.errors == {"role": ["Admin est le seul administrateur. Nommez-en d'abord un autre."]}
    assert [form[name].value() for name in ("role", "import_allowed", "export_allowed")] == ["MARKETER", False, True]
    assert rights(account) == {"admin@example.com": ("ADMIN", True, True)}


def test_edit_refuses_a_role_that_accounts_do_not_give(
    account: Account, client_of_admin: Client, marketer: User
) -> None:
    response = client_of_admin.post(edit_url(account, marketer), {"role": "ACCOUNT_MANAGER"})

    assert response.status_code == 422
    assert rights(account)["marketer@example.com"] == ("MARKETER", True, True)


def test_remove_ends_access(account: Account, client_of_admin: Client, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)

    response = client_of_admin.post(remove_url(account, marketer))

    assert (response.status_code, response.headers["Location"]) == (302, MEMBERS)
    assert flashes(response) == ["Marketer n'a plus accès au compte."]
    assert list(rights(account)) == ["admin@example.com"]
    assert client.get(reverse("contacts:list_index")).status_code == 403


def test_remove_refuses_the_last_administrator(account: Account, client_of_admin: Client, admin: User) -> None:
    response = client_of_admin.post(remove_url(account, admin))

    assert flashes(response) == ["Admin est le seul administrateur. Nommez-en d'abord un autre."]
    assert rights(account) == {"admin@example.com": ("ADMIN", True, True)}


def test_an_administrator_who_leaves_goes_to_the_home_page(
    account: Account, client_of_admin: Client, admin: User, make_member: MakeMember
) -> None:
    make_member(account, "second@example.com", Role.ADMIN)

    response = client_of_admin.post(remove_url(account, admin))

    assert response.headers["Location"] == "/"
    assert list(rights(account)) == ["second@example.com"]


@pytest.mark.parametrize("view", ["member_edit", "member_remove"])
def test_a_marketer_changes_nothing(account: Account, client_of_marketer: Client, admin: User, view: str) -> None:
    url = reverse(f"accounts:{view}", args=[membership_of(account, admin).pk])
    before = rights(account)

    response = client_of_marketer.post(url, {"role": "READ_ONLY"})

    assert response.status_code == 403
    assert (rights(account), events(account)) == (before, [])


@pytest.mark.parametrize("view", ["member_edit", "member_remove"])
def test_people_of_another_account_do_not_exist(
    other_account: Account, client_of_admin: Client, stranger: User, view: str
) -> None:
    url = reverse(f"accounts:{view}", args=[membership_of(other_account, stranger).pk])

    response = client_of_admin.post(url, {"role": "READ_ONLY"})

    assert response.status_code == 404
    assert rights(other_account) == {"stranger@example.com": ("MARKETER", True, True)}


def test_the_opened_address_of_a_removal_leads_to_the_members(
    account: Account, client_of_admin: Client, marketer: User
) -> None:
    assert client_of_admin.get(remove_url(account, marketer)).headers["Location"] == MEMBERS
    assert "marketer@example.com" in rights(account)
