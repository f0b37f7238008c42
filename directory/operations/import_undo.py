"""Take back an import into the directory: what somebody changed since, or another list has, stays as it is."""

from datetime import datetime
from typing import Any, LiteralString

from django.db import connection

from contacts.models import ContactList, Import
from contacts.operations import entry_keys, lists
from contacts.operations.import_undo import Undoing, is_touched
from directory.operations import keys, living, locks
from smsplatform.accounts.models import User

# `offset 0` keeps the order of reading, the import's own rows first: what the planner knows of a table that an import has
# just filled may say that it is empty, and a loop over all of it for each row would take hours.

# What is to be done with each contact that the import added or changed. Whoever changes a contact gives it a new
# `updated_at`, so those that still have the import's are as it left them.
_ACT: LiteralString = """
    select c.phone, null::jsonb as before, null::bigint as change_id, case
        when c.updated_at <> c.created_at then 'keep'
        when exists (
            select from contacts_listentry e
            where e.account_id = c.account_id and e.phone = c.phone and e.list_id = any(%(others)s::bigint[])
        ) then 'hold'
        else 'remove' end as what
    from directory_contact c
    where c.account_id = %(account)s and c.created_at between %(started)s and %(ended)s and c.import_id = %(import)s
union all
    select c.phone, h.before, h.id, case when c.updated_at = h.at then 'restore' else 'keep' end
    from directory_contactchange h cross join lateral (
        select c.phone, c.updated_at from directory_contact c
        where c.account_id = h.account_id and c.phone = h.phone offset 0
    ) c
    where h.account_id = %(account)s and h.import_id = %(import)s and h.kind = 'U'
"""
# Then those that joined an existing list, or had to leave it. A contact that goes leaves all of them.
_MEMBERS: LiteralString = """
insert into import_undoing (phone, what)
select h.phone, case h.kind when 'A' then 'leave' else 'return' end
from contacts_importchange h
cross join lateral (
    select from directory_contact c where c.account_id = h.account_id and c.phone = h.phone offset 0
) c
left join lateral (
    select e.phone from contacts_listentry e
    where e.account_id = h.account_id and e.list_id = %(list)s and e.phone = h.phone offset 0
) e on true
left join import_undoing u on u.phone = h.phone and u.what = 'remove'
where h.account_id = %(account)s and h.import_id = %(import)s and u.phone is null
    and (h.kind = 'A' and e.phone is not null or h.kind = 'R' and e.phone is null)
"""
# By arrays of numbers, and no joins, so that no plan can be worse than reading the account's contacts once.
_LEAVE: LiteralString = """
delete from contacts_listentry
where account_id = %(account)s and list_id = %(list)s and phone = any(%(phones)s::bigint[])
"""
# Lists that fill themselves hold nobody back: they took the contact because it was there.
_LEAVE_LIVING: LiteralString = """
delete from contacts_listentry
where account_id = %(account)s and list_id = any(%(living)s::bigint[]) and phone = any(%(phones)s::bigint[])
"""
_REMOVE: LiteralString = """
delete from directory_contact where account_id = %(account)s and phone = any(%(phones)s::bigint[])
"""
# With the time of the last change that still counts, so that what was imported before can be taken back as well. The
# sum keeps the planner from reading all changes by their id.
_RESTORE: LiteralString = """
with restored as (
    update directory_contact c set (attributes, updated_at) = (
        select u.before, coalesce((
            select max(h.at) from directory_contactchange h
            left join contacts_import i on i.account_id = h.account_id and i.id = h.import_id
            where h.account_id = %(account)s and h.phone = c.phone and h.id + 0 < u.change_id
                and h.kind in ('U', 'N') and i.undone_at is null
        ), c.created_at)
        from import_undoing u where u.what = 'restore' and u.phone = c.phone
    )
    where c.account_id = %(account)s and c.phone = any(%(phones)s::bigint[])
    returning c.phone, old.attributes as before
)
insert into directory_contactchange (account_id, phone, kind, source, import_id, actor_id, at, before)
select %(account)s, phone, 'X', 'IMPORT', %(import)s, %(by)s, %(now)s, before from restored
"""
_RETURN: LiteralString = """
insert into contacts_listentry (account_id, list_id, phone)
select %(account)s, %(list)s, phone from unnest(%(phones)s::bigint[]) phone
"""
_STEPS: tuple[tuple[str, LiteralString], ...] = (
    ("leave", _LEAVE),
    ("remove", _LEAVE),
    ("remove", _LEAVE_LIVING),
    ("remove", _REMOVE),
    ("restore", _RESTORE),
    ("return", _RETURN),
)
_NEXT: LiteralString = """
select array_agg(phone) from (
    select phone from import_undoing where what = %(what)s and phone > %(after)s order by phone limit %(rows)s
) next
"""
CHUNK_ROWS = 50_000


def undoing(imported: Import) -> Undoing:
    """Return what undoing the import would do."""
    with connection.cursor() as cursor:
        found = _find(cursor, imported)
        cursor.execute("drop table import_undoing")
    return found


def undo(imported: Import, *, by: User, now: datetime) -> Undoing:
    """Take back what the import did, all at once. Raise DirectoryBusy."""
    account = imported.account
    locks.remove(account.pk)
    if imported.contact_list_id is not None:
        mine = ContactList.objects.filter(account=account, pk=imported.contact_list_id)
        imported.contact_list = mine.select_for_update(no_key=True).first()
    with connection.cursor() as cursor:
        found = _find(cursor, imported)
        for what, statement in _STEPS:
            _follow(cursor, what, statement, _given(imported) | {"by": by.pk, "now": now})
        cursor.execute("drop table import_undoing")
    _end_list(imported, by, now)
    keys.queue(account, imported, now)
    living.ask(account)
    return found


def _follow(cursor: Any, what: str, statement: LiteralString, given: dict[str, Any]) -> None:
    phones: list[int] = [0]
    while phones:
        cursor.execute(_NEXT, {"what": what, "after": phones[-1], "rows": CHUNK_ROWS})
        phones = cursor.fetchone()[0] or []
        if phones:
            cursor.execute(statement, given | {"phones": phones})


def _find(cursor: Any, imported: Import) -> Undoing:
    """Write into a temporary table what is to be done, and return how much that is."""
    given = _given(imported)
    cursor.execute(f"create temp table import_undoing on commit drop as {_ACT}", given)
    contact_list = imported.contact_list
    # A list that fills itself by now follows its rule alone.
    if contact_list is not None and contact_list.rule is None:
        cursor.execute(_MEMBERS, given)
    cursor.execute("create index on import_undoing (what, phone)")
    cursor.execute("analyze import_undoing")
    cursor.execute("select what, count(*) from import_undoing group by what")
    found = dict(cursor.fetchall())
    return Undoing(
        removed=found.get("remove", 0),
        restored=found.get("restore", 0) + found.get("return", 0),
        kept=found.get("keep", 0),
        held=found.get("hold", 0),
        left=found.get("leave", 0),
        lists=int(_goes(imported)),
    )


def _given(imported: Import) -> dict[str, Any]:
    diffusion = ContactList.objects.filter(account=imported.account_id, kind=ContactList.Kind.DIRECTORY)
    # Lists in the bin too: they can be restored.
    others = diffusion.exclude(pk__in=[imported.contact_list_id])
    return {
        "account": imported.account_id,
        "import": imported.pk,
        "list": imported.contact_list_id,
        "others": list(others.filter(rule__isnull=True).values_list("pk", flat=True)),
        "living": list(others.filter(rule__isnull=False).values_list("pk", flat=True)),
        "started": imported.started_at,
        "ended": imported.finished_at,
    }


def _goes(imported: Import) -> bool:
    """Return whether the list that the import made goes to the bin: not once somebody has changed it."""
    contact_list = imported.contact_list
    if contact_list is None or contact_list.deleted_at is not None or imported.target != Import.Target.NEW:
        return False
    return not is_touched(contact_list)


def _end_list(imported: Import, by: User, now: datetime) -> None:
    contact_list = imported.contact_list
    if contact_list is None:
        return
    if _goes(imported):
        contact_list.refresh_from_db(fields=["contact_count"])
        lists.delete(imported.account, contact_list=contact_list, by=by, now=now)
        return
    entry_keys.forget(imported.account, contact_list)
    ContactList.objects.filter(account=imported.account, pk=contact_list.pk).update(updated_at=now)
