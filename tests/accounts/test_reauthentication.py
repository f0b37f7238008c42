"""Sensitive pages ask for the password again: allauth raises to get there, and must find a working connection."""

import pytest
from django.test import Client
from django.urls import reverse

from smsplatform.accounts.models import User
from tests.conftest import SignIn

PASSWORD = "boulange-2026"


@pytest.fixture
def client_of_person(marketer: User, sign_in: SignIn) -> Client:
    marketer.set_password(PASSWORD)
    marketer.save()
    return sign_in(marketer)


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_a_sensitive_page_asks_for_the_password_then_opens(client_of_person: Client, name: str) -> None:
    url = reverse(name)

    asked = client_of_person.get(url)
    confirmed = client_of_person.post(asked.headers["Location"], {"password": PASSWORD})
    opened = client_of_person.get(url)

    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert confirmed.headers["Location"] == url
    assert opened.status_code == 200
