"""Take a merge of lists back, for as long as it is remembered: what somebody changed since stays as it is."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from contacts.models import ContactList
from contacts.operations import lists
from directory.models import ListMerge, MergedEntry
from directory.operations import locks
from directory.queries import merges as queries
from directory.queries.merges import Undoing
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

_LEAVE = """
delete from contacts_listentry e using directory_mergedentry m
where m.account_id = %(account)s and m.merge_id = %(merge)s
and e.account_id = m.account_id and e.list_id = %(target)s and e.phone = m.phone
"""


class CannotUndoMerge(OperationError):
    """Too late, undone already, or a list is gone."""

    code = "CANNOT_UNDO_MERGE"


def refusal(merge: ListMerge, *, now: datetime) -> str:
    """Return why a merge cannot be taken back now, "" when it can."""
    last = queries.until(merge)
    if last is None or now > last:
        return _("This merge can no longer be undone.")
    if merge.first is None or merge.second is None:
        return _("One of the merged lists was removed for good: the merge cannot be undone.")
    if queries.makes_new(merge):
        return ""
    assert merge.target is not None  # it is one of the two
    if merge.target.deleted_at is not None:
        message = _("The list “%(name)s” is in the bin: restore it first, then undo the merge.")
        return message % {"name": merge.target.name}
    return ""


@locks.impatient()
def undo(account: Account, *, merge: ListMerge, by: User, now: datetime) -> Undoing:
    """Take back what a merge did, all at once. Raise CannotUndoMerge, DirectoryBusy.

    A new list goes to the bin, with whatever was added since. An existing one loses the numbers it received, even those
    that somebody took out and added again, and gets its name and life back unless they were changed since.
    """
    locks.add(account.pk)
    mine = ListMerge.objects.select_for_update(no_key=True).filter(account=account, pk=merge.pk)
    held = mine.get()
    ids = [held.first_id, held.second_id, held.target_id]
    rows = ContactList.objects.filter(account=account, pk__in=[pk for pk in ids if pk]).order_by("pk")
    locked = {one.pk: one for one in rows.select_for_update(no_key=True)}
    held.first, held.second, held.target = (locked.get(pk or 0) for pk in ids)
    if reason := refusal(held, now=now):
        raise CannotUndoMerge(reason)
    undone = queries.undoing(account, held)
    _undo_target(account, held, by, now)
    for source in (held.first, held.second):
        if source is not None and source.pk != held.target_id and queries.comes_back(held, source):
            bring_back = lists.restore if source.deleted_at is not None else lists.enable
            bring_back(account, contact_list=source, by=by, now=now)
    mine.update(undone_at=now, undone_by=by)
    audit.record(account, "LISTS_UNMERGED", str(held), by=by, now=now, counts={"contacts": undone.removed})
    return undone


def _undo_target(account: Account, merge: ListMerge, by: User, now: datetime) -> None:
    target = merge.target
    if target is None or (queries.makes_new(merge) and target.deleted_at is not None):
        return
    if queries.makes_new(merge):
        lists.delete(account, contact_list=target, by=by, now=now)
        return
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, {"account": account.pk, "merge": merge.pk, "target": target.pk})
    MergedEntry.objects.filter(account=account, merge=merge).delete()
    was = merge.result["before"][str(target.pk)]
    changes = {"updated_at": now}
    if target.name == merge.name:
        changes |= {"name": was["name"]}
    if target.expires_after_months == merge.expires_after_months:
        changes |= {"expires_after_months": was["expires_after_months"]}
        if target.last_used_at == merge.finished_at:  # not used since
            changes |= {"last_used_at": datetime.fromisoformat(was["last_used_at"])}
    ContactList.objects.filter(account=account, pk=target.pk).update(**changes)
