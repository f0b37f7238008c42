import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from smsplatform.accounts import links
from smsplatform.accounts.models import Account, Invitation, User
from smsplatform.accounts.operations import invitations as operations
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import (
    MakeInvitation,
    events,
    flashes,
    forget_the_account,
    membership_of,
    pending,
    rights,
)
from tests.conftest import SignIn

Capture = Callable[..., AbstractContextManager[list[Any]]]
INVITE = reverse("accounts:member_invite")
MEMBERS = reverse("accounts:members")
NEW = {"email": "new@example.com", "role": "MARKETER", "import_allowed": "on"}
PERSON = {"name": "Léa Petit", "password": "boulange-2026"}


def join_url(invitation: Invitation) -> str:
    return reverse("accounts:invitation_accept", args=[links.token(invitation)])


@pytest.fixture
def fresh(make_invitation: MakeInvitation) -> Invitation:
    """An invitation sent just now: the page reads the real clock."""
    return make_invitation(sent_at=timezone.now())


def test_invite_sends_a_link_that_lets_a_new_person_in(
    account: Account,
    client_of_admin: Client,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Capture,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = client_of_admin.post(INVITE, NEW)

    message = mailoutbox[0]
    found = re.search(r"http://testserver(/accounts/join/\S+)", str(message.body))
    assert (response.status_code, response.headers["Location"]) == (302, MEMBERS)
    assert flashes(response) == ["Une invitation est envoyée à new@example.com."]
    assert (message.to, message.subject) == (
        ["new@example.com"],
        "Invitation à rejoindre Boulangerie Martin sur smsplatform",
    )
    assert found
    assert Client().get(found.group(1)).status_code == 200


def test_invite_from_an_account_with_a_line_break_in_its_name_sends_one_line(
    account: Account,
    client_of_admin: Client,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Capture,
) -> None:
    Account.objects.update(name="Boulangerie\nMartin")

    with django_capture_on_commit_callbacks(execute=True):
        client_of_admin.post(INVITE, NEW)

    assert [message.subject for message in mailoutbox] == ["Invitation à rejoindre Boulangerie Martin sur smsplatform"]


def test_invite_offers_no_export_unless_ticked_and_says_what_it_means(client_of_admin: Client) -> None:
    response = client_of_admin.get(INVITE)

    form = response.context["form"]
    assert (form["import_allowed"].value(), form["export_allowed"].value()) == (True, None)
    assert "Quel que soit le rôle, même en lecture seule" in response.content.decode()


def test_a_reader_invited_without_a_tick_may_not_export(
    account: Account, client_of_admin: Client, sign_in: SignIn, stranger: User
) -> None:
    client_of_admin.post(INVITE, {"email": stranger.email, "role": "READ_ONLY", "import_allowed": "on"})
    with account_context(account):
        invitation = Invitation.objects.get()

    sign_in(stranger).post(join_url(invitation))

    membership = membership_of(account, stranger)
    assert (membership.can_import, membership.can_export) == (False, False)


def test_invite_says_when_the_mail_server_does_not_answer(
    account: Account,
    client_of_admin: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise SMTPServerDisconnected

    monkeypatch.setattr("smsplatform.accounts.views.invitations.send_mail", fail)

    with django_capture_on_commit_callbacks(execute=True):
        response = client_of_admin.post(INVITE, NEW)

    assert flashes(response) == [
        "L'invitation de new@example.com est enregistrée, mais l'e-mail n'a pas pu partir. Renvoyez-la plus tard."
    ]
    assert pending(account) == ["new@example.com"]


def test_invite_keeps_what_was_typed_when_refused(account: Account, client_of_admin: Client, marketer: User) -> None:
    response = client_of_admin.post(INVITE, {"email": "marketer@example.com", "role": "READ_ONLY"})

    form = response.context["form"]
    assert response.status_code == 422
    assert form.errors == {"email": ["marketer@example.com est déjà un utilisateur de ce compte."]}
    assert (form["email"].value(), form["role"].value()) == ("marketer@example.com", "READ_ONLY")
    assert pending(account) == []


def test_invite_refuses_what_is_not_an_address(account: Account, client_of_admin: Client) -> None:
    response = client_of_admin.post(INVITE, {**NEW, "email": "not an address"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["email"]
    assert pending(account) == []


def test_invite_is_for_those_who_manage(account: Account, client_of_marketer: Client) -> None:
    assert client_of_marketer.post(INVITE, NEW).status_code == 403
    assert pending(account) == []


@pytest.mark.parametrize("view", ["invitation_resend", "invitation_revoke"])
def test_a_marketer_does_nothing_with_an_invitation(
    account: Account, client_of_marketer: Client, fresh: Invitation, view: str
) -> None:
    response = client_of_marketer.post(reverse(f"accounts:{view}", args=[fresh.pk]))

    assert response.status_code == 403
    assert (pending(account), events(account)) == (["new@example.com"], [])


@pytest.mark.parametrize("view", ["invitation_resend", "invitation_revoke"])
def test_the_opened_address_of_an_action_on_an_invitation_leads_to_the_members(
    account: Account, client_of_admin: Client, fresh: Invitation, view: str
) -> None:
    response = client_of_admin.get(reverse(f"accounts:{view}", args=[fresh.pk]))

    assert response.headers["Location"] == reverse("accounts:members")
    assert (pending(account), events(account)) == (["new@example.com"], [])


def test_resend_sends_another_message(
    account: Account,
    client_of_admin: Client,
    fresh: Invitation,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Capture,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = client_of_admin.post(reverse("accounts:invitation_resend", args=[fresh.pk]))

    assert response.headers["Location"] == MEMBERS
    assert [message.to for message in mailoutbox] == [["new@example.com"]]
    assert Client().get(join_url(fresh)).status_code == 410


def test_revoke_ends_the_invitation(account: Account, client_of_admin: Client, fresh: Invitation) -> None:
    response = client_of_admin.post(reverse("accounts:invitation_revoke", args=[fresh.pk]))

    assert flashes(response) == ["L'invitation de new@example.com est révoquée\xa0: son lien ne fonctionne plus."]
    assert pending(account) == []


def test_a_new_person_joins_with_a_name_and_a_password(account: Account, client: Client, fresh: Invitation) -> None:
    response = client.post(join_url(fresh), PERSON)

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert rights(account) == {"new@example.com": ("MARKETER", True, False)}
    assert client.get(reverse("contacts:list_index")).status_code == 200
    assert Client().get(join_url(fresh)).status_code == 410


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"name": "Léa", "password": "12345678"}, "password"),
        ({"name": "Léa", "password": "new@example"}, "password"),
        ({"name": "", "password": "boulange-2026"}, "name"),
        ({"name": "Léa\nBcc", "password": "boulange-2026"}, "name"),
    ],
)
def test_a_weak_password_or_no_name_keeps_the_rest(
    account: Account, client: Client, fresh: Invitation, typed: dict[str, str], field: str
) -> None:
    response = client.post(join_url(fresh), typed)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert response.context["form"]["name"].value() == typed["name"]
    assert (rights(account), pending(account)) == ({}, ["new@example.com"])


def test_a_known_person_signs_in_first_then_joins_by_one_click(
    account: Account, client: Client, stranger: User, make_invitation: MakeInvitation, sign_in: SignIn
) -> None:
    url = join_url(make_invitation("stranger@example.com", sent_at=timezone.now()))

    asked = client.post(url)
    joined = sign_in(stranger).post(url)

    assert asked.headers["Location"] == f"/auth/login/?next={url.replace(':', '%3A')}"
    assert joined.headers["Location"] == "/"
    assert rights(account) == {"stranger@example.com": ("MARKETER", True, False)}


def test_joining_opens_the_new_account(
    account: Account, stranger: User, make_invitation: MakeInvitation, sign_in: SignIn
) -> None:
    client = sign_in(stranger)

    client.post(join_url(make_invitation("stranger@example.com", sent_at=timezone.now())))
    forget_the_account()
    page = client.get(reverse("accounts:preferences"))

    assert page.context["account"] == account


def test_somebody_else_signed_in_takes_nothing(
    account: Account, other_account: Account, stranger: User, fresh: Invitation, sign_in: SignIn
) -> None:
    client = sign_in(stranger)

    page = client.get(join_url(fresh)).content.decode()
    response = client.post(join_url(fresh), PERSON)

    assert "vous êtes connecté en tant que stranger@example.com" in page
    assert response.status_code == 200
    assert (rights(account), pending(account)) == ({}, ["new@example.com"])
    assert not User.objects.filter(email="new@example.com").exists()


def test_a_new_person_who_came_another_way_meanwhile_is_asked_to_sign_in(
    account: Account, client: Client, fresh: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise operations.AlreadyKnown("new@example.com")

    monkeypatch.setattr(operations, "accept_as_new", refuse)

    url = join_url(fresh)
    response = client.post(url, PERSON)

    assert (response.status_code, response.headers["Location"]) == (302, url)
    assert pending(account) == ["new@example.com"]


def test_an_old_or_forged_link_is_explained(client: Client, make_invitation: MakeInvitation) -> None:
    old = client.get(join_url(make_invitation(sent_at=datetime(2026, 1, 1, tzinfo=UTC))))
    forged = client.get(reverse("accounts:invitation_accept", args=["forged"]))

    assert (old.status_code, forged.status_code) == (410, 410)
    assert "Cette invitation n'est plus valable" in old.content.decode()


def test_the_join_page_refuses_other_methods(client: Client, fresh: Invitation) -> None:
    assert client.put(join_url(fresh)).status_code == 405
