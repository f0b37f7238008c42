"""Who reaches many people's numbers signs in with a second step; its secrets are sealed in the database."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import InvalidToken
from django.conf import settings as configured
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from smsplatform.accounts import second_step
from smsplatform.accounts.models import Account, Role, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.embedded.demo_logins import LOGINS
from tests.accounts.test_transport import plain_addresses
from tests.conftest import MakeMember
from tests.owner import platform_admin
from tests.test_every_door import OPEN_TO_VISITORS, all_addresses

PASSWORD = "quatre mots sans rapport"
LOGIN, SET_UP, ACTIVATE = reverse("account_login"), reverse("accounts:second_step"), reverse("mfa_activate_totp")
# What somebody without their second step may still open, and why.
OPEN = {
    "accounts:second_step": "says why and offers the ways",
    "accounts:language": "the page that says why speaks several languages",
    "accounts:theme": "and can be read in the dark",
    "account_logout": "whoever has no telephone at hand leaves",
    "account_reauthenticate": "setting up asks for the password again",
    "mfa_activate_totp": "sets one up",
    "mfa_add_webauthn": "sets one up",
}


@pytest.fixture
def manager(account: Account, make_member: MakeMember) -> User:
    manager = make_member(account, "manager@example.com", Role.ACCOUNT_MANAGER)
    manager.set_password(PASSWORD)
    manager.save()
    return manager


@pytest.fixture
def without(manager: User) -> Client:
    """The account manager, signed in by their password alone."""
    return signed_in(manager)


def signed_in(person: User) -> Client:
    client = Client()
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    return client


def code_of(secret: str, *, periods_later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods_later))


def set_up(client: Client) -> str:
    """Set a second step up, and return its secret."""
    client.get(ACTIVATE)
    secret = client.session["mfa.totp.secret"]
    client.post(ACTIVATE, {"code": code_of(secret)})
    return str(secret)


def led(client: Client, addresses: dict[str, str]) -> set[str]:
    """Return the names whose page and whose form both lead to the set-up page."""
    return {
        name
        for name, url in addresses.items()
        if {client.get(url).headers.get("Location"), client.post(url).headers.get("Location")} == {SET_UP}
    }


def test_every_page_of_a_manager_leads_to_the_set_up_first(account: Account, without: Client) -> None:
    with account_context(account):
        addresses = {name: url for name, url in all_addresses(account).items() if name not in OPEN}

    assert led(without, addresses) == set(addresses)
    assert set(OPEN_TO_VISITORS) - set(OPEN) <= set(addresses)


def test_every_page_of_a_platform_admin_leads_to_the_set_up_first(db: None) -> None:
    platform = signed_in(platform_admin(password=PASSWORD))
    addresses = {name: url for name, url in plain_addresses().items() if name not in OPEN and name != "admin:jsi18n"}

    assert led(platform, addresses) == set(addresses)


def test_the_page_says_why_and_offers_two_ways(without: Client) -> None:
    page = without.get("/", follow=True).content.decode()

    assert "Une étape de plus pour vous connecter" in page
    assert f'href="{ACTIVATE}"' in page
    assert f'href="{reverse("mfa_add_webauthn")}"' in page


def test_a_fragment_is_led_there_as_a_whole_page(without: Client) -> None:
    response = without.get(reverse("contacts:list_index"), headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"] == SET_UP


def test_once_it_is_set_up_the_pages_open_and_the_next_sign_in_asks_for_it(manager: User, without: Client) -> None:
    secret = set_up(without)
    opened = without.get(reverse("accounts:customers")).status_code
    again = Client()

    half_way = again.post(LOGIN, {"login": manager.email, "password": PASSWORD})
    before = again.get(reverse("accounts:customers")).headers["Location"]
    again.post(half_way.headers["Location"], {"code": code_of(secret)})

    assert opened == 200
    assert half_way.headers["Location"] == reverse("mfa_authenticate")
    assert before.startswith(LOGIN)
    assert again.get(reverse("accounts:customers")).status_code == 200
    assert without.get(SET_UP).headers["Location"] == "/"


def test_the_session_gets_a_new_key_when_somebody_signs_in(manager: User) -> None:
    client = Client()
    client.post(reverse("accounts:language"), {"language": "en"})
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies[configured.SESSION_COOKIE_NAME] = str(planted)

    client.post(LOGIN, {"login": manager.email, "password": PASSWORD})

    assert client.session.session_key != planted
    assert Client(headers={"cookie": f"sessionid={planted}"}).get("/accounts/customers/").status_code == 302


@pytest.mark.parametrize("rule, is_asked", [("nobody", False), ("managers", False), ("everybody", True)])
def test_the_rule_can_be_for_everybody_or_nobody(
    settings: Any, rule: str, is_asked: bool, account: Account, make_member: MakeMember
) -> None:
    settings.MFA_REQUIRED_FOR = rule
    marketer = make_member(account, "marketer@example.com")

    assert second_step.is_missing(marketer, []) is is_asked


def test_an_unknown_rule_stops_the_start(settings: Any) -> None:
    settings.MFA_REQUIRED_FOR = "managrs"

    assert "smsplatform.E004" in [error.id for error in run_checks()]


def test_the_demo_is_exempt_and_nobody_else() -> None:
    assert {email for email, _ in LOGINS} == configured.MFA_NOT_REQUIRED_OF
    assert second_step.is_required(User(email="admin@smsplatform.example", is_staff=True), []) is False
    assert second_step.is_required(User(email="admin@elsewhere.example", is_staff=True), []) is True


def test_secrets_are_sealed_in_the_database(without: Client, manager: User) -> None:
    secret = set_up(without)

    stored = {step.type: step.data for step in Authenticator.objects.filter(user=manager)}
    assert secret not in str(stored)
    assert second_step.SealedSecrets().decrypt(stored["totp"]["secret"]) == secret
    assert stored["recovery_codes"]["seed"].startswith("gAAAA")


def test_a_new_key_takes_over_and_the_old_one_can_go(settings: Any, manager: User) -> None:
    settings.MFA_KEYS = ["old"]
    data = {"secret": second_step.SealedSecrets().encrypt("TOTP")}
    step = Authenticator.objects.create(user=manager, type="totp", data=data)
    settings.MFA_KEYS = ["new", "old"]
    read_by_both = second_step.SealedSecrets().decrypt(step.data["secret"])

    call_command("reseal_second_steps")
    settings.MFA_KEYS = ["new"]

    step.refresh_from_db()
    assert (read_by_both, second_step.SealedSecrets().decrypt(step.data["secret"])) == ("TOTP", "TOTP")


def test_what_was_in_the_clear_is_sealed_and_what_was_sealed_stays_readable() -> None:
    adapter = second_step.SealedSecrets()
    data = {"seed": "seed", "used_mask": 5, "migrated_codes": ["1", "2"]}

    once = second_step.resealed(data)
    twice = second_step.resealed(once)

    assert (adapter.decrypt(twice["seed"]), twice["used_mask"]) == ("seed", 5)
    assert [adapter.decrypt(code) for code in twice["migrated_codes"]] == ["1", "2"]
    assert data["seed"] == "seed"


def test_a_secret_sealed_by_a_lost_key_is_not_sealed_again(settings: Any) -> None:
    settings.MFA_KEYS = ["lost"]
    data = {"secret": second_step.SealedSecrets().encrypt("TOTP")}
    settings.MFA_KEYS = ["new"]

    with pytest.raises(InvalidToken):
        second_step.resealed(data)
