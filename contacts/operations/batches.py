"""One action on many lists, by the ordinary operations, one transaction for each list.

What was done to a list and its line in the results are one transaction, so that a batch taken up again after a crash
does nothing twice and leaves nothing out.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import ContactList, ListBatch
from contacts.operations import jobs, lists
from contacts.operations.duplicate import duplicate, proposed_name
from smsplatform.accounts import tenancy
from smsplatform.accounts.models import Account
from smsplatform.lib.errors import OperationError

MAX_LISTS = 2_000  # of one batch: its results stay readable
AT_ONCE_LISTS = 20  # as many are done while the person waits
BATCHES = jobs.Kind(ListBatch, task="contacts.tasks.run_batch")

Action = ListBatch.Action


class TooManyLists(OperationError):
    """More lists than a batch takes."""

    code = "TOO_MANY_LISTS"


class NothingChosen(OperationError):
    """No list was chosen."""

    code = "NOTHING_CHOSEN"


@transaction.atomic
def start(
    account: Account,
    *,
    action: Action,
    contact_lists: list[ContactList],
    copy_name: str = "",
    by: Any,
    now: datetime,
) -> ListBatch:
    """Begin an action on lists; a small one is over when this returns. Raise NothingChosen or TooManyLists.

    `copy_name`: of the copy, for a single list to duplicate.
    """
    if not contact_lists:
        raise NothingChosen(_("Choose at least one list."))
    if len(contact_lists) > MAX_LISTS:
        raise TooManyLists(_("Choose at most %(max)d lists at a time.") % {"max": MAX_LISTS})
    batch = ListBatch(
        account=account,
        author=by,
        action=action,
        list_ids=[one.pk for one in contact_lists],
        copy_name=copy_name,
        total=len(contact_lists),
        created_at=now,
    )
    is_small = _is_small(action, contact_lists)
    return BATCHES.begin(batch, is_small=is_small, do=lambda batch: _do_all(account, batch, now))


def _is_small(action: Action, contact_lists: list[ContactList]) -> bool:
    if action == Action.DUPLICATE:
        return sum(one.contact_count for one in contact_lists) <= settings.EXPORT_AT_ONCE_ROWS
    return len(contact_lists) <= AT_ONCE_LISTS


def run(account: Account, *, batch_id: int, now: datetime) -> None:
    """Do what is left of a batch, as `jobs.Kind.run`."""
    BATCHES.run(account, batch_id, lambda batch, progress: _do_all(account, batch, now, saw=progress.saw))


def _do_all(account: Account, batch: ListBatch, now: datetime, saw: Callable[[int], None] = lambda done: None) -> None:
    for list_id in batch.list_ids[len(batch.results) :]:
        with tenancy.account_context(account):
            batch.results.append(_result(account, batch, list_id, now))
            batch.done = len(batch.results)
            BATCHES.write_if_mine(batch, results=batch.results, done=batch.done)
        saw(batch.done)
    with tenancy.account_context(account):
        BATCHES.write_if_mine(batch, status=ListBatch.Status.DONE, claim=None, finished_at=timezone.now())


def _result(account: Account, batch: ListBatch, list_id: int, now: datetime) -> dict[str, Any]:
    contact_list = ContactList.objects.filter(account=account, pk=list_id).first()
    if contact_list is None:
        return {"list": list_id, "name": "", "ok": False, "message": _("no longer exists")}
    line = {"list": list_id, "name": contact_list.name, "ok": False}
    if message := _already(Action(batch.action), contact_list):
        return line | {"message": str(message)}
    try:
        with transaction.atomic():
            done = _act(account, batch, contact_list, now)
    except OperationError as error:
        return line | {"message": str(error.message)}
    return line | {"ok": True, "message": done}


def _already(action: Action, contact_list: ContactList) -> Promise | str:
    """Return why there is nothing to do to a list, or ""."""
    is_deleted = contact_list.deleted_at is not None
    if action == Action.RESTORE:
        return "" if is_deleted else gettext_lazy("is not in the bin")
    if is_deleted:
        return gettext_lazy("is in the bin")
    if action == Action.DISABLE and not contact_list.is_active:
        return gettext_lazy("was already deactivated")
    if action == Action.ENABLE and contact_list.is_active:
        return gettext_lazy("was already active")
    return ""


def _act(account: Account, batch: ListBatch, contact_list: ContactList, now: datetime) -> str:
    """Do the action on one list; return what came of it."""
    given: dict[str, Any] = {"contact_list": contact_list, "by": batch.author, "now": now}
    if batch.action == Action.DUPLICATE:
        copy = duplicate(account, name=batch.copy_name or proposed_name(account, contact_list), **given)
        return _("copied as “%(name)s”") % {"name": copy.name}
    operation, done = _OPERATIONS[Action(batch.action)]
    operation(account, **given)
    return str(done)


_OPERATIONS: dict[Action, tuple[Callable[..., None], Promise]] = {
    Action.DISABLE: (lists.disable, gettext_lazy("deactivated")),
    Action.ENABLE: (lists.enable, gettext_lazy("active again")),
    Action.DELETE: (lists.delete, gettext_lazy("in the bin")),
    Action.RESTORE: (lists.restore, gettext_lazy("restored")),
}
