"""Reads about accounts and people."""

from smsplatform.accounts.models import Membership, User


def memberships_of(user: User) -> list[Membership]:
    """Return a person's places in active accounts, by account name. Needs `tenancy.user_context(user)`."""
    rows = Membership.objects.filter(user=user, account__is_active=True)
    return list(rows.select_related("account").order_by("account__name", "account_id"))
