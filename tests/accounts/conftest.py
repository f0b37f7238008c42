from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from smsplatform.accounts.models import Account, AuditEvent, Invitation, Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, MakeMember, SignIn


@pytest.fixture
def admin(account: Account, make_member: MakeMember) -> User:
    return make_member(account, "admin@example.com", Role.ADMIN)


@pytest.fixture
def manager(account: Account, make_member: MakeMember) -> User:
    """The account's account manager."""
    return make_member(account, "manager@example.com", Role.ACCOUNT_MANAGER)


@pytest.fixture
def client_of_admin(admin: User, sign_in: SignIn) -> Client:
    return sign_in(admin)


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


def membership_of(account: Account, user: User) -> Membership:
    with account_context(account):
        return Membership.objects.get(user=user)


def rights(account: Account) -> dict[str, tuple[str, bool, bool]]:
    """Return address -> (role, may import, may export) of an account's people."""
    with account_context(account):
        rows = Membership.objects.values_list("user__email", "role", "import_allowed", "export_allowed")
        return {email: (role, importing, exporting) for email, role, importing, exporting in rows}


def events(account: Account) -> list[tuple[str, str, str | None]]:
    """Return (action, subject, who) of an account's journal, oldest first."""
    with account_context(account):
        rows = AuditEvent.objects.order_by("pk").values_list("action", "subject", "actor__email")
        return list(rows)


def pending(account: Account) -> list[str]:
    with account_context(account):
        return list(Invitation.objects.filter(accepted_at=None).values_list("email", flat=True))


MakeInvitation = Callable[..., Invitation]


@pytest.fixture
def make_invitation(account: Account) -> MakeInvitation:
    def make(email: str = "new@example.com", sent_at: datetime = NOW, **fields: Any) -> Invitation:
        with account_context(account):
            return Invitation.objects.create(account=account, email=email, sent_at=sent_at, **fields)

    return make


def flashes(response: Any) -> list[str]:
    """Return the messages that a response leaves for the next page."""
    return [str(message) for message in response.wsgi_request._messages]


def forget_the_account() -> None:
    """Close the account of the request before. Outside tests each request has a transaction, which does it."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.account_id', '', true)")
