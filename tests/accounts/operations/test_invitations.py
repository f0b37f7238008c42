from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction

from smsplatform.accounts import links, queries
from smsplatform.accounts.models import Account, Invitation, Membership, User
from smsplatform.accounts.operations import invitations, members
from tests.accounts.conftest import MakeInvitation, events, pending, rights
from tests.conftest import NOW

Capture = Callable[..., AbstractContextManager[list[Any]]]
RIGHTS = {"role": "READ_ONLY", "import_allowed": False, "export_allowed": True}


def refuse_to_send(invitation: Invitation) -> None:
    raise AssertionError("nothing may be sent")


def test_invite_saves_the_offer_and_sends_it_once_committed(
    in_account: Account, admin: User, django_capture_on_commit_callbacks: Capture
) -> None:
    sent: list[Invitation] = []

    with django_capture_on_commit_callbacks(execute=True):
        invitation = invitations.invite(
            in_account, email=" New@Example.com ", send=sent.append, by=admin, now=NOW, **RIGHTS
        )
        assert sent == []

    saved = Invitation.objects.values("email", "role", "import_allowed", "export_allowed", "sent_at").get()
    assert saved == {"email": "new@example.com", "sent_at": NOW, **RIGHTS}
    assert sent == [invitation]
    assert events(in_account) == [("MEMBER_INVITED", "new@example.com", "admin@example.com")]


def test_invite_sends_and_saves_nothing_when_the_transaction_fails(
    in_account: Account, admin: User, django_capture_on_commit_callbacks: Capture
) -> None:
    def invite_then_fail() -> None:
        with transaction.atomic():
            invitations.invite(in_account, email="new@example.com", send=refuse_to_send, by=admin, now=NOW, **RIGHTS)
            raise RuntimeError

    with django_capture_on_commit_callbacks(execute=True) as callbacks, pytest.raises(RuntimeError):
        invite_then_fail()

    assert (callbacks, pending(in_account), events(in_account)) == ([], [], [])


def test_invite_refuses_somebody_who_is_already_in(in_account: Account, admin: User, marketer: User) -> None:
    with pytest.raises(invitations.AlreadyMember) as refusal:
        invitations.invite(in_account, email="MARKETER@example.com", send=refuse_to_send, by=admin, now=NOW, **RIGHTS)

    assert str(refusal.value.message) == "marketer@example.com est déjà un utilisateur de ce compte."
    assert (pending(in_account), events(in_account)) == ([], [])


def test_invite_refuses_an_address_with_a_pending_invitation(
    in_account: Account, admin: User, make_invitation: MakeInvitation
) -> None:
    make_invitation("new@example.com")

    with pytest.raises(invitations.AlreadyInvited):
        invitations.invite(in_account, email="new@example.com", send=refuse_to_send, by=admin, now=NOW, **RIGHTS)

    assert (pending(in_account), events(in_account)) == (["new@example.com"], [])


def test_invite_refuses_the_role_of_account_manager(in_account: Account, admin: User) -> None:
    with pytest.raises(members.ManagedByPlatform):
        invitations.invite(
            in_account,
            email="new@example.com",
            send=refuse_to_send,
            by=admin,
            now=NOW,
            **{**RIGHTS, "role": "ACCOUNT_MANAGER"},
        )

    assert pending(in_account) == []


def test_resend_makes_a_new_link_and_ends_the_old_one(
    in_account: Account,
    admin: User,
    make_invitation: MakeInvitation,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    invitation = make_invitation()
    old = links.token(invitation)
    later = NOW + timedelta(days=1)
    sent: list[Invitation] = []

    with django_capture_on_commit_callbacks(execute=True):
        invitations.resend(in_account, invitation=invitation, send=sent.append, by=admin, now=later)

    new = links.token(sent[0])
    assert queries.find_invitation(old, now=later) is None
    assert queries.find_invitation(new, now=later) == invitation
    assert events(in_account) == [("MEMBER_INVITED", "new@example.com", "admin@example.com")]


def test_revoke_ends_the_link(in_account: Account, admin: User, make_invitation: MakeInvitation) -> None:
    invitation = make_invitation()
    token = links.token(invitation)

    invitations.revoke(in_account, invitation=invitation, by=admin, now=NOW)

    assert queries.find_invitation(token, now=NOW) is None
    assert events(in_account) == [("INVITATION_REVOKED", "new@example.com", "admin@example.com")]


def test_accept_gives_the_rights_of_the_invitation_once(
    in_account: Account, stranger: User, make_invitation: MakeInvitation
) -> None:
    invitation = make_invitation("stranger@example.com", **RIGHTS)
    token = links.token(invitation)

    invitations.accept(in_account, invitation=invitation, by=stranger, now=NOW)
    with pytest.raises(invitations.InvitationGone):
        invitations.accept(in_account, invitation=invitation, by=stranger, now=NOW)

    assert rights(in_account) == {"stranger@example.com": ("READ_ONLY", False, True)}
    assert events(in_account) == [("MEMBER_JOINED", "Boulangerie Martin", "stranger@example.com")]
    assert queries.find_invitation(token, now=NOW) is None


def test_accept_leaves_a_place_got_another_way_as_it_is(
    in_account: Account, marketer: User, make_invitation: MakeInvitation
) -> None:
    invitation = make_invitation("marketer@example.com", **RIGHTS)

    invitations.accept(in_account, invitation=invitation, by=marketer, now=NOW)

    assert rights(in_account) == {"marketer@example.com": ("MARKETER", True, True)}


def test_accept_as_new_creates_a_person_with_a_proven_address(
    in_account: Account, make_invitation: MakeInvitation
) -> None:
    person = invitations.accept_as_new(
        in_account,
        invitation=make_invitation(),
        name="Léa",
        password="un-mot-de-passe",
        language="en",
        now=NOW,
    )

    assert (person.email, person.name, person.language) == ("new@example.com", "Léa", "en")
    assert person.check_password("un-mot-de-passe")
    assert EmailAddress.objects.values_list("email", "verified", "primary").get(user=person) == (
        "new@example.com",
        True,
        True,
    )
    assert rights(in_account) == {"new@example.com": ("MARKETER", True, False)}


def test_accept_as_new_creates_nobody_when_the_invitation_is_gone(
    in_account: Account, make_invitation: MakeInvitation
) -> None:
    invitation = make_invitation(accepted_at=NOW)

    with pytest.raises(invitations.InvitationGone):
        invitations.accept_as_new(
            in_account, invitation=invitation, name="Léa", password="un-mot-de-passe", language="fr", now=NOW
        )

    assert not User.objects.filter(email="new@example.com").exists()


def test_the_second_of_two_clicks_finds_the_invitation_gone(
    in_account: Account, make_invitation: MakeInvitation
) -> None:
    invitation = make_invitation()
    given = {"invitation": invitation, "name": "Léa", "password": "un-mot-de-passe", "language": "fr", "now": NOW}
    invitations.accept_as_new(in_account, **given)

    with pytest.raises(invitations.InvitationGone):
        invitations.accept_as_new(in_account, **given)

    assert rights(in_account) == {"new@example.com": ("MARKETER", True, False)}


def test_accept_as_new_leaves_the_invitation_when_the_person_came_another_way(
    in_account: Account, stranger: User, make_invitation: MakeInvitation
) -> None:
    invitation = make_invitation("stranger@example.com")

    with pytest.raises(invitations.AlreadyKnown):
        invitations.accept_as_new(
            in_account, invitation=invitation, name="Léa", password="un-mot-de-passe", language="fr", now=NOW
        )

    assert (pending(in_account), rights(in_account), events(in_account)) == (["stranger@example.com"], {}, [])


def test_invite_knows_a_member_and_an_invited_person_whatever_the_capitals(
    in_account: Account, admin: User, make_invitation: MakeInvitation
) -> None:
    member = User.objects.create(email="Foo@Example.com")
    Membership.objects.create(account=in_account, user=member)
    make_invitation("New@Example.com")
    given = {"send": refuse_to_send, "by": admin, "now": NOW, **RIGHTS}

    with pytest.raises(invitations.AlreadyMember):
        invitations.invite(in_account, email="fOO@example.com", **given)
    with pytest.raises(invitations.AlreadyInvited):
        invitations.invite(in_account, email="nEW@example.com", **given)

    assert pending(in_account) == ["new@example.com"]


@pytest.mark.parametrize("age, is_found", [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False)])
def test_a_link_lives_seven_days(
    account: Account, make_invitation: MakeInvitation, age: timedelta, is_found: bool
) -> None:
    token = links.token(make_invitation())

    assert (queries.find_invitation(token, now=NOW + age) is not None) is is_found


def test_a_forged_link_finds_nothing(account: Account, make_invitation: MakeInvitation) -> None:
    token = links.token(make_invitation())

    assert queries.find_invitation(token[:-1] + ("A" if token[-1] != "A" else "B"), now=NOW) is None
    assert queries.find_invitation("forged", now=NOW) is None


def test_a_link_into_a_suspended_account_finds_nothing(account: Account, make_invitation: MakeInvitation) -> None:
    token = links.token(make_invitation())
    account.is_active = False
    account.save()

    assert queries.find_invitation(token, now=NOW) is None
