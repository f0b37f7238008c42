"""Who belongs to an account, and with which rights."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.lib.errors import OperationError

# What the people of an account may give each other; account managers are named by the platform.
CUSTOMER_ROLES = (Role.ADMIN, Role.MARKETER, Role.READ_ONLY)


class LastAdmin(OperationError):
    """The account would be left without an administrator."""

    code = "LAST_ADMIN"


class ManagedByPlatform(OperationError):
    """Only the platform gives, changes and takes the account manager's role."""

    code = "MANAGED_BY_PLATFORM"


@transaction.atomic
def change(
    account: Account,
    *,
    membership: Membership,
    role: str,
    import_allowed: bool,
    export_allowed: bool,
    by: User,
    now: datetime,
) -> None:
    """Give a member another role and other permissions. Raise LastAdmin or ManagedByPlatform."""
    current = _lock(account, membership)
    refuse_other_roles(role)
    if role != Role.ADMIN:
        _keep_an_admin(account, current)
    if (current.role, current.import_allowed, current.export_allowed) == (role, import_allowed, export_allowed):
        return
    current.role, current.import_allowed, current.export_allowed = role, import_allowed, export_allowed
    current.save(update_fields=["role", "import_allowed", "export_allowed"])
    audit.record(account, "MEMBER_CHANGED", str(current.user), by=by, now=now)


@transaction.atomic
def remove(account: Account, *, membership: Membership, by: User, now: datetime) -> None:
    """End a membership; the person and what they did stay. Raise LastAdmin or ManagedByPlatform."""
    current = _lock(account, membership)
    _keep_an_admin(account, current)
    current.delete()
    audit.record(account, "MEMBER_REMOVED", str(current.user), by=by, now=now)


def refuse_other_roles(role: str) -> None:
    """Raise ManagedByPlatform for a role that an account cannot give."""
    if role not in CUSTOMER_ROLES:
        raise ManagedByPlatform(_("Only the platform can name an account manager."))


def _lock(account: Account, membership: Membership) -> Membership:
    """Return the membership as it is now, with the account's administrators locked until the end.

    Two administrators who demote each other at the same moment must not both succeed.
    """
    rows = Membership.objects.filter(account=account)
    list(rows.filter(role=Role.ADMIN).select_for_update().order_by("pk"))
    current = rows.select_related("user").get(pk=membership.pk)
    if current.role == Role.ACCOUNT_MANAGER:
        name = {"name": str(current.user)}
        raise ManagedByPlatform(_("%(name)s is your account manager: only the platform can change this.") % name)
    return current


def _keep_an_admin(account: Account, membership: Membership) -> None:
    others = Membership.objects.filter(account=account, role=Role.ADMIN).exclude(pk=membership.pk)
    if membership.role == Role.ADMIN and not others.exists():
        name = {"name": str(membership.user)}
        raise LastAdmin(_("%(name)s is the only administrator. Name another one first.") % name)
