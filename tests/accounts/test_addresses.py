"""One person per address: nobody takes another's, whatever the capitals and whatever the page."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from smsplatform.accounts.models import User


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_send", "action_remove"])
def test_nobody_gives_themselves_another_address(client_of_marketer: Client, marketer: User, action: str) -> None:
    url = reverse("account_email")

    shown = client_of_marketer.get(url)
    posted = client_of_marketer.post(url, {"email": "victim@example.com", action: ""})

    assert url == "/auth/email/"
    assert [response.headers["Location"] for response in (shown, posted)] == [reverse("accounts:preferences")] * 2
    marketer.refresh_from_db()
    assert (marketer.email, EmailAddress.objects.count()) == ("marketer@example.com", 0)


@pytest.mark.parametrize("name, args", [("account_email_verification_sent", []), ("account_confirm_email", ["key"])])
def test_pages_that_confirm_an_address_are_closed(client: Client, db: None, name: str, args: list[str]) -> None:
    for response in (client.get(reverse(name, args=args)), client.post(reverse(name, args=args))):
        assert response.headers["Location"] == reverse("accounts:preferences")


@pytest.mark.parametrize("email", ["MARKETER@example.com", "marketer@Example.com", "marketer@example.com"])
def test_two_people_never_share_an_address(marketer: User, email: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=email)

    assert User.objects.get(email=email) == marketer


def test_the_database_itself_refuses_capitals(marketer: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update accounts_user set email = 'Marketer@example.com'")
