"""Take an import back, for as long as its changes are kept: what somebody changed since stays as it is."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from contacts.models import ContactList, Import
from contacts.operations import counting, entry_keys, exclusions, import_targets, lists
from contacts.operations.imports import KEEP_FILES
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib import waiting
from smsplatform.lib.errors import OperationError

Status, Target = Import.Status, Import.Target


class CannotUndo(OperationError):
    """Too late, undone already, or the list is gone or being written to."""

    code = "CANNOT_UNDO"


@dataclass(frozen=True)
class Undoing:
    """`removed`: numbers that leave again. `restored`: that get their values or their place back. `kept`: changed since.

    Of the directory, where those are contacts: `held` stay because another list has them; `left` leave the list but stay
    contacts; `lists` go to the bin.
    """

    removed: int
    restored: int
    kept: int
    held: int = 0
    left: int = 0
    lists: int = 0

    @property
    def counts(self) -> dict[str, int]:
        return {name: n for name, n in asdict(self).items() if n or name in ("removed", "restored", "kept")}


# `offset 0` keeps the order of reading, and what is written goes by arrays of numbers: the planner may take a list that was
# filled a moment ago for empty, and loop over all of it for each number.

# The state of each number now beside what the import left; a digest of NULL is NULL on both sides.
_STATE = """
    select c.phone, c.kind, c.before, e.phone is not null as is_there,
        hashtextextended(e.values::text, 0) is not distinct from c.after_digest as is_same
    from contacts_importchange c
    left join lateral (
        select e.phone, e.values from contacts_listentry e
        where e.account_id = c.account_id and e.list_id = %(list)s and e.phone = c.phone offset 0
    ) e on true
    where c.account_id = %(account)s and c.import_id = %(import)s
"""
_FOLLOW = f"""
with state as materialized ({_STATE}), act as materialized (
    select phone, before, case
        when kind = 'A' and is_there and is_same then 'remove'
        when kind = 'U' and is_there and is_same then 'restore'
        when kind = 'R' and not is_there then 'insert'
        when kind = 'A' and not is_there then 'gone' else 'keep' end as what
    from state
)
"""
_COUNT = (
    _FOLLOW
    + """
select count(*) filter (where what = 'remove'), count(*) filter (where what in ('restore', 'insert')),
    count(*) filter (where what = 'keep') from act
"""
)
_NOTE = f"create temp table import_undoing on commit drop as {_FOLLOW} select * from act"
_STEPS = {
    "remove": """
        delete from contacts_listentry
        where account_id = %(account)s and list_id = %(list)s and phone = any(%(phones)s::bigint[])
        """,
    "restore": """
        update contacts_listentry e
        set values = (select u.before from import_undoing u where u.what = 'restore' and u.phone = e.phone)
        where e.account_id = %(account)s and e.list_id = %(list)s and e.phone = any(%(phones)s::bigint[])
        """,
    "insert": """
        insert into contacts_listentry (account_id, list_id, phone, values)
        select %(account)s, %(list)s, phone, before from import_undoing
        where what = 'insert' and phone = any(%(phones)s::bigint[]) order by phone
        """,
}
_NEXT = """
select array_agg(phone) from (
    select phone from import_undoing where what = %(what)s and phone > %(after)s order by phone limit %(rows)s
) next
"""
CHUNK_ROWS = 50_000
UNDO_TIME = "2min"  # for each statement, of an import of millions, while the person waits
_EXCLUDED = """
where x.account_id = %(account)s and x.source = 'IMPORT' and c.account_id = x.account_id
    and c.import_id = %(import)s and c.phone = x.phone
"""
_READMIT = f"""
with counted as (
    delete from contacts_exclusion x using contacts_importchange c {_EXCLUDED} returning x.phone
), arrived as (
    delete from contacts_exclusioninbox x using contacts_importchange c {_EXCLUDED} returning x.phone
)
select count(*) from (select phone from counted union select phone from arrived) readmitted
"""


def until(imported: Import) -> datetime | None:
    """Return when it will be too late to undo, None for an import that cannot be undone at all."""
    if imported.status != Status.DONE or imported.undone_at or imported.finished_at is None:
        return None
    if imported.contact_list and imported.contact_list.is_diffusion != imported.into_directory:
        return None  # it was a list of the account's other mode then: what the import noted does not fit it now
    if imported.into_directory and imported.account.mode != Account.Mode.DIRECTORY:
        return None  # the directory is hidden
    return imported.finished_at + KEEP_FILES


def preview(account: Account, imported: Import) -> Undoing | None:
    """Return what undoing would do, None for a new list that was changed since: it can only be deleted."""
    if imported.into_directory:
        return import_targets.directory().undoing(imported)
    if imported.target == Target.NEW:
        contact_list = imported.contact_list
        is_whole = contact_list is not None and not is_touched(contact_list)
        return Undoing(contact_list.contact_count, 0, 0) if contact_list and is_whole else None
    if imported.target == Target.EXCLUDE:
        total = imported.result["new"]
        with connection.cursor() as cursor:
            cursor.execute(
                f"select count(distinct x.phone) from contacts_excluded x, contacts_importchange c {_EXCLUDED}",
                _ids(imported),
            )
            found = cursor.fetchone()[0]
        return Undoing(found, 0, total - found)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, _ids(imported))
        return Undoing(*cursor.fetchone())


@counting.at_end()
def undo(account: Account, *, imported: Import, by: User, now: datetime) -> Undoing:
    """Take back what the import did, all at once. Raise CannotUndo."""
    waiting.allow(statement=UNDO_TIME)
    mine = Import.objects.select_for_update(no_key=True).filter(account=account, pk=imported.pk)
    imported = mine.get()
    last = until(imported)
    if last is None or now > last:
        raise CannotUndo(_("This import can no longer be undone. Nothing was changed."))
    if imported.into_directory:
        undone = import_targets.directory().undo(imported, by, now)
    elif imported.target == Target.EXCLUDE:
        undone = _undo_exclusions(imported)
    else:
        undone = _undo_list(account, imported, by, now)
    mine.update(undone_at=now, undone_by=by, undo_result=undone.counts)
    audit.record(account, "IMPORT_UNDONE", imported.list_name, by=by, now=now, counts=undone.counts)
    return undone


def _undo_exclusions(imported: Import) -> Undoing:
    with exclusions.alone(imported.account), connection.cursor() as cursor:
        cursor.execute(_READMIT, _ids(imported))
        removed = cursor.fetchone()[0]
    return Undoing(removed, 0, imported.result["new"] - removed)


def _undo_list(account: Account, imported: Import, by: User, now: datetime) -> Undoing:
    if Import.objects.filter(account=account, contact_list=imported.contact_list_id, status=Status.RUNNING).exists():
        raise CannotUndo(_("Another import is writing to this list. Wait until it has ended."))
    rows = ContactList.objects.select_for_update(no_key=True).filter(account=account, deleted_at=None)
    contact_list = rows.filter(imports=imported.pk).first()
    if contact_list is None:
        raise CannotUndo(_("The list of this import was deleted. Restore it from the bin first."))
    if imported.target == Target.NEW:
        return _undo_new(account, imported, contact_list, by, now)
    undone = preview(account, imported)
    assert undone is not None
    _follow(_ids(imported))
    _touch(account, contact_list, now)
    return undone


def _follow(ids: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, ids)
        cursor.execute("create index on import_undoing (what, phone)")
        cursor.execute("analyze import_undoing")
        for what, statement in _STEPS.items():
            phones = [0]
            while phones:
                cursor.execute(_NEXT, {"what": what, "after": phones[-1], "rows": CHUNK_ROWS})
                phones = cursor.fetchone()[0] or []
                if phones:
                    cursor.execute(statement, ids | {"phones": phones})
        cursor.execute("drop table import_undoing")


def _undo_new(account: Account, imported: Import, contact_list: ContactList, by: User, now: datetime) -> Undoing:
    """Put the list that the import made in the bin. What each number was is not kept for new lists, so it must be as it was."""
    if is_touched(contact_list):
        raise CannotUndo(
            _(
                "The list was changed since this import: delete it if you no longer want it. It stays in the bin for 30 days."
            )
        )
    lists.delete(account, contact_list=contact_list, by=by, now=now)
    return Undoing(contact_list.contact_count, 0, 0)


def is_touched(contact_list: ContactList) -> bool:
    """Return whether a list's contacts were changed after the import that made it."""
    return contact_list.updated_at != contact_list.created_at


def _touch(account: Account, contact_list: ContactList, now: datetime) -> None:
    entry_keys.forget(account, contact_list)
    ContactList.objects.filter(account=account, pk=contact_list.pk).update(updated_at=now)


def _ids(imported: Import) -> dict[str, Any]:
    return {"account": imported.account_id, "import": imported.pk, "list": imported.contact_list_id}
