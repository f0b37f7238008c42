"""One action on chosen contacts: at once when they are few, by a worker when they are many.

What was done and what the batch says of it are one transaction, so that a batch taken up again after a crash does
nothing twice. Deleting takes a transaction for every chunk: others can work in between, and it goes on where it stopped.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import ContactList
from contacts.operations import jobs
from directory.models import ContactBatch
from directory.operations import erasure, locks, members
from directory.operations.contact_actions import ACTS, Outcome
from directory.queries import selections
from directory.queries.query import Selection
from smsplatform.accounts import audit, tenancy
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

AT_ONCE_CONTACTS = 2_000  # as many are done while the person waits
MAX_CHOSEN = 2_000  # one by one: more are chosen by what finds them
CHUNK = 10_000  # contacts deleted in one transaction
BATCHES = jobs.Kind(ContactBatch, task="directory.tasks.run_contact_batch", failed="CONTACT_BATCH_FAILED")

Action = ContactBatch.Action


class NobodyChosen(OperationError):
    """No contact was chosen, or none of them exists any more."""

    code = "NOBODY_CHOSEN"


class TooManyChosen(OperationError):
    """More contacts were named one by one than a batch takes."""

    code = "TOO_MANY_CHOSEN"


class ListMissing(OperationError):
    """No list was told to add to or to remove from, or it is none of the account."""

    code = "LIST_MISSING"


class NameMissing(OperationError):
    """A new list needs a name."""

    code = "NAME_MISSING"


@transaction.atomic
def start(
    account: Account,
    *,
    action: Action,
    selection: Selection,
    contact_list: ContactList | None = None,
    options: Mapping[str, Any] | None = None,
    by: User | None,
    now: datetime,
) -> ContactBatch:
    """Begin an action on contacts; a small one is over when this returns.

    `contact_list`: of ADD and REMOVE. `options`: "name", "description" and "expires_after_months" of NEW_LIST, "reason"
    of EXCLUDE, and "expected", how many contacts the person was told. Raise NobodyChosen, TooManyChosen, ListMissing,
    NameMissing, DirectoryBusy, and what `members.check` raises.
    """
    given = dict(options or {})
    _check(action, contact_list, given)
    count = checked_count(account, selection)
    if contact_list is not None:
        given["list_name"] = contact_list.name
    batch = ContactBatch(account=account, action=action, contact_list=contact_list, options=given, author=by)
    batch.total = given.get("expected", count)
    batch.created_at = now
    batch.phones = None if selection.phones is None else sorted(set(selection.phones))
    batch.query = selection.query.to_json()
    at_once = locks.impatient()(lambda batch: _do(account, batch, now))
    return BATCHES.begin(batch, is_small=count <= AT_ONCE_CONTACTS, do=at_once)


def checked_count(account: Account, selection: Selection) -> int:
    """Return how many contacts are chosen. Raise TooManyChosen or NobodyChosen."""
    if selection.phones is not None and len(selection.phones) > MAX_CHOSEN:
        message = _("Tick at most %(max)d contacts, or choose all that a search finds.")
        raise TooManyChosen(message % {"max": MAX_CHOSEN})
    count = selections.count(account, selection)
    if count == 0:
        chosen = selection.phones is None or selection.phones
        raise NobodyChosen(_("These contacts no longer exist.") if chosen else _("Choose at least one contact."))
    return count


def _check(action: Action, contact_list: ContactList | None, options: Mapping[str, Any]) -> None:
    """Raise what can be said before anything is done."""
    if action in (Action.ADD, Action.REMOVE):
        if contact_list is None:
            raise ListMissing(_("Choose a list."))
        members.check(contact_list)
    if action == Action.NEW_LIST and not options.get("name"):
        raise NameMissing(_("Give the new list a name."))


def selection_of(batch: ContactBatch) -> Selection:
    """Return the contacts that a batch is about."""
    return selections.from_json({"query": batch.query, "phones": batch.phones})


def run(account: Account, *, batch_id: int, now: datetime) -> None:
    """Do what is left of a batch, as `jobs.Kind.run`."""
    BATCHES.run(account, batch_id, lambda batch, progress: _do(account, batch, now, saw=progress.saw, patient=True))


def _do(
    account: Account,
    batch: ContactBatch,
    now: datetime,
    *,
    saw: Callable[[int], None] = lambda done: None,
    patient: bool = False,
) -> None:
    if batch.action == Action.DELETE:
        while _delete_some(account, batch, now, patient=patient):
            saw(batch.done)
        return
    with tenancy.account_context(account):
        outcome = ACTS[Action(batch.action)](account, batch, selection_of(batch), now)
        _finish(batch, outcome)


def _delete_some(account: Account, batch: ContactBatch, now: datetime, *, patient: bool) -> bool:
    """Delete the next chunk, in the order of the numbers. Return whether there may be more."""
    with tenancy.account_context(account):
        behind = batch.result.get("behind", 0)
        # Contacts added since it was confirmed were not in the number that somebody agreed to.
        phones = selections.next_phones(
            account, selection_of(batch), behind=behind, added_until=batch.created_at, limit=CHUNK
        )
        erased = erasure.erase(account, phones=phones, by=batch.author, now=now, patient=patient) if phones else 0
        deleted = batch.result.get("deleted", 0) + erased
        batch.done = deleted
        if len(phones) == CHUNK:
            batch.result = {"deleted": deleted, "behind": phones[-1]}
            BATCHES.write_if_mine(batch, done=deleted, result=batch.result)
            return True
        if deleted:
            audit.record(account, "CONTACTS_DELETED", "", by=batch.author, now=now, counts={"contacts": deleted})
        _finish(batch, Outcome(deleted, {"deleted": deleted}))
        return False


def _finish(batch: ContactBatch, outcome: Outcome) -> None:
    """Write what was done. The numbers chosen one by one are needed no longer: only how many there were."""
    BATCHES.write_if_mine(
        batch,
        status=ContactBatch.Status.DONE,
        claim=None,
        done=outcome.found,
        result=outcome.result | {"found": outcome.found},
        contact_list=outcome.contact_list or batch.contact_list,
        phones=None if batch.phones is None else [],
        finished_at=timezone.now(),
    )
