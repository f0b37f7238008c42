"""What travels and what stays: nothing about people in a browser's cache, cookies for this host alone, HTTPS where it is set."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from smsplatform import sign_in as sign_in_settings
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import SignIn
from tests.owner import platform_admin
from tests.test_every_door import all_addresses

LOGIN = reverse("account_login")


def plain_names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Yield the name of every address without arguments: ours, allauth's and the administration's."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from plain_names(entry, entry.namespace or namespace)
        elif isinstance(entry, URLPattern) and entry.name and not entry.pattern.converters:
            yield f"{namespace}:{entry.name}" if namespace else entry.name


def plain_addresses() -> dict[str, str]:
    found = {}
    for name in plain_names(get_resolver()):
        try:
            found[name] = reverse(name)
        except NoReverseMatch:  # a pattern with arguments that are no converters
            continue
    return found


def kept_by_browsers(client: Client, addresses: dict[str, str]) -> list[str]:
    """Return the addresses whose answer a browser may keep, an error's answer included: the things shown are half made."""
    client.raise_request_exception = False
    return [
        name
        for name, url in addresses.items()
        for answer in (client.get(url), client.post(url))
        if "no-store" not in answer.headers.get("Cache-Control", "")
    ]


@pytest.fixture
def _over_https(settings: pytest.FixtureRequest) -> None:
    for name, value in sign_in_settings.OVER_HTTPS.items():
        setattr(settings, name, value)


def test_no_answer_about_people_may_be_kept(account: Account, client_of_admin: Client) -> None:
    with account_context(account):
        addresses = all_addresses(account)
    del addresses["accounts:sessions_end"]  # nobody would be signed in afterwards

    assert kept_by_browsers(client_of_admin, addresses) == []


def test_no_answer_to_a_platform_admin_or_a_visitor_may_be_kept(db: None, sign_in: SignIn) -> None:
    addresses = plain_addresses() | {"missing": "/nothing/"}
    for name in ("account_logout", "accounts:sessions_end"):
        del addresses[name]
    platform = sign_in(platform_admin())

    assert len(addresses) > 60
    assert kept_by_browsers(platform, addresses) == []
    assert kept_by_browsers(Client(), addresses) == []


@pytest.mark.usefixtures("_over_https")
def test_cookies_belong_to_this_host_and_need_https(marketer: User) -> None:
    marketer.set_password("quatre mots sans rapport")
    marketer.save()
    client = Client()

    client.get(LOGIN, secure=True)
    client.post(LOGIN, {"login": marketer.email, "password": "quatre mots sans rapport"}, secure=True)
    client.post(reverse("accounts:language"), {"language": "en"}, secure=True)

    facts = {name: (cookie["secure"], cookie["path"], cookie["domain"]) for name, cookie in client.cookies.items()}
    assert facts == {f"__Host-{name}": (True, "/", "") for name in ("session", "csrf", "language")}
    assert client.cookies["__Host-session"]["httponly"] is True


@pytest.mark.usefixtures("_over_https")
def test_plain_http_is_led_to_https_and_health_still_answers(db: None) -> None:
    client = Client()

    plain = client.get(LOGIN)
    behind_a_proxy = client.get(LOGIN, headers={"X-Forwarded-Proto": "https"})
    health = client.get("/health/")

    assert (plain.status_code, plain.headers["Location"]) == (301, f"https://testserver{LOGIN}")
    assert behind_a_proxy.status_code == 200
    assert behind_a_proxy.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert health.status_code == 200


def test_plain_http_has_cookies_without_the_prefix_and_no_redirect(client: Client, db: None) -> None:
    assert client.get(LOGIN).status_code == 200
    assert (configured.SESSION_COOKIE_NAME, configured.SESSION_COOKIE_SECURE) == ("sessionid", False)


def test_the_environment_says_which_of_the_two_it_is() -> None:
    shown = "from smsplatform import settings; print(settings.SESSION_COOKIE_NAME, settings.SECURE_SSL_REDIRECT)"

    over_https = subprocess.run(
        [sys.executable, "-c", shown],
        env=os.environ | {"INSECURE_HTTP": "0"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert over_https.stdout.split() == ["__Host-session", "True"]
