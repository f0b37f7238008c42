"""What happened to a contact: who or what set which attribute, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from contacts.models import Exclusion, Import
from contacts.queries import exclusions
from directory import values
from directory.models import Attribute, Contact, ContactChange
from directory.models.contacts import Source
from smsplatform.accounts.models import Account, User

EVENTS_PER_PAGE = 50
CREATED, EXCLUDED = ContactChange.Kind.CREATED, "EXCLUDED"


@dataclass(frozen=True)
class ValueChange:
    """An attribute's value before and after, as people read them; "" for none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """`kind`: of ContactChange.Kind, or EXCLUDED. `source`: of the contact's, or the exclusion's."""

    kind: str
    at: datetime
    source: str
    actor: User | None = None
    imported: Import | None = None
    changes: list[ValueChange] = field(default_factory=list)
    old_phone: int | None = None
    new_phone: int | None = None
    reason: str = ""

    @property
    def source_label(self) -> str:
        return str(Exclusion.Source(self.source).label if self.kind == EXCLUDED else Source(self.source).label)


@dataclass(frozen=True)
class TimelinePage:
    """Events, the newest first. `next_token` leads to the following page, "" on the last one."""

    events: list[Event]
    next_token: str


def timeline(
    account: Account, contact: Contact, attributes: list[Attribute], *, token: str = "", limit: int = EVENTS_PER_PAGE
) -> TimelinePage:
    """Return the page of a contact's history that `token` leads to, the first for an unreadable one."""
    of_contact = ContactChange.objects.filter(account=account, phone=contact.phone)
    behind = int(token) if token.isascii() and token.isdecimal() and len(token) < 19 else None
    rows = of_contact.filter(pk__lt=behind) if behind is not None else of_contact
    found = list(rows.select_related("actor", "imported").order_by("-pk")[: limit + 1])
    events = _events(found[:limit], _known_at(of_contact, behind, contact), attributes)
    has_more = len(found) > limit
    if not has_more and not any(event.kind == CREATED for event in events):
        events.append(_creation(contact))
    newest = None if behind is None else of_contact.filter(pk__gte=behind).order_by("pk").first()
    _insert_exclusion(account, contact, events, newest.at if newest else None, has_more)
    return TimelinePage(events, str(found[limit - 1].pk) if has_more else "")


@dataclass(frozen=True)
class _Known:
    """What a contact was at some moment."""

    phone: int
    attributes: Mapping[str, Any]


def _known_at(of_contact: QuerySet[ContactChange], behind: int | None, contact: Contact) -> _Known:
    """Return what the contact was once the newest change of a page was made: what the next ones found, or what it is."""
    phone, attributes = contact.phone, contact.attributes
    if behind is not None:
        newer = of_contact.filter(pk__gte=behind).order_by("pk")
        changed = newer.filter(before__isnull=False).first()
        renumbered = newer.filter(old_phone__isnull=False).first()
        attributes = attributes if changed is None else changed.before
        phone = phone if renumbered is None or renumbered.old_phone is None else renumbered.old_phone
    return _Known(phone, attributes)


def _events(rows: list[ContactChange], known: _Known, attributes: list[Attribute]) -> list[Event]:
    events = []
    for row in rows:
        changes = [] if row.before is None else _changes(row.before, known.attributes, attributes)
        new_phone = known.phone if row.old_phone else None
        events.append(Event(row.kind, row.at, row.source, row.actor, row.imported, changes, row.old_phone, new_phone))
        known = _Known(row.old_phone or known.phone, known.attributes if row.before is None else row.before)
    return events


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], attributes: list[Attribute]) -> list[ValueChange]:
    return [
        ValueChange(
            attribute.name,
            values.shown(attribute, before.get(attribute.key)),
            values.shown(attribute, after.get(attribute.key)),
        )
        for attribute in attributes
        if before.get(attribute.key) != after.get(attribute.key)
    ]


def _creation(contact: Contact) -> Event:
    """Return the event of a contact whose creation no change notes: `Contact.imported` made it."""
    actor = contact.imported.author if contact.imported else None
    return Event(CREATED, contact.created_at, contact.source, actor, contact.imported)


def _insert_exclusion(
    account: Account, contact: Contact, events: list[Event], newest: datetime | None, has_more: bool
) -> None:
    """Put the exclusion of the number among the events of the page where it belongs."""
    row = exclusions.of_number(account, contact.phone)
    if row is None or (newest and row.at >= newest) or (has_more and row.at < events[-1].at):
        return
    place = next((index for index, event in enumerate(events) if event.at <= row.at), len(events))
    events.insert(place, Event(EXCLUDED, row.at, row.source, reason=row.reason))
