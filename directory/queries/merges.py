"""Two lists side by side before they become one, and what taking a merge back would do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from contacts.models import ContactList
from contacts.queries.lists import fold, folded
from directory.models import ListMerge, MergedEntry
from smsplatform.accounts.models import Account

KEEP = timedelta(days=30)  # a merge can be taken back for so long
CANDIDATES = 20

_BOTH = """
select count(*) from contacts_listentry a
join contacts_listentry b on b.account_id = a.account_id and b.list_id = %(second)s and b.phone = a.phone
where a.account_id = %(account)s and a.list_id = %(first)s
"""
_STILL_THERE = """
select count(*) from directory_mergedentry m
join contacts_listentry e on e.account_id = m.account_id and e.list_id = %(target)s and e.phone = m.phone
where m.account_id = %(account)s and m.merge_id = %(merge)s
"""


@dataclass(frozen=True)
class Overlap:
    """How many numbers two lists hold, and how many of them both."""

    first: int
    second: int
    both: int

    @property
    def total(self) -> int:
        return self.first + self.second - self.both


@dataclass(frozen=True)
class Undoing:
    """What taking a merge back does. `removed`: numbers that leave the target, with the whole of it if it was new;
    `gone`: numbers the target received that have left it since; `back`: lists that come back.

    `keeps_name`, `keeps_expiry`: somebody has changed the target's since, so that it keeps what it has now.
    """

    removed: int
    gone: int
    back: tuple[str, ...]
    is_new: bool
    keeps_name: bool = False
    keeps_expiry: bool = False


def diffusion_lists(account: Account) -> QuerySet[ContactList]:
    return ContactList.objects.for_account(account).filter(kind=ContactList.Kind.DIRECTORY)


def candidates(account: Account, contact_list: ContactList, *, search: str = "") -> list[ContactList]:
    """Return the lists that another can be merged with, whose names hold `search`: the first CANDIDATES of them."""
    rows = diffusion_lists(account).exclude(pk=contact_list.pk).select_related("author")
    if search:
        rows = rows.annotate(folded=folded(F("name"))).filter(folded__contains=fold(search))
    return list(rows.order_by("-created_at", "-pk")[:CANDIDATES])


def overlap(account: Account, first: ContactList, second: ContactList) -> Overlap:
    ids = {"account": account.pk, "first": first.pk, "second": second.pk}
    return Overlap(first.contact_count, second.contact_count, _scalar(_BOTH, ids))


def until(merge: ListMerge) -> datetime | None:
    """Return when it will be too late to take a merge back, None for one that cannot be taken back at all."""
    if merge.status != ListMerge.Status.DONE or merge.undone_at or merge.finished_at is None:
        return None
    return merge.finished_at + KEEP


def makes_new(merge: ListMerge) -> bool:
    """Whether the result of a finished merge is a list of its own."""
    return bool(merge.result["into"] == "NEW")


def undoing(account: Account, merge: ListMerge) -> Undoing:
    """Return what taking back a merge that can be taken back would do now."""
    target, before = merge.target, merge.result["before"]
    sources = [one for one in (merge.first, merge.second) if one is not None and one != target]
    back = tuple(one.name for one in sources if comes_back(merge, one))
    if target is None or makes_new(merge):
        is_there = target is not None and target.deleted_at is None
        return Undoing(target.contact_count if target and is_there else 0, 0, back, is_new=True)
    ids = {"account": account.pk, "merge": merge.pk, "target": target.pk}
    removed = _scalar(_STILL_THERE, ids)
    received = MergedEntry.objects.filter(account=account, merge=merge).count()
    was = before[str(target.pk)]
    return Undoing(
        removed,
        received - removed,
        back,
        is_new=False,
        keeps_name=target.name not in (merge.name, was["name"]),
        keeps_expiry=target.expires_after_months not in (merge.expires_after_months, was["expires_after_months"]),
    )


def comes_back(merge: ListMerge, source: ContactList) -> bool:
    """Whether taking a merge back restores or reactivates a source: as it was left, and not by hand already."""
    if merge.source_after == ListMerge.SourceAfter.DELETE:
        return source.deleted_at is not None
    was_active = merge.result["before"][str(source.pk)]["status"] == ContactList.Status.ACTIVE
    is_disabled = source.deleted_at is None and not source.is_active
    return merge.source_after == ListMerge.SourceAfter.DISABLE and was_active and is_disabled


def _scalar(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])
