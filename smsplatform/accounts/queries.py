"""Reads about accounts and people."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from smsplatform.accounts import links, tenancy
from smsplatform.accounts.models import Account, AuditEvent, Invitation, Membership, Role, User
from smsplatform.lib import keyset


def memberships_of(user: User) -> list[Membership]:
    """Return a person's places in active accounts, by account name. Needs `tenancy.user_context(user)`."""
    rows = Membership.objects.filter(user=user, account__is_active=True)
    return list(rows.select_related("account").order_by("account__name", "account_id"))


def members(account: Account) -> QuerySet[Membership]:
    """Return the account's memberships with their people, by name."""
    rows = Membership.objects.filter(account=account).select_related("user")
    return rows.order_by("user__name", "user__email", "pk")


def pending_invitations(account: Account) -> QuerySet[Invitation]:
    """Return the invitations without an answer, newest first, expired ones included."""
    rows = Invitation.objects.filter(account=account, accepted_at=None).select_related("invited_by")
    return rows.order_by("-sent_at", "-pk")


def find_invitation(token: str, *, now: datetime) -> Invitation | None:
    """Return the pending invitation of a link, with its account.

    None for a forged, replaced, expired, used or revoked one, and for one of a suspended account.
    """
    invitation = _of_link(token)
    is_pending = invitation is not None and invitation.accepted_at is None and now <= links.expires_at(invitation)
    return invitation if is_pending else None


def was_accepted(token: str) -> bool:
    """Return whether somebody has accepted the invitation of a link."""
    invitation = _of_link(token)
    return invitation is not None and invitation.accepted_at is not None


def _of_link(token: str) -> Invitation | None:
    link = links.read(token)
    if link is None:
        return None
    with tenancy.account_context(link.account_id):
        rows = Invitation.objects.filter(account_id=link.account_id, account__is_active=True)
        invitation = rows.select_related("account", "invited_by").filter(pk=link.invitation_id).first()
    return invitation if invitation is not None and invitation.sent_at.timestamp() == link.sent_at else None


@dataclass(frozen=True)
class AuditFilters:
    """What the journal shows: of one person, of some actions, about something, `since` included and `before` not."""

    actor_id: int | None = None
    actions: tuple[str, ...] = ()
    subject: str = ""
    since: datetime | None = None
    before: datetime | None = None

    def __bool__(self) -> bool:
        return self != AuditFilters()


@dataclass(frozen=True)
class AuditPage:
    """Some events, the newest first. `next_token` leads to the older ones, "" on the last page."""

    events: list[AuditEvent]
    next_token: str


def audit_events(account: Account, filters: AuditFilters) -> QuerySet[AuditEvent]:
    """Return the account's journal with its people, newest first."""
    rows = AuditEvent.objects.filter(account=account).select_related("actor")
    if filters.actor_id is not None:
        rows = rows.filter(actor=filters.actor_id)
    if filters.actions:
        rows = rows.filter(action__in=filters.actions)
    if filters.subject:
        rows = rows.filter(subject__icontains=filters.subject)
    if filters.since:
        rows = rows.filter(at__gte=filters.since)
    if filters.before:
        rows = rows.filter(at__lt=filters.before)
    return rows.order_by("-at", "-pk")


def audit_page(account: Account, filters: AuditFilters, *, token: str = "", limit: int) -> AuditPage:
    """Return the page that `token` leads to, the first for an unreadable one."""
    events = list(audit_events(account, filters).filter(keyset.behind(token))[: limit + 1])
    next_token = keyset.token(events[limit - 1].at, events[limit - 1].pk) if len(events) > limit else ""
    return AuditPage(events[:limit], next_token)


# From one person to the next by the index, instead of through a million events of a few people.
_ACTORS = """
with recursive people(id) as (
    (select actor_id from accounts_auditevent where account_id = %(account)s order by actor_id limit 1)
    union all
    select (
        select actor_id from accounts_auditevent
        where account_id = %(account)s and actor_id > people.id order by actor_id limit 1
    ) from people where people.id is not null
)
select id from people where id is not null
"""


def audit_actors(account: Account) -> QuerySet[User]:
    """Return the people who did something in the account, those who left included, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTORS, {"account": account.pk})
        ids = [row[0] for row in cursor.fetchall()]
    return User.objects.filter(pk__in=ids).order_by("name", "email", "pk")


@dataclass(frozen=True)
class Customer:
    """An account as its manager sees it; `members` counts the people without account managers."""

    account: Account
    members: int


def manages_customers(memberships: list[Membership]) -> bool:
    """Return whether a person is the account manager of at least one account."""
    return any(row.role == Role.ACCOUNT_MANAGER for row in memberships)


def own_accounts(memberships: list[Membership], search: str = "") -> list[Account]:
    """Return the accounts of a person's memberships whose name holds `search`, whatever the capitals."""
    return [row.account for row in memberships if search.casefold() in row.account.name.casefold()]


def customers(memberships: list[Membership], search: str = "") -> list[Account]:
    """Return the accounts among a person's memberships that they manage, found like `own_accounts`."""
    return own_accounts([row for row in memberships if row.role == Role.ACCOUNT_MANAGER], search)


def with_member_counts(accounts: list[Account]) -> list[Customer]:
    """Count each account's people in one query, which opens the accounts one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("select * from accounts_member_counts(%s)", [[account.pk for account in accounts]])
        counts = dict(cursor.fetchall())
    return [Customer(account, counts[account.pk]) for account in accounts]
