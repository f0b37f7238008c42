"""Two lists become one: a new list, or one of the two, in one transaction.

Done chunk by chunk in the order of the numbers, so that a big merge can say how far it is.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from contacts.models import ContactList
from contacts.operations import counting, jobs, lists
from directory.models import ListMerge, MergedEntry
from directory.operations import living, locks
from directory.queries import merges as queries
from smsplatform.accounts import audit, tenancy
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

CHUNK = 250_000
MERGES = jobs.Kind(ListMerge, task="directory.tasks.run_merge", failed="LISTS_NOT_MERGED")

Saw = Callable[[int], None]

# Both lists are locked: nobody else adds to them meanwhile, so nothing needs ON CONFLICT, which costs twice as much.
_PART = """
(select phone from contacts_listentry where account_id = %(account)s and list_id = %({which})s and phone > %(behind)s
order by phone limit %(chunk)s)
"""
_FILL_NEW = f"""
with chunk as materialized (
    select phone from ({_PART.format(which="first")} union {_PART.format(which="second")}) both_lists
    order by phone limit %(chunk)s
), written as (
    insert into contacts_listentry (account_id, list_id, phone)
    select %(account)s, %(target)s, phone from chunk order by phone
)
select max(phone), count(*), count(*) from chunk
"""
_FILL_EXISTING = f"""
with chunk as materialized {_PART.format(which="source")}, missing as materialized (
    select phone from chunk c where not exists (
        select from contacts_listentry e
        where e.account_id = %(account)s and e.list_id = %(target)s and e.phone = c.phone
    )
), written as (
    insert into contacts_listentry (account_id, list_id, phone)
    select %(account)s, %(target)s, phone from missing order by phone
), noted as (
    insert into directory_mergedentry (account_id, merge_id, phone)
    select %(account)s, %(merge)s, phone from missing order by phone
)
select max(phone), count(*), (select count(*) from missing) from chunk
"""


class CannotMerge(OperationError):
    """The two lists cannot become one in that way."""

    code = "CANNOT_MERGE"


@transaction.atomic
def start(
    account: Account,
    *,
    first: ContactList,
    second: ContactList,
    target: ContactList | None,
    name: str,
    expires_after_months: int | None,
    source_after: ListMerge.SourceAfter,
    by: User,
    now: datetime,
) -> ListMerge:
    """Begin to merge two lists; small ones are merged when this returns. Raise CannotMerge, DirectoryBusy.

    `target`: which of the two takes the other's numbers, or None for a new list. `name` and `expires_after_months`: of the
    result. `source_after`: what becomes of the lists, or the list, that are not the result.
    """
    _check(account, first, second, target)
    total = first.contact_count + second.contact_count
    merge = ListMerge(
        account=account,
        author=by,
        first=first,
        second=second,
        target=target,
        name=name,
        expires_after_months=expires_after_months,
        source_after=source_after,
        total=total,
        created_at=now,
    )
    at_once = locks.impatient()(lambda merge: _merge(account, merge, now))
    return MERGES.begin(merge, is_small=total <= settings.EXPORT_AT_ONCE_ROWS, do=at_once)


def run(account: Account, *, merge_id: int, now: datetime) -> None:
    """Merge big lists, as `jobs.Kind.run`."""
    MERGES.run(account, merge_id, lambda merge, progress: _merge(account, merge, now, saw=progress.saw))


def purge(account: Account, *, now: datetime) -> int:
    """Forget the numbers noted by merges that can no longer be taken back. Return of how many. Safe to run again."""
    old = ListMerge.objects.filter(account=account, finished_at__lt=now - queries.KEEP)
    noted = MergedEntry.objects.filter(account=account, merge__in=list(old.values_list("pk", flat=True)))
    return int(noted.delete()[0])


def _check(account: Account, first: ContactList, second: ContactList, target: ContactList | None) -> None:
    if first.pk == second.pk:
        raise CannotMerge(_("Choose another list: a list cannot be merged with itself."))
    for one in (first, second):
        if one.deleted_at is not None or one.kind != ContactList.Kind.DIRECTORY:
            raise CannotMerge(_("The list “%(name)s” no longer exists. Nothing was merged.") % {"name": one.name})
    if target is not None and target.pk not in (first.pk, second.pk):
        raise CannotMerge(_("Lists are merged into one of them, or into a new one."))
    if target is not None and target.is_living:
        message = _("The list “%(name)s” keeps itself up to date: merge into a new list or into the other one.")
        raise CannotMerge(message % {"name": target.name})


def _merge(account: Account, merge: ListMerge, now: datetime, saw: Saw = lambda done: None) -> None:
    with tenancy.account_context(account):
        first, second = _locked(account, merge)
        target = {None: None, first.pk: first, second.pk: second}[merge.target_id]
        _check(account, first, second, target)
        before = {str(one.pk): _state(one) for one in (first, second)}
        counts = _counted(account, (first, second), now)
        result = _into_new(account, merge, now, saw) if target is None else _into(account, merge, target, now, saw)
        counts["added"] = result.contact_count - (target.contact_count if target else 0)
        counts["final"] = result.contact_count
        counts["both"] = counts["first"] + counts["second"] - counts["final"]
        into = "NEW" if target is None else "FIRST" if target is first else "SECOND"
        MERGES.write_if_mine(
            merge,
            status=ListMerge.Status.DONE,
            claim=None,
            target=result,
            done=merge.total,
            result=counts | {"before": before, "into": into},
            finished_at=now,
        )
        subject = f"{first.name} + {second.name} → {merge.name}"
        audit.record(
            account, "LISTS_MERGED", subject, by=merge.author, now=now, counts={"contacts": result.contact_count}
        )
        _put_away(account, merge, [one for one in (first, second) if one is not target], now)


def _counted(account: Account, pair: tuple[ContactList, ContactList], now: datetime) -> dict[str, int]:
    """Return how many contacts each list has, those that follow a rule brought up to date."""
    for one in pair:
        if one.is_living:
            living.refresh(account, contact_list=one, now=now)
            one.refresh_from_db(fields=["contact_count"])
    return {"first": pair[0].contact_count, "second": pair[1].contact_count}


def _locked(account: Account, merge: ListMerge) -> tuple[ContactList, ContactList]:
    """Return both lists as they are now, with their contacts to oneself. Raise CannotMerge where one is gone for good."""
    locks.add(account.pk)
    ids = [pk for pk in (merge.first_id, merge.second_id) if pk is not None]
    rows = ContactList.objects.filter(account=account, pk__in=ids).order_by("pk").select_for_update(no_key=True)
    held = {one.pk: one for one in rows}
    if len(held) < 2:
        raise CannotMerge(_("One of the lists no longer exists. Nothing was merged."))
    return held[ids[0]], held[ids[1]]


def _state(contact_list: ContactList) -> dict[str, Any]:
    """Return what a merge may change of a list, for its undo."""
    return {
        "name": contact_list.name,
        "status": contact_list.status,
        "expires_after_months": contact_list.expires_after_months,
        "last_used_at": contact_list.last_used_at.isoformat(),
    }


def _into_new(account: Account, merge: ListMerge, now: datetime, saw: Saw) -> ContactList:
    made = ContactList.objects.create(
        account=account,
        kind=ContactList.Kind.DIRECTORY,
        name=merge.name,
        expires_after_months=merge.expires_after_months,
        author=merge.author,
        created_at=now,
        updated_at=now,
        last_used_at=now,
    )
    _fill(_FILL_NEW, saw, account=account.pk, first=merge.first_id, second=merge.second_id, target=made.pk)
    made.refresh_from_db()
    return made


def _into(account: Account, merge: ListMerge, target: ContactList, now: datetime, saw: Saw) -> ContactList:
    source_id = merge.second_id if target.pk == merge.first_id else merge.first_id
    _fill(_FILL_EXISTING, saw, account=account.pk, merge=merge.pk, source=source_id, target=target.pk)
    rows = ContactList.objects.filter(account=account, pk=target.pk)
    rows.update(name=merge.name, expires_after_months=merge.expires_after_months, last_used_at=now, updated_at=now)
    return rows.get()


@counting.at_end()
def _fill(statement: str, saw: Saw, **ids: int | None) -> None:
    """Run a statement for one chunk after the other."""
    behind, done = 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**ids, "behind": behind, "chunk": CHUNK})
            last, read, _written = cursor.fetchone()
        done += read
        saw(done)
        if read < CHUNK:
            return
        behind = last


def _put_away(account: Account, merge: ListMerge, sources: list[ContactList], now: datetime) -> None:
    for one in sources:
        if merge.source_after == ListMerge.SourceAfter.DELETE:
            lists.delete(account, contact_list=one, by=merge.author, now=now)
        elif merge.source_after == ListMerge.SourceAfter.DISABLE and one.is_active:
            lists.disable(account, contact_list=one, by=merge.author, now=now)
