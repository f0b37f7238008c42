"""Write one contact of the directory. Many at once are written by imports and by actions on contacts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from contacts.models import ContactList, ListEntry
from contacts.operations import erased_exclusions
from directory.models import Attribute, AttributeType, Contact, ContactChange, ListMerge, MergedEntry
from directory.models.contacts import Source
from directory.operations import erasure, keys, locks, members
from directory.operations.contact_errors import AttributesChanged, ContactChanged, ContactExists, ContactGone
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User

Attributes = Mapping[str, Any]  # {"a1": "Lyon"}: typed as `Attribute` says, None for what is not known

_TYPES: dict[str, type] = {
    AttributeType.TEXT: str,
    AttributeType.INTEGER: int,
    AttributeType.DATE: str,
    AttributeType.BOOLEAN: bool,
}


@dataclass(frozen=True)
class Saved:
    """What came of an edit. `changed`: keys of the attributes that are different now."""

    contact: Contact
    changed: list[str]
    is_renumbered: bool


@locks.impatient()
def add(
    account: Account,
    *,
    phone: int,
    attributes: Attributes,
    by: User | None,
    now: datetime,
    source: Source = Source.PERSON,
    contact_list: ContactList | None = None,
) -> Contact:
    """Add a contact to the base, and to a list if one is given.

    Raise ContactExists, and as `members.lock` for a list that people cannot add to.
    """
    locks.add(account.pk)
    if contact_list is not None:
        members.lock(account, contact_list)
    values = _known(attributes)
    _mark_used(account, values)
    fields = {"attributes": values, "source": source, "created_at": now, "updated_at": now}
    contact = _insert(account, phone, **fields)
    _note(account, phone, ContactChange.Kind.CREATED, source=source, by=by, now=now)
    if contact_list is not None:
        ListEntry.objects.create(account=account, contact_list=contact_list, phone=phone)
        _touch(account, [contact_list.pk], now)
    keys.rekey(account, [phone])
    erased_exclusions.revive(account, phones=[phone])
    audit.record(account, "CONTACT_ADDED", contact_list.name if contact_list else "", by=by, now=now)
    return contact


@locks.impatient()
def edit(
    account: Account,
    *,
    phone: int,
    attributes: Attributes,
    seen: Attributes,
    by: User | None,
    now: datetime,
    source: Source = Source.PERSON,
    new_phone: int | None = None,
) -> Saved:
    """Make the attributes what a person wants who saw them as `seen`, and give the contact another number if one is told.

    What others changed meanwhile stays where this person changed nothing. Raise ContactChanged where both changed the
    same, ContactGone, and ContactExists: nothing is saved then.
    """
    is_renumbered = new_phone is not None and new_phone != phone
    lists: list[int] = []
    if is_renumbered:
        lists = _take_turn(account, phone)
    else:
        locks.add(account.pk)
    contact = _hold(account, phone)
    wanted = _merge(contact.attributes, seen, attributes)
    changed = [key for key in {**wanted, **contact.attributes} if wanted.get(key) != contact.attributes.get(key)]
    if changed:
        _change(account, contact, wanted, changed, source=source, by=by, now=now)
    if is_renumbered and new_phone is not None:
        contact = _renumber(account, contact, new_phone, lists, source=source, by=by, now=now)
    return Saved(contact, changed, is_renumbered)


def _change(
    account: Account,
    contact: Contact,
    wanted: dict[str, Any],
    changed: list[str],
    *,
    source: Source,
    by: User | None,
    now: datetime,
) -> None:
    _mark_used(account, {key: wanted[key] for key in changed if key in wanted})
    keys.drop(account, [contact.phone])
    kind = ContactChange.Kind.UPDATED
    _note(account, contact.phone, kind, source=source, by=by, now=now, before=contact.attributes)
    contact.attributes, contact.updated_at = wanted, now
    contact.save(update_fields=["attributes", "updated_at"])
    keys.rekey(account, [contact.phone])
    audit.record(account, "CONTACT_EDITED", _names(account, changed), by=by, now=now)


@locks.impatient()
def renumber(
    account: Account,
    *,
    phone: int,
    new_phone: int,
    by: User | None,
    now: datetime,
    source: Source = Source.PERSON,
) -> Contact:
    """Give a contact another number; its lists and its history follow, an exclusion stays with the number that has it.

    Raise ContactExists when the new number is another contact's, and ContactGone.
    """
    lists = _take_turn(account, phone)
    contact = _hold(account, phone)
    return (
        contact if new_phone == phone else _renumber(account, contact, new_phone, lists, source=source, by=by, now=now)
    )


@transaction.atomic
def delete(account: Account, *, phone: int, by: User | None, now: datetime) -> None:
    """Remove a contact, with its history, from the base and all its lists; an exclusion stays. Raise ContactGone."""
    if not erasure.erase(account, phones=[phone], by=by, now=now):
        raise ContactGone
    audit.record(account, "CONTACT_DELETED", "", by=by, now=now)


def _take_turn(account: Account, phone: int) -> list[int]:
    """Take the locks under which a contact may leave its number; return the ids of its lists."""
    locks.remove(account.pk)
    entries = ListEntry.objects.filter(account=account, phone=phone)
    # Lists in the bin too: they can be restored. Those of a single campaign are not the directory's.
    lists = ContactList.objects.filter(account=account, kind=ContactList.Kind.DIRECTORY)
    ids = lists.filter(pk__in=entries.values("contact_list_id")).values_list("pk", flat=True)
    return _hold_lists(account, ids)


def _hold_lists(account: Account, ids: Iterable[int]) -> list[int]:
    held = ContactList.objects.filter(account=account, pk__in=list(ids)).order_by("pk")
    return [one.pk for one in held.select_for_update(no_key=True)]


def _hold(account: Account, phone: int) -> Contact:
    contact = Contact.objects.filter(account=account, phone=phone).select_for_update().first()
    if contact is None:
        raise ContactGone
    return contact


def _renumber(
    account: Account,
    contact: Contact,
    phone: int,
    lists: list[int],
    *,
    source: Source,
    by: User | None,
    now: datetime,
) -> Contact:
    old = contact.phone
    moved = _insert(
        account,
        phone,
        attributes=contact.attributes,
        source=contact.source,
        imported_id=contact.imported_id,
        created_at=contact.created_at,
        updated_at=now,
    )
    keys.drop(account, [old])
    _follow(account, old, phone, lists)
    contact.delete()
    kind = ContactChange.Kind.RENUMBERED
    _note(account, phone, kind, source=source, by=by, now=now, before=moved.attributes, old_phone=old)
    _touch(account, lists, now)
    keys.rekey(account, [phone])
    erased_exclusions.revive(account, phones=[phone])
    audit.record(account, "CONTACT_RENUMBERED", "", by=by, now=now, counts={"lists": len(lists)})
    return moved


def _follow(account: Account, old: int, phone: int, lists: list[int]) -> None:
    """Have the lists, the history and what merges noted follow a contact to its new number."""
    # The new number can be in no list yet: it was no contact.
    entries = ListEntry.objects.filter(account=account, contact_list_id__in=lists, phone=old)
    values = entries.values_list("contact_list_id", "values")
    new = [ListEntry(account=account, contact_list_id=one, phone=phone, values=data) for one, data in values]
    ListEntry.objects.bulk_create(new)
    entries.delete()
    ContactChange.objects.filter(account=account, phone=old).update(phone=phone)
    merges = list(ListMerge.objects.filter(account=account).values_list("pk", flat=True))
    MergedEntry.objects.filter(account=account, merge__in=merges, phone=old).update(phone=phone)


def _insert(account: Account, phone: int, **fields: Any) -> Contact:
    try:
        with transaction.atomic():
            return Contact.objects.create(account=account, phone=phone, **fields)
    except IntegrityError:
        if Contact.objects.filter(account=account, phone=phone).exists():
            raise ContactExists(phone) from None
        raise


def _touch(account: Account, lists: list[int], now: datetime) -> None:
    ContactList.objects.filter(account=account, pk__in=lists).update(updated_at=now)


def _known(attributes: Attributes) -> dict[str, Any]:
    return {key: value for key, value in attributes.items() if value is not None}


def _merge(stored: Attributes, seen: Attributes, wanted: Attributes) -> dict[str, Any]:
    """Return the stored attributes with what a person changed of those they saw. Raise ContactChanged."""
    mine = {key: value for key, value in wanted.items() if value != seen.get(key)}
    both = [key for key in mine if stored.get(key) not in (seen.get(key), mine[key])]
    if both:
        raise ContactChanged(both, stored)
    return _known({**stored, **mine})


def _mark_used(account: Account, values: Attributes) -> None:
    """Fix the types of the attributes that have values now. Raise AttributesChanged where one is no longer as it was."""
    attributes = Attribute.objects.filter(account=account, key__in=list(values), deleted_at=None)
    # Only those whose type may still change are locked: whoever writes contacts would wait for each other otherwise.
    # One that is deleted loses its values once nobody writes contacts: `directory.operations.attribute_removal`.
    unused = [one.pk for one in attributes.filter(is_used=False).order_by("pk").select_for_update(no_key=True)]
    types = dict(attributes.values_list("key", "type"))
    for key, value in values.items():
        if key not in types or type(value) is not _TYPES[types[key]]:
            raise AttributesChanged(_("The attributes have changed meanwhile. Nothing was saved: reload the page."))
    if unused:
        Attribute.objects.filter(account=account, pk__in=unused).update(is_used=True)


def _names(account: Account, changed: list[str]) -> str:
    """Return the names of attributes, which the journal may show: their values are a person's own."""
    attributes = Attribute.objects.filter(account=account, key__in=changed).order_by("position", "pk")
    return ", ".join(attributes.values_list("name", flat=True))


def _note(
    account: Account,
    phone: int,
    kind: ContactChange.Kind,
    *,
    source: Source,
    by: User | None,
    now: datetime,
    before: Attributes | None = None,
    old_phone: int | None = None,
) -> None:
    ContactChange.objects.create(
        account=account, phone=phone, kind=kind, source=source, actor=by, at=now, before=before, old_phone=old_phone
    )
