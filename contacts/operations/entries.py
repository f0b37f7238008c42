"""Save what somebody changed in a list's editor."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from contacts.models import ContactList, Exclusion, ListEntry
from contacts.operations import entry_columns, entry_keys, erased_exclusions, exclusions
from contacts.operations.entry_changes import Changes, RowChange, Saved
from contacts.operations.entry_rows import Judge, Plan, read_numbers
from contacts.queries import exclusions as exclusion_queries
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib import waiting
from smsplatform.lib.errors import OperationError
from smsplatform.lib.phones import Phone

MAX_CHANGES = 5_000  # of one save
WAIT_FOR_WRITERS = "1s"  # an import may have the list for minutes: say so rather than keep somebody waiting

_UPDATE = """
update contacts_listentry e set "values" = u.v
from unnest(%(phones)s::bigint[], %(values)s::text[]::jsonb[]) u(p, v)
where e.account_id = %(account)s and e.list_id = %(list)s and e.phone = u.p
"""
_INSERT = """
insert into contacts_listentry (account_id, list_id, phone, "values")
select %(account)s, %(list)s, p, v from unnest(%(phones)s::bigint[], %(values)s::text[]::jsonb[]) u(p, v) order by p
"""


class TooManyChanges(OperationError):
    code = "TOO_MANY_CHANGES"


class ListBusy(OperationError):
    """An import is writing to the list."""

    code = "LIST_BUSY"


class ListGone(OperationError):
    code = "LIST_GONE"


@transaction.atomic
def save(account: Account, *, contact_list: ContactList, changes: Changes, by: User, now: datetime) -> Saved:
    """Write a person's pending changes to columns and rows, and what they change on the exclusion list.

    Each cell says what the person saw: where somebody else has written another value meanwhile, nothing of that row is saved,
    and the result says what is stored now. Rows in conflict or in error leave the other rows alone. A save that arrives twice
    changes nothing the second time. Raise ColumnRefused, TooManyChanges, ListBusy or ListGone: nothing is saved then.
    """
    if changes.count() > MAX_CHANGES:
        message = _("At most %(n)d changes can be saved at once; these are %(has)d. Import a file for more.")
        raise TooManyChanges(message % {"n": MAX_CHANGES, "has": changes.count()})
    locked = _locked(account, contact_list)
    after = entry_columns.planned(locked, changes.columns)
    rows = [_with_keys(row, after.keys, after.removed) for row in changes.rows]
    plan = _judged(account, locked, rows, {column["key"] for column in after.columns})
    counts = _write(account, locked, plan)
    for key in after.removed:
        entry_columns.drop_values(account, locked, key)
    counts["columns"] = _write_columns(account, locked, after, changes)
    _exclude(account, plan, by=by, now=now)
    _note(account, locked, {name: number for name, number in counts.items() if number}, by, now)
    contact_list.refresh_from_db()
    results = tuple(plan.results[row.ref] for row in changes.rows)
    return Saved(results, after.columns, after.keys, counts)


def _locked(account: Account, contact_list: ContactList) -> ContactList:
    """Return the list as it is now, which nobody else changes until the transaction ends."""
    try:
        with waiting.at_most(WAIT_FOR_WRITERS):
            rows = ContactList.objects.for_account(account).select_for_update(no_key=True)
            locked = rows.filter(pk=contact_list.pk).first()
    except waiting.TooLong:
        raise ListBusy(
            _("An import is writing to this account's lists. Nothing was saved yet: save again in a moment.")
        ) from None
    if locked is None:
        message = _("The list “%(name)s” was deleted meanwhile: restore it from the bin, then save again.")
        raise ListGone(message % {"name": contact_list.name})
    if locked.is_diffusion:
        message = _("The list “%(name)s” has become a diffusion list: its contacts are edited in the directory.")
        raise ListGone(message % {"name": contact_list.name})
    return locked


def _with_keys(row: RowChange, keys: Mapping[str, str], removed: list[str]) -> RowChange:
    """Return the row with the real keys of added columns, and without the cells of those that are removed."""
    cells = {keys.get(key, key): cell for key, cell in row.cells.items() if key not in removed}
    return RowChange(row.ref, row.phone, row.number, cells, row.remove, row.exclusion)


def _judged(account: Account, contact_list: ContactList, rows: list[RowChange], columns: set[str]) -> Plan:
    numbers = read_numbers(rows, account.region)
    phones = {row.phone for row in rows if row.phone is not None}
    phones |= {number.digits for number in numbers.values() if isinstance(number, Phone)}
    entries = ListEntry.objects.filter(account=account, contact_list=contact_list, phone__in=phones)
    stored = {phone: values or {} for phone, values in entries.values_list("phone", "values")}
    sources = {phone: known.source for phone, known in exclusion_queries.known(account, phones).items()}
    return Judge(stored=stored, sources=sources, columns=columns, numbers=numbers).judge(rows)


def _write(account: Account, contact_list: ContactList, plan: Plan) -> dict[str, int]:
    phones = sorted(plan.deletes | plan.updates.keys() | plan.inserts.keys())
    entry_keys.drop_phones(account, contact_list, phones)
    if plan.deletes:
        ListEntry.objects.filter(account=account, contact_list=contact_list, phone__in=plan.deletes).delete()
    for statement, values in ((_UPDATE, plan.updates), (_INSERT, plan.inserts)):
        if values:
            with connection.cursor() as cursor:
                cursor.execute(statement, _arrays(contact_list, values))
    entry_keys.add_phones(account, contact_list, phones)
    erased_exclusions.revive(account, phones=plan.inserts)
    moved = len(plan.moved)
    return {
        "added": len(plan.inserts) - moved,
        "changed": len(plan.updates) + moved,
        "removed": len(plan.deletes) - moved,
    }


def _arrays(contact_list: ContactList, entries: Mapping[int, dict[str, str]]) -> dict[str, Any]:
    values = [json.dumps(each, ensure_ascii=False) if each else None for each in entries.values()]
    ids = {"account": contact_list.account_id, "list": contact_list.pk}
    return ids | {"phones": list(entries), "values": values}


def _write_columns(
    account: Account, contact_list: ContactList, after: entry_columns.NewColumns, changes: Changes
) -> int:
    if after.columns == contact_list.columns:
        return 0
    if after.removed:
        entry_keys.forget(account, contact_list)
    ContactList.objects.filter(account=account, pk=contact_list.pk).update(columns=after.columns)
    return len(changes.columns)


def _exclude(account: Account, plan: Plan, *, by: User, now: datetime) -> None:
    for reason, phones in plan.excludes.items():
        exclusions.add(account, phones=phones, source=Exclusion.Source.PERSON, reason=reason, by=by, now=now)
    for reason, phones in plan.readmits.items():
        # Each row was judged: those that said STOP are confirmed.
        exclusions.remove(account, phones=phones, reason=reason, including_stop=True, by=by, now=now)


def _note(account: Account, contact_list: ContactList, counts: dict[str, int], by: User, now: datetime) -> None:
    if counts:
        ContactList.objects.filter(account=account, pk=contact_list.pk).update(updated_at=now)
        audit.record(account, "LIST_EDITED", contact_list.name, by=by, now=now, counts=counts)
