"""Imports into the directory: what `contacts` asks of it, and how it answers."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from contacts.importer.mapping import ColumnMapping
from contacts.importer.pipeline import Report
from contacts.models import ContactList, Import
from contacts.operations import entry_keys
from contacts.operations.import_targets import Destination, ListGone, locked_list, new_list, psycopg_connection
from contacts.operations.import_undo import Undoing
from directory.importer import mapping
from directory.importer.sink import ComparingSink, Members, WritingSink
from directory.importer.statements import Update
from directory.models import Attribute, Directory
from directory.operations import import_undo, keys, living, locks
from smsplatform.accounts.models import User
from smsplatform.lib import waiting

Target = Import.Target


class Preview(Destination):
    """Nothing is written; what it counts holds for whatever is chosen afterwards (`settled`)."""

    def noted(self, imported: Import, report: Report) -> dict[str, Any]:
        assert isinstance(self.sink, ComparingSink)
        sink = self.sink
        counted: dict[str, Any] = {
            "mapping": mapping.to_json(self.mapping),
            "filled": sorted(report.filled),
            "variants": {
                "rows": sink.rows,
                "known": sink.known,
                "keep": {"updated": sink.updated_keep, "changed": [asdict(one) for one in sink.changed_keep]},
                "erase": {"updated": sink.updated_erase, "changed": [asdict(one) for one in sink.changed_erase]},
            },
        }
        return counted | settled(imported, counted["variants"])


class Writing(Destination):
    def finish(self, imported: Import, report: Report, now: datetime) -> None:
        if self.contact_list is not None:
            ContactList.objects.filter(account=imported.account_id, pk=self.contact_list.pk).update(updated_at=now)
        keys.queue(imported.account, imported, now)
        living.ask(imported.account)


class DirectoryImports:
    """Registered with `contacts.operations.import_targets`, which says what each is for."""

    def mapping(self, imported: Import) -> ColumnMapping:
        return mapping.mapping_now(imported.account, imported)

    def preview(self, imported: Import) -> Destination:
        columns = self.mapping(imported)
        sink = ComparingSink(
            psycopg_connection(), account_id=imported.account_id, keys=_keys(columns), members=_previewed(imported)
        )
        return Preview(columns, sink, imported.contact_list)

    def real(self, imported: Import, now: datetime) -> Destination:
        account_id = imported.account_id
        _take_turn(account_id)
        locks.add(account_id)
        contact_list, members = _list(imported, now)
        # Under the lock: who removes an attribute's values waits for us, so a deleted one gets no more of them.
        columns = mapping.previewed(imported.account, imported)
        sink = WritingSink(
            psycopg_connection(),
            account_id=account_id,
            import_id=imported.pk,
            keys=_keys(columns),
            update=Update(imported.updates_existing, imported.erases_empty),
            members=members,
            now=now,
        )
        return Writing(columns, sink, contact_list)

    def confirmed(self, imported: Import) -> bool:
        """Fix the types of the attributes that get values. False where the attributes are no longer the preview's."""
        account = imported.account
        # Whoever changes attributes has this row.
        Directory.objects.select_for_update().filter(account=account).first()
        if mapping.to_json(mapping.mapping_now(account, imported)) != imported.preview["mapping"]:
            return False
        filled = Attribute.objects.filter(account=account, key__in=imported.preview["filled"], is_used=False)
        filled.order_by("pk").update(is_used=True)
        return True

    def settled(self, imported: Import) -> Mapping[str, Any]:
        return settled(imported, imported.preview["variants"])

    def undoing(self, imported: Import) -> Undoing:
        return import_undo.undoing(imported)

    def undo(self, imported: Import, by: User, now: datetime) -> Undoing:
        return import_undo.undo(imported, by=by, now=now)


def settled(imported: Import, variants: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a preview shows under the import's settings."""
    chosen = variants["erase" if imported.erases_empty else "keep"]
    if not imported.updates_existing:
        chosen = {"updated": 0, "changed": []}
    return {
        "new": variants["rows"] - variants["known"],
        "updated": chosen["updated"],
        "unchanged": variants["known"] - chosen["updated"],
        "changed": chosen["changed"],
    }


def _keys(columns: ColumnMapping) -> list[str]:
    return [key for key in columns.keys if key is not None]


def _take_turn(account_id: int) -> None:
    """Wait until no other import of the account is writing: two would wait for each other's contacts for ever."""
    waiting.take("directory imports", account_id)


def _previewed(imported: Import) -> Members | None:
    if imported.target == Target.BASE:
        return None
    if imported.target == Target.NEW:
        return Members(0, is_new=True)
    contact_list = locked_list(imported)
    return Members(contact_list.pk, contact_list.contact_count, replaces=imported.target == Target.REPLACE)


def _list(imported: Import, now: datetime) -> tuple[ContactList | None, Members | None]:
    """Return the list that the contacts join, made or locked, if there is one. Raise ListGone."""
    if imported.target == Target.BASE:
        return None, None
    if imported.target == Target.NEW:
        kind, months = ContactList.Kind.DIRECTORY, imported.expires_after_months
        made = new_list(imported, now, kind=kind, expires_after_months=months)
        return made, Members(made.pk, is_new=True)
    contact_list = locked_list(imported)
    if contact_list.rule is not None:
        raise ListGone  # it fills itself by now
    entry_keys.forget(imported.account, contact_list)
    replaces = imported.target == Target.REPLACE
    return contact_list, Members(contact_list.pk, contact_list.contact_count, replaces=replaces)
