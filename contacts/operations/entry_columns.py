"""The columns of a list, as its editor changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from contacts.importer.names import fold
from contacts.models import ContactList, Import, ImportChange
from contacts.operations.entry_changes import ColumnChange
from smsplatform.accounts.models import Account
from smsplatform.lib.errors import OperationError

MAX_COLUMNS = 100
NAME_CHARACTERS = 80
Kind = ColumnChange.Kind

_DROP_VALUES = """
update contacts_listentry set "values" = nullif("values" - %(key)s, '{}'::jsonb)
where account_id = %(account)s and list_id = %(list)s and "values" ? %(key)s
"""


class ColumnRefused(OperationError):
    """A column cannot be what somebody wants it to be. Nothing was saved."""

    code = "COLUMN_REFUSED"


@dataclass(frozen=True)
class NewColumns:
    columns: list[dict[str, str]]
    keys: Mapping[str, str]  # of added columns, by what the changes call them
    removed: list[str]


def planned(contact_list: ContactList, changes: Sequence[ColumnChange]) -> NewColumns:
    """Return the columns after the changes. To do again what is done already changes nothing. Raise ColumnRefused."""
    columns: dict[str, dict[str, Any]] = {column["key"]: dict(column) for column in contact_list.columns}
    keys: dict[str, str] = {}
    removed = []
    free = 1 + max([0, *(int(key[1:]) for key in columns)])
    for change in changes:
        if change.kind == Kind.REMOVE:
            removed += [change.key] if columns.pop(change.key, None) else []
        elif change.kind == Kind.RENAME:
            _rename(columns, change)
        elif found := _named(columns, change.name):
            keys[change.key] = found  # somebody, or this very save sent twice, has added it
        else:
            keys[change.key] = f"c{free}"
            columns[f"c{free}"] = {"key": f"c{free}", "name": _name(change.name)}
            free += 1
    if len(columns) > max(MAX_COLUMNS, len(contact_list.columns)):
        raise ColumnRefused(_("A list has at most %(n)d columns. Nothing was saved.") % {"n": MAX_COLUMNS})
    return NewColumns(list(columns.values()), keys, removed)


def _rename(columns: dict[str, dict[str, Any]], change: ColumnChange) -> None:
    column = columns.get(change.key)
    name = _name(change.name)
    if column is None:
        message = _("The column “%(name)s” was removed meanwhile. Nothing was saved.")
        raise ColumnRefused(message % {"name": change.before})
    if column["name"] not in (change.before, name):
        message = _("Somebody else called the column “%(before)s” “%(theirs)s” meanwhile. Nothing was saved.")
        raise ColumnRefused(message % {"before": change.before, "theirs": column["name"]})
    other = _named(columns, name)
    if other not in (None, change.key):
        raise ColumnRefused(_("There is a column “%(name)s” already. Nothing was saved.") % {"name": name})
    column["name"] = name


def _named(columns: Mapping[str, Mapping[str, Any]], name: str) -> str | None:
    wanted = fold(name).strip()
    return next((key for key, column in columns.items() if fold(column["name"]).strip() == wanted), None)


def _name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise ColumnRefused(_("A column needs a name. Nothing was saved."))
    if len(name) > NAME_CHARACTERS:
        message = _("The name of a column has at most %(n)d characters. Nothing was saved.")
        raise ColumnRefused(message % {"n": NAME_CHARACTERS})
    return name


def drop_values(account: Account, contact_list: ContactList, key: str) -> None:
    """Remove a column's values, also from what undoing an import would bring back: the key may serve another column later."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP_VALUES, {"account": account.pk, "list": contact_list.pk, "key": key})
    imports = Import.objects.filter(account=account, contact_list=contact_list).values_list("pk", flat=True)
    for import_id in list(imports):
        rows = ImportChange.objects.filter(account=account, imported=import_id, before__has_key=key)
        with connection.cursor() as cursor:
            cursor.execute(
                "update contacts_importchange set before = before - %s where account_id = %s and import_id = %s",
                [key, account.pk, import_id],
            ) if rows.exists() else None
