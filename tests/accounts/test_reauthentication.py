"""A session that was left open takes nobody's contacts out and changes nobody's rights: the person confirms first, and loses
nothing of what they asked for."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import membership_of, rights
from tests.conftest import MakeMember, SignIn
from tests.contacts.factories import make_list
from tests.owner import platform_admin
from tests.test_every_door import DOORS, all_addresses

PASSWORD = "quatre mots sans rapport"
A_WHILE = timedelta(hours=2)
CONFIRM = reverse("account_reauthenticate")
GO_ON = reverse("accounts:go_on")

# Addresses with a word of exports in their names that send no file and lead to none.
TAKE_NOTHING_OUT = {"contacts:export_index", "contacts:export_show"}
EXPORTS = {name for name in DOORS if re.search("export|reject", name)} - TAKE_NOTHING_OUT
RIGHTS = {"accounts:member_edit", "accounts:member_remove", "accounts:member_invite"}


@pytest.fixture
def admin(account: Account, make_member: MakeMember) -> User:
    admin = make_member(account, "admin@example.com", Role.ADMIN)
    admin.set_password(PASSWORD)
    admin.save()
    return admin


@pytest.fixture
def tired(admin: User, sign_in: SignIn) -> Client:
    """The administrator, who signed in two hours ago."""
    return sign_in(admin, ago=A_WHILE)


@pytest.fixture
def members(account: Account, make_member: MakeMember) -> Membership:
    return membership_of(account, make_member(account, "lea@example.com"))


@pytest.fixture
def customers(account: Account) -> ContactList:
    with account_context(account):
        return make_list(account, name="Clients")


def asked(to: str) -> str:
    return f"{CONFIRM}?{urlencode({'next': to})}"


def fields_of(page: str) -> dict[str, str]:
    """Return what the kept form of a page sends."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def test_the_addresses_that_take_people_out_are_known() -> None:
    assert {name.split(":")[0] for name in EXPORTS} == {"accounts", "contacts", "directory"}
    assert len(EXPORTS) >= 8
    assert set(DOORS) >= TAKE_NOTHING_OUT


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(EXPORTS | RIGHTS))
def test_exports_and_changes_of_rights_ask_who_signed_in_long_ago(
    name: str, method: str, account: Account, tired: Client, sign_in: SignIn, admin: User
) -> None:
    Account.objects.filter(pk=account.pk).update(mode=Account.Mode.DIRECTORY)
    with account_context(account):
        url = all_addresses(account)[name]
    fresh = getattr(sign_in(admin), method)(url)

    response = getattr(tired, method)(url)

    led_to, fresh_led_to = response.headers.get("Location"), fresh.headers.get("Location", "")
    # Where the address takes forms alone, it leads to their page, or knows no such method.
    is_closed = (response.status_code, led_to) == (fresh.status_code, fresh.headers.get("Location"))
    assert led_to in {asked(url), asked(GO_ON)} or (is_closed and fresh.status_code in {302, 405})
    assert not fresh_led_to.startswith(CONFIRM)


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_a_second_step_is_set_up_after_confirming(tired: Client, name: str) -> None:
    url = reverse(name)

    confirmed = tired.post(tired.get(url).headers["Location"], {"password": PASSWORD})

    assert confirmed.headers["Location"] == url
    assert tired.get(url).status_code == 200


def test_a_wrong_password_leads_nowhere(tired: Client, customers: ContactList) -> None:
    url = reverse("contacts:list_export_new", args=[customers.pk])

    response = tired.post(tired.get(url).headers["Location"], {"password": "wrong"})

    assert response.status_code == 200
    assert tired.get(url).headers["Location"] == asked(url)


def test_a_page_opens_where_it_was_asked_for_and_is_not_asked_again(tired: Client, customers: ContactList) -> None:
    url = reverse("contacts:list_export_new", args=[customers.pk])

    confirmed = tired.post(tired.get(url).headers["Location"], {"password": PASSWORD})

    assert confirmed.headers["Location"] == url
    assert tired.get(url).status_code == 200
    assert tired.get(url).status_code == 200


def test_a_form_that_was_sent_goes_ahead_by_one_press_with_its_choices(
    account: Account, tired: Client, members: Membership
) -> None:
    url = reverse("accounts:member_edit", args=[members.pk])
    choices = {"role": "READ_ONLY", "export_allowed": "on"}
    sent = tired.post(url, choices, headers={"referer": f"http://testserver{url}"})

    before = rights(account)["lea@example.com"]
    confirmed = tired.post(sent.headers["Location"], {"password": PASSWORD})
    page = tired.get(confirmed.headers["Location"]).content.decode()
    kept = fields_of(page)
    done = tired.post(url, kept)

    assert sent.headers["Location"] == asked(GO_ON)
    assert before == ("MARKETER", True, True)
    assert f'action="{url}"' in page
    assert f'href="http://testserver{url}"' in page
    assert {name: kept[name] for name in choices} == choices
    assert done.headers["Location"] == reverse("accounts:members")
    assert rights(account)["lea@example.com"] == ("READ_ONLY", False, True)


def test_what_went_ahead_is_forgotten(tired: Client, members: Membership) -> None:
    url = reverse("accounts:member_edit", args=[members.pk])
    tired.post(tired.post(url, {"role": "READ_ONLY"}).headers["Location"], {"password": PASSWORD})
    tired.post(url, {"role": "READ_ONLY"})

    assert tired.get(GO_ON).headers["Location"] == "/"


def test_a_file_is_downloaded_by_one_press(tired: Client, customers: ContactList) -> None:
    url = reverse("contacts:list_export", args=[customers.pk])

    confirmed = tired.post(tired.get(url).headers["Location"], {"password": PASSWORD})
    page = tired.get(confirmed.headers["Location"]).content.decode()
    twice = [tired.get(url).headers["Content-Disposition"] for _press in range(2)]

    assert confirmed.headers["Location"] == GO_ON
    assert f'href="{url}"' in page
    assert [header.startswith("attachment") for header in twice] == [True, True]


def test_a_form_too_large_to_keep_is_said_to_be(tired: Client) -> None:
    url = reverse("contacts:export_several")

    confirmed = tired.post(tired.post(url, {"lists": "1" * 1_000_001}).headers["Location"], {"password": PASSWORD})
    page = tired.get(confirmed.headers["Location"]).content.decode()

    assert "n’a pas été conservé" in page
    assert "1111" not in page


def test_nothing_kept_leads_home(tired: Client) -> None:
    assert tired.get(GO_ON).headers["Location"] == "/"


def test_a_person_without_password_and_second_step_signs_in_anew(
    account: Account, make_member: MakeMember, sign_in: SignIn
) -> None:
    client = sign_in(make_member(account, "code@example.com", Role.ADMIN), ago=A_WHILE)

    response = client.get(reverse("accounts:member_invite"))

    expected = f"{reverse('account_login')}?{urlencode({'next': reverse('accounts:member_invite')}, safe='/')}"
    assert response.headers["Location"] == expected
    assert "_auth_user_id" not in client.session


def test_the_administration_asks_too_but_lets_go(db: None, sign_in: SignIn) -> None:
    staff = platform_admin(password=PASSWORD)
    client = sign_in(staff, ago=A_WHILE)
    index = reverse("admin:index")

    shown, left = client.get(index), client.post(reverse("admin:logout"))

    assert shown.headers["Location"] == asked(index)
    assert left.status_code == 200
    assert sign_in(staff).get(index).status_code == 200


@pytest.mark.parametrize("name", ["new_password1", "password", "code"])
def test_what_is_secret_is_neither_kept_nor_shown(name: str, tired: Client) -> None:
    url = reverse("contacts:export_several")

    confirmed = tired.post(tired.post(url, {name: "un secret de test"}).headers["Location"], {"password": PASSWORD})
    page = tired.get(confirmed.headers["Location"]).content.decode()

    assert "n’a pas été conservé" in page
    assert "un secret de test" not in page + str(dict(tired.session))
