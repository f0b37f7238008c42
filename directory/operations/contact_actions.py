"""What each action on chosen contacts does, all of it in one transaction. Deleting goes chunk by chunk: `contact_batches`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from contacts.importer.sinks.exclusions import accepted
from contacts.models import ContactList, Exclusion
from contacts.operations import exclusions
from directory.models import ContactBatch
from directory.operations import members
from directory.queries import selections
from directory.queries.query import Selection
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account

_EXCLUDE = accepted("select c.phone from directory_contact c where {chosen}") + "select count(*) from fresh"


@dataclass(frozen=True)
class Outcome:
    """`found`: how many contacts were meant when it was done; `result`: the counts of what became of them."""

    found: int
    result: dict[str, int]
    contact_list: ContactList | None = None


Act = Callable[[Account, ContactBatch, Selection, datetime], Outcome]


def add(account: Account, batch: ContactBatch, selection: Selection, now: datetime) -> Outcome:
    contact_list = _list_of(batch)
    added, already = members.add(account, contact_list=contact_list, selection=selection, now=now)
    if added:
        counts = {"contacts": added}
        audit.record(account, "CONTACTS_ADDED_TO_LIST", contact_list.name, by=batch.author, now=now, counts=counts)
    return Outcome(added + already, {"added": added, "already": already}, contact_list)


def new_list(account: Account, batch: ContactBatch, selection: Selection, now: datetime) -> Outcome:
    made = ContactList.objects.create(
        account=account,
        kind=ContactList.Kind.DIRECTORY,
        name=batch.options["name"],
        description=batch.options.get("description", ""),
        expires_after_months=batch.options.get("expires_after_months"),
        author=batch.author,
        created_at=now,
        updated_at=now,
        last_used_at=now,
    )
    added, _already = members.add(account, contact_list=made, selection=selection, now=now)
    audit.record(account, "LIST_CREATED", made.name, by=batch.author, now=now, counts={"contacts": added})
    return Outcome(added, {"added": added}, made)


def remove(account: Account, batch: ContactBatch, selection: Selection, now: datetime) -> Outcome:
    contact_list = _list_of(batch)
    removed = members.remove(account, contact_list=contact_list, selection=selection, now=now)
    if removed:
        counts = {"contacts": removed}
        audit.record(account, "CONTACTS_REMOVED_FROM_LIST", contact_list.name, by=batch.author, now=now, counts=counts)
    return Outcome(removed, {"removed": removed}, contact_list)


def exclude(account: Account, batch: ContactBatch, selection: Selection, now: datetime) -> Outcome:
    """Those who are on the exclusion list keep their first date and reason."""
    reason = batch.options.get("reason", "")[: exclusions.REASON_CHARACTERS]
    already = selections.excluded_count(account, selection)
    chosen, values = selections.condition(account, selection)
    source = Exclusion.Source.PERSON
    added = exclusions.accept(account, _EXCLUDE.format(chosen=chosen), values, source=source, reason=reason, now=now)
    if added:
        counts = {"contacts": added}
        audit.record(account, "EXCLUSIONS_ADDED", reason, by=batch.author, now=now, counts=counts)
    return Outcome(added + already, {"added": added, "already": already})


def _list_of(batch: ContactBatch) -> ContactList:
    """Return the list that the action is about; one removed for good since counts as no longer there."""
    return batch.contact_list or ContactList(name=batch.options.get("list_name", ""), kind="")


ACTS: dict[ContactBatch.Action, Act] = {
    ContactBatch.Action.ADD: add,
    ContactBatch.Action.NEW_LIST: new_list,
    ContactBatch.Action.REMOVE: remove,
    ContactBatch.Action.EXCLUDE: exclude,
}
