"""Where an import writes: the mapping of its columns, the sink of its preview and of its run, and what to note after.

Imports into the directory go where the app above says, which registers itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.db import connection
from django.utils.translation import gettext as _

from contacts.importer import mapping, readings, sinks
from contacts.importer.mapping import ColumnMapping
from contacts.importer.pipeline import Report
from contacts.importer.plan import Plan
from contacts.models import ContactList, Import
from contacts.operations import entry_keys
from smsplatform.accounts.models import User

if TYPE_CHECKING:
    from contacts.operations.import_undo import Undoing

Target = Import.Target


class ListGone(Exception):
    """The list that the import writes to was deleted meanwhile."""


@dataclass
class Destination:
    """`contact_list` is None for the exclusion list, for all contacts, and for a preview of a new list."""

    mapping: ColumnMapping
    sink: sinks.Sink
    contact_list: ContactList | None = None

    def noted(self, imported: Import, report: Report) -> dict[str, Any]:
        """Return what a preview keeps beside its counts: "changed", some of the contacts that it found changed, and the
        "columns" of the list that their values would be in."""
        samples = self.sink.samples if isinstance(self.sink, sinks.ComparingSink) else []
        changed = [{"phone": phone, "before": before, "after": after} for phone, before, after in samples]
        return {"changed": changed, "columns": report.columns}

    def finish(self, imported: Import, report: Report, now: datetime) -> None:
        """Write what the list has become after the run. The counts are kept by triggers, so only these fields are saved."""
        if self.contact_list is not None:
            self.contact_list.columns, self.contact_list.updated_at = report.columns, now
            self.contact_list.save(update_fields=["columns", "updated_at"])


class Directory(Protocol):
    """What imports into the directory ask of it."""

    def mapping(self, imported: Import) -> ColumnMapping:
        """Return which attributes the columns of an analysed import go to."""

    def preview(self, imported: Import) -> Destination:
        """Return where nothing is written. Raise ListGone."""

    def real(self, imported: Import, now: datetime) -> Destination:
        """Return where the import writes, everything locked. Raise ListGone."""

    def confirmed(self, imported: Import) -> bool:
        """Make sure of what the preview was made with. Return whether it still holds."""

    def settled(self, imported: Import) -> Mapping[str, Any]:
        """Return what changes in the preview with the import's settings, which need no new analysis."""

    def undoing(self, imported: Import) -> "Undoing":
        """Return what undoing the import would do."""

    def undo(self, imported: Import, by: User, now: datetime) -> "Undoing":
        """Take the import back. Raise OperationError."""


_directory: list[Directory] = []


def register_directory(directory: Directory) -> None:
    _directory[:] = [directory]


def directory() -> Directory:
    return _directory[0]


def column_mapping(imported: Import) -> ColumnMapping:
    """Return where the columns of an analysed import go, with the corrections that people made."""
    if imported.into_directory:
        return directory().mapping(imported)
    plan = Plan.from_json(imported.detection)
    if imported.target == Target.EXCLUDE:
        return mapping.mapped(plan.names, plan.phone_column, (), dict.fromkeys(map(str, range(plan.width)), ""))
    columns = imported.contact_list.columns if imported.contact_list else ()
    return mapping.mapped(plan.names, plan.phone_column, columns, imported.overrides.get("columns"))


def reading(imported: Import, columns: ColumnMapping) -> dict[str, Any]:
    """Return what a preview with these columns is made with."""
    of_list = imported.contact_list.columns if imported.contact_list else []
    known = None if imported.into_directory else {column["key"] for column in of_list}
    return readings.reading(imported.detection, imported.region, columns.keys, known)


def confirmed(imported: Import) -> bool:
    """Make sure of what the preview was made with. Return whether it still holds: columns may have changed since."""
    if imported.into_directory:
        return directory().confirmed(imported)
    previewed: dict[str, Any] | None = imported.preview.get("reading")
    return previewed == reading(imported, column_mapping(imported))


def preview(imported: Import) -> Destination:
    """Return where nothing is written. Raise ListGone."""
    if imported.into_directory:
        return directory().preview(imported)
    columns = column_mapping(imported)
    if imported.target == Target.NEW:
        return Destination(columns, sinks.CountingSink())
    if imported.target == Target.EXCLUDE:
        return Destination(columns, sinks.ExclusionCountingSink(psycopg_connection(), account_id=imported.account_id))
    contact_list = locked_list(imported)
    sink = sinks.ComparingSink(
        psycopg_connection(),
        account_id=imported.account_id,
        list_id=contact_list.pk,
        list_size=contact_list.contact_count,
        update=_update(imported, columns),
    )
    return Destination(columns, sink, contact_list)


def real(imported: Import, now: datetime) -> Destination:
    """Return where the import writes, a new list made or an existing one locked. Raise ListGone."""
    if imported.into_directory:
        return directory().real(imported, now)
    account_id, columns = imported.account_id, column_mapping(imported)
    if imported.target == Target.EXCLUDE:
        reason = imported.file_name or _("Pasted values")
        return Destination(
            columns,
            sinks.ExclusionSink(
                psycopg_connection(), account_id=account_id, import_id=imported.pk, reason=reason, now=now
            ),
        )
    if imported.target == Target.NEW:
        contact_list = new_list(imported, now, columns=list(columns.columns))
        new = sinks.NewListSink(psycopg_connection(), account_id=account_id, list_id=contact_list.pk)
        return Destination(columns, new, contact_list)
    contact_list = locked_list(imported)
    # Read again under the lock: somebody may have added a column since the preview.
    imported.contact_list = contact_list
    columns = column_mapping(imported)
    entry_keys.forget(imported.account, contact_list)
    sink = sinks.ExistingListSink(
        psycopg_connection(),
        account_id=account_id,
        list_id=contact_list.pk,
        import_id=imported.pk,
        update=_update(imported, columns),
    )
    return Destination(columns, sink, contact_list)


def _update(imported: Import, columns: ColumnMapping) -> sinks.Update:
    return sinks.Update(
        keys=[key for key in columns.keys if key is not None],
        updates=imported.updates_existing,
        erases=imported.erases_empty,
        replaces=imported.target == Target.REPLACE,
    )


def locked_list(imported: Import) -> ContactList:
    """Return the import's list as it is now. An import that writes has it to itself until it is committed.

    Raise ListGone, also where the list became a diffusion list meanwhile, or ceased to be one.
    """
    rows = ContactList.objects.filter(account=imported.account_id, deleted_at=None)
    if imported.status == Import.Status.RUNNING:
        rows = rows.select_for_update(no_key=True)
    contact_list = rows.filter(pk__in=[imported.contact_list_id]).first()
    if contact_list is None or (contact_list.kind == ContactList.Kind.DIRECTORY) != imported.into_directory:
        raise ListGone
    return contact_list


def new_list(imported: Import, now: datetime, **fields: Any) -> ContactList:
    return ContactList.objects.create(
        account=imported.account,
        name=imported.list_name,
        description=imported.list_description,
        author=imported.author,
        created_at=now,
        updated_at=now,
        last_used_at=now,
        **fields,
    )


def psycopg_connection() -> Any:
    connection.ensure_connection()
    return connection.connection
