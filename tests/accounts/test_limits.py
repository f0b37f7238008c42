"""Nobody makes the platform send mail without end, and nobody locks another person out."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from smsplatform.accounts.models import Account, Invitation, User
from smsplatform.accounts.operations import invitations, mails
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import MakeInvitation, flashes
from tests.conftest import NOW

PASSWORD = "quatre mots sans rapport"
LOGIN, RESET, CODE = (
    reverse(name) for name in ("account_login", "account_reset_password", "account_request_login_code")
)


@pytest.fixture
def person(marketer: User) -> User:
    marketer.set_password(PASSWORD)
    marketer.save()
    return marketer


def resend(client: Client, invitation: Invitation) -> Any:
    return client.post(reverse("accounts:invitation_resend", args=[invitation.pk]))


def test_an_account_sends_so_many_invitations_an_hour(
    client_of_admin: Client,
    make_invitation: MakeInvitation,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Any,
) -> None:
    sent = [make_invitation(f"person{number}@example.com") for number in range(60)]

    with django_capture_on_commit_callbacks(execute=True):
        answers = [resend(client_of_admin, invitation) for invitation in sent]

    assert len(mailoutbox) == invitations.PER_ACCOUNT
    assert flashes(answers[-1])[-1].startswith("Trop de messages ont été envoyés en une heure.")


def test_a_refused_invitation_is_said_at_its_field_and_not_made(client_of_admin: Client, account: Account) -> None:
    with account_context(account):
        mails_used(account, invitations.PER_ACCOUNT)

    response = client_of_admin.post(reverse("accounts:member_invite"), {"email": "new@example.com", "role": "MARKETER"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["email"]
    with account_context(account):
        assert Invitation.objects.count() == 0


def mails_used(account: Account, times: int) -> None:
    for _time in range(times):
        mails.allow({f"account:{account.pk}": times}, now=timezone.now())


def test_the_words_say_when_to_try_again(db: None) -> None:
    mails.allow({"to": 1}, now=NOW)

    with pytest.raises(mails.TooManyMails) as refused:
        mails.allow({"to": 1}, now=NOW + timedelta(minutes=10))

    assert str(refused.value.message).endswith("réessayez à 11:31.")  # NOW is 10:30 in Paris


def test_after_an_hour_it_may_be_sent_again(db: None) -> None:
    mails.allow({"to": 1}, now=NOW)

    mails.allow({"to": 1}, now=NOW + timedelta(hours=1))


def test_a_mail_refused_for_one_reason_counts_for_none(db: None) -> None:
    mails.allow({"b": 1}, now=NOW)
    with pytest.raises(mails.TooManyMails):
        mails.allow({"a": 1, "b": 1}, now=NOW)

    mails.allow({"a": 1}, now=NOW)


@pytest.mark.parametrize("url", [RESET, CODE])
def test_known_and_unknown_addresses_get_the_same_answers_and_no_flood(
    person: User, url: str, mailoutbox: list[EmailMessage]
) -> None:
    answers = {
        email: [Client(REMOTE_ADDR=f"192.0.2.{number}").post(url, {"email": email}) for number in range(7)]
        for email in (person.email, "nobody@example.com")
    }

    known, unknown = ([(a.status_code, a.headers.get("Location")) for a in some] for some in answers.values())
    assert known == unknown
    assert len(mailoutbox) <= 5
    assert known[-1][0] == 200  # the form again, with the error
    assert "form" in answers[person.email][-1].context
    assert list(answers[person.email][-1].context["form"].errors) == ["email"]


def wrong(email: str, address: str) -> Any:
    return Client(REMOTE_ADDR=address).post(LOGIN, {"login": email, "password": "wrong"})


def right(person: User, address: str) -> bool:
    client = Client(REMOTE_ADDR=address)
    return bool(client.post(LOGIN, {"login": person.email, "password": PASSWORD}).status_code == 302)


def test_five_wrong_passwords_from_elsewhere_do_not_lock_the_owner_out(person: User) -> None:
    answers = [wrong(person.email, "192.0.2.66") for _time in range(6)]

    assert "Trop d'essais." in answers[-1].content.decode().replace("&#x27;", "'").replace("’", "'")
    assert not right(person, "192.0.2.66")
    assert right(person, "198.51.100.7")


def test_who_is_locked_out_gets_in_by_a_code_of_the_mail(person: User, mailoutbox: list[EmailMessage]) -> None:
    for _time in range(6):
        wrong(person.email, "192.0.2.66")
    client = Client(REMOTE_ADDR="192.0.2.66")

    asked = client.post(CODE, {"email": person.email})
    code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", str(mailoutbox[0].body), re.MULTILINE)
    assert code
    entered = client.post(asked.headers["Location"], {"code": code.group()})

    assert entered.headers["Location"] == "/"
    assert "_auth_user_id" in client.session


def test_a_link_for_a_new_password_is_good_once(person: User, mailoutbox: list[EmailMessage]) -> None:
    client = Client()
    client.post(RESET, {"email": person.email})
    link = next(line for line in str(mailoutbox[0].body).split() if "/key/" in line).removeprefix("http://testserver")
    form = client.get(link).headers["Location"]
    client.post(form, {"password1": "nouveau départ lundi", "password2": "nouveau départ lundi"})

    again = Client().get(link)

    assert "Location" not in again.headers
    assert again.context["token_fail"] is True
