"""The platform's staff try out and switch the directory option of any account, and cannot set the mode by hand."""

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ListEntry
from directory.models import Contact, ModeSwitch
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import forget_the_account
from tests.conftest import SignIn
from tests.contacts.factories import FICTION, make_list
from tests.owner import allow, platform_admin, with_powers


@pytest.fixture
def staff(db: None) -> User:
    return platform_admin()


@pytest.fixture
def platform(staff: User, sign_in: SignIn) -> Client:
    return sign_in(staff)


def option_url(account: Account) -> str:
    return reverse("admin:accounts_account_option", args=[account.pk])


def mode(account: Account) -> str:
    account.refresh_from_db()
    return account.mode


def test_staff_try_switch_on_and_off(account: Account, staff: User, platform: Client) -> None:
    with account_context(account):
        made = make_list(account, columns=[{"key": "c1", "name": "Ville"}])
        ListEntry.objects.create(account=account, contact_list=made, phone=FICTION, values={"c1": "Laval"})
    forget_the_account()
    url = option_url(account)

    platform.post(url, {"action": "try"})
    tried = platform.get(url)
    platform.post(url, {"action": "try", "trial": tried.context["last"].pk, "column0": "NEW:TEXT"})
    again = platform.get(url)
    assert mode(account) == "LISTS"
    platform.post(url, {"action": "on", "seen": again.context["last"].result["digest"]})
    assert mode(account) == "DIRECTORY"
    after = platform.get(url)
    platform.post(url, {"action": "off"})

    assert mode(account) == "LISTS"
    assert [page.context["last"].result["choices"] for page in (tried, again)] == [
        {"ville": "a8"},
        {"ville": "NEW:TEXT"},
    ]
    assert (after.context["is_on"], "Platform" in after.content.decode()) == (True, True)
    with account_context(account):
        assert Contact.objects.get().attributes == {"a12": "Laval"}
        events = AuditEvent.objects.filter(action__startswith="DIRECTORY").order_by("pk").values_list("action", "actor")
        assert list(events) == [("DIRECTORY_ON", staff.pk), ("DIRECTORY_OFF", staff.pk)]


def test_what_was_not_seen_is_not_switched_on(account: Account, platform: Client) -> None:
    platform.post(option_url(account), {"action": "try"})
    platform.post(option_url(account), {"action": "on", "seen": "forged"})

    assert mode(account) == "LISTS"


def test_the_mode_is_no_field_of_the_form(account: Account, platform: Client) -> None:
    url = reverse("admin:accounts_account_change", args=[account.pk])

    page = platform.get(url).content.decode()
    forget_the_account()
    inline = {"-1-TOTAL_FORMS": "0", "-1-INITIAL_FORMS": "0"}
    response = platform.post(url, {"name": "Petit", "mode": "DIRECTORY", "region": "FR", "is_active": "on"} | inline)

    assert ('name="mode"' in page, option_url(account) in page) == (False, True)
    assert (response.status_code, mode(account), account.name) == (302, "LISTS", "Petit")


@pytest.mark.parametrize("action", ["try", "on", "off"])
def test_only_staff_who_may_change_accounts_come_in(
    account: Account, marketer: User, sign_in: SignIn, action: str
) -> None:
    onlooker = with_powers(User.objects.create_user("staff@example.com"))
    allow(onlooker, "view_account")

    answers = [sign_in(user).post(option_url(account), {"action": action}).status_code for user in (marketer, onlooker)]

    assert answers == [302, 403]
    with account_context(account):
        assert (mode(account), ModeSwitch.objects.count()) == ("LISTS", 0)


def test_an_account_that_does_not_exist_has_no_option(platform: Client) -> None:
    assert platform.get(reverse("admin:accounts_account_option", args=[2**70])).status_code == 404
