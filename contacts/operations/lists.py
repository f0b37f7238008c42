"""Writes on lists. Entries themselves are written by the importer."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contacts.models import ContactList, EntryKey, Import, ImportChange, ListEntry
from contacts.operations import import_details
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

BIN_DAYS = 30  # a deleted list can be restored for so long, then it is gone with its entries


class ListChanged(OperationError):
    """Somebody else changed the list first: it is no longer in the state the page showed."""

    code = "LIST_CHANGED"


@transaction.atomic
def create(
    account: Account,
    *,
    name: str,
    description: str = "",
    expires_after_months: int | None = None,
    by: User,
    now: datetime,
) -> ContactList:
    """Create an empty list, to be filled later: a diffusion list where the account has a directory."""
    has_directory = account.mode == Account.Mode.DIRECTORY
    contact_list = ContactList.objects.create(
        account=account,
        name=name,
        description=description,
        kind=ContactList.Kind.DIRECTORY if has_directory else ContactList.Kind.INDEPENDENT,
        expires_after_months=expires_after_months if has_directory else None,
        author=by,
        created_at=now,
        updated_at=now,
        last_used_at=now,
    )
    audit.record(account, "LIST_CREATED", name, by=by, now=now, counts={"contacts": 0})
    return contact_list


@transaction.atomic
def rename(
    account: Account, *, contact_list: ContactList, name: str, description: str, seen: str, by: User, now: datetime
) -> None:
    """Give a list another name and description. Raise ListChanged unless `seen` is the `naming_digest` of those it has."""
    if (contact_list.name, contact_list.description) == (name, description):
        return  # it is as it should be, perhaps since the same form was sent before
    was = contact_list.name
    rows = ContactList.objects.for_account(account).filter(
        pk=contact_list.pk, name=was, description=contact_list.description
    )
    changes = {"name": name, "description": description}
    if seen != naming_digest(contact_list) or not rows.update(**changes, updated_at=now):
        raise ListChanged(_("Somebody else has renamed or described this list meanwhile. Look at it, then save again."))
    subject = name if name == was else f"{was} → {name}"
    audit.record(account, "LIST_RENAMED", subject, by=by, now=now)
    contact_list.refresh_from_db()


def naming_digest(contact_list: ContactList) -> str:
    """Return a short text that changes with the list's name and description: what a person saw is what they change."""
    return hashlib.sha256(f"{contact_list.name}\0{contact_list.description}".encode()).hexdigest()[:16]


@transaction.atomic
def disable(account: Account, *, contact_list: ContactList, by: User | None, now: datetime) -> None:
    """Keep the list but make it impossible to target."""
    _move(account, contact_list, ContactList.Status.ACTIVE, ContactList.Status.DISABLED, now)
    audit.record(account, "LIST_DISABLED", contact_list.name, by=by, now=now)


@transaction.atomic
def enable(account: Account, *, contact_list: ContactList, by: User | None, now: datetime) -> None:
    _move(account, contact_list, ContactList.Status.DISABLED, ContactList.Status.ACTIVE, now)
    audit.record(account, "LIST_ENABLED", contact_list.name, by=by, now=now)


def _move(account: Account, contact_list: ContactList, old: str, new: str, now: datetime) -> None:
    rows = ContactList.objects.for_account(account).filter(pk=contact_list.pk, status=old)
    if rows.update(status=new, updated_at=now) == 0:
        raise ListChanged(
            _("The list “%(name)s” has changed meanwhile. Nothing was done.") % {"name": contact_list.name}
        )
    contact_list.status = new


@transaction.atomic
def delete(account: Account, *, contact_list: ContactList, by: User | None, now: datetime) -> None:
    """Put the list in the bin. Exclusions stay: they belong to the account."""
    if ContactList.objects.for_account(account).filter(pk=contact_list.pk).update(deleted_at=now) == 0:
        raise ListChanged(_("The list “%(name)s” is already deleted.") % {"name": contact_list.name})
    audit.record(
        account,
        "LIST_DELETED",
        contact_list.name,
        by=by,
        now=now,
        counts={"contacts": contact_list.contact_count},
    )


@transaction.atomic
def restore(account: Account, *, contact_list: ContactList, by: User | None, now: datetime) -> None:
    """Take the list out of the bin. One that has expired lives as long again."""
    rows = ContactList.objects.filter(account=account, pk=contact_list.pk).exclude(deleted_at=None)
    has_expired = contact_list.expires_at is not None and contact_list.expires_at <= now
    if rows.update(deleted_at=None, **({"last_used_at": now} if has_expired else {})) == 0:
        raise ListChanged(_("The list “%(name)s” is not in the bin.") % {"name": contact_list.name})
    audit.record(
        account,
        "LIST_RESTORED",
        contact_list.name,
        by=by,
        now=now,
        counts={"contacts": contact_list.contact_count},
    )


@transaction.atomic
def expire(account: Account, *, now: datetime) -> int:
    """Put the lists in the bin that were not used for as many months as they were given, and return how many.

    Contacts of the directory stay. A list that is being written to waits for the next time. Safe to run again.
    """
    dated = ContactList.objects.for_account(account).filter(expires_after_months__isnull=False)
    gone = [
        one
        for one in dated.select_for_update(skip_locked=True, no_key=True)
        if one.expires_at is not None and one.expires_at <= now
    ]
    for contact_list in gone:
        ContactList.objects.filter(account=account, pk=contact_list.pk).update(deleted_at=now)
        counts = {"contacts": contact_list.contact_count}
        audit.record(account, "LIST_EXPIRED", contact_list.name, by=None, now=now, counts=counts)
    return len(gone)


@transaction.atomic
def record_export(account: Account, *, contact_list: ContactList, by: User, now: datetime) -> None:
    """Note who took the numbers out."""
    audit.record(
        account,
        "LIST_EXPORTED",
        contact_list.name,
        by=by,
        now=now,
        counts={"contacts": contact_list.contact_count},
    )


@transaction.atomic
def empty_bin(account: Account, *, now: datetime) -> int:
    """Remove for good the lists that have been in the bin for BIN_DAYS. Return how many. Safe to run again."""
    gone = ContactList.objects.filter(account=account, deleted_at__lt=now - timedelta(days=BIN_DAYS))
    ids = list(gone.values_list("pk", flat=True))
    ListEntry.objects.filter(account=account, contact_list__in=ids).delete()
    EntryKey.objects.filter(account=account, contact_list__in=ids).delete()
    imports = Import.objects.filter(account=account, contact_list__in=ids)
    for imported in imports:
        import_details.forget(account, imported, now=now)
    ImportChange.objects.filter(account=account, imported__in=imports).delete()
    imports.update(contact_list=None)
    ContactList.objects.filter(account=account, pk__in=ids).delete()
    return len(ids)
