"""How a diffusion list is called, how long it lasts, and whether sends by API may use it."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import ContactList
from contacts.operations.lists import ListChanged
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError


class ListDeactivated(OperationError):
    """A list that nobody can write to is not made available."""

    code = "LIST_DEACTIVATED"


@transaction.atomic
def save(
    account: Account,
    *,
    contact_list: ContactList,
    name: str,
    description: str,
    expires_after_months: int | None,
    seen: str,
    by: User,
    now: datetime,
) -> None:
    """Change a list's name, description and life. Raise ListChanged unless `seen` is the `digest` of those it has.

    Another life counts from now: else a list last used long ago could expire the moment it is given one.
    """
    rows = ContactList.objects.for_account(account).filter(pk=contact_list.pk)
    held = rows.select_for_update(no_key=True).first()
    if held is not None and (held.name, held.description, held.expires_after_months) == (
        name,
        description,
        expires_after_months,
    ):
        return  # it is as it should be, perhaps since the same form was sent before
    if held is None or seen != digest(held):
        raise ListChanged(_("Somebody else has changed these settings meanwhile. Look at them, then save again."))
    was = held.name
    held.name, held.description, held.updated_at = name, description, now
    if held.expires_after_months != expires_after_months:
        held.expires_after_months, held.last_used_at = expires_after_months, now
    held.save(update_fields=["name", "description", "expires_after_months", "last_used_at", "updated_at"])
    audit.record(account, "LIST_SETTINGS", name if name == was else f"{was} → {name}", by=by, now=now)
    contact_list.refresh_from_db()


def digest(contact_list: ContactList) -> str:
    """Return a short text that changes with the settings: what a person saw is what they change."""
    shown = f"{contact_list.name}\0{contact_list.description}\0{contact_list.expires_after_months}"
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


@transaction.atomic
def open_to_api(account: Account, *, contact_list: ContactList, by: User, now: datetime) -> None:
    """Let sends by API name the list. Raise ListDeactivated, or ListChanged where it is open to them already.

    A list that is deactivated later stays marked, and is refused by each send until it is active again.
    """
    if not contact_list.is_active:
        message = _("The list “%(name)s” is deactivated: reactivate it first.")
        raise ListDeactivated(message % {"name": contact_list.name})
    _mark(account, contact_list, True, now)
    audit.record(account, "LIST_API_ON", contact_list.name, by=by, now=now)


@transaction.atomic
def close_to_api(account: Account, *, contact_list: ContactList, by: User, now: datetime) -> None:
    """Take the list away from sends by API. Raise ListChanged where it is not open to them."""
    _mark(account, contact_list, False, now)
    audit.record(account, "LIST_API_OFF", contact_list.name, by=by, now=now)


def _mark(account: Account, contact_list: ContactList, enabled: bool, now: datetime) -> None:
    rows = ContactList.objects.for_account(account).filter(pk=contact_list.pk, api_enabled=not enabled)
    if not rows.update(api_enabled=enabled, updated_at=now):
        message = _("The list “%(name)s” has changed meanwhile. Nothing was done.")
        raise ListChanged(message % {"name": contact_list.name})
    contact_list.api_enabled = enabled
