"""The directory as a destination: contacts are added or updated, and join a list if there is one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg

from contacts.importer.dedupe import Phones
from contacts.importer.sinks import Outcome
from contacts.importer.sinks.base import StagedSink
from contacts.importer.sinks.others import Others
from directory.importer import statements
from directory.importer.statements import Update

MAX_SAMPLES = 20  # of contacts that change, shown before


@dataclass(frozen=True)
class Members:
    """The list that the contacts join. `is_new`: nobody is in it. `replaces`: who is not in the file leaves it."""

    list_id: int
    size: int = 0
    is_new: bool = False
    replaces: bool = False


@dataclass(frozen=True)
class Changed:
    """A contact that changes: its attributes before and after."""

    phone: int
    before: dict[str, Any]
    after: dict[str, Any]


class DirectorySink(StagedSink):
    """What preview and import do alike. `keys`: of the attributes that the file has."""

    stage_columns: LiteralString = "phone bigint, values jsonb, erased text[]"

    def __init__(
        self, connection: "psycopg.Connection[Any]", *, account_id: int, keys: Sequence[str], members: Members | None
    ) -> None:
        super().__init__(connection)
        self._members = members
        self._given: dict[str, Any] = {
            "account": account_id,
            "keys": list(keys),
            "list": members.list_id if members else None,
        }

    def _complete_stage(self, cursor: "psycopg.Cursor[Any]", data: bytes) -> None:
        if statements.UNREADABLE in data:
            cursor.execute(statements.COMPLETE, self._given)


class ComparingSink(DirectorySink):
    """Change nothing, and count what an import would change, whatever is chosen for contacts that are there.

    `known`: numbers that are contacts. `updated_keep`, `updated_erase`: those that change where empty cells keep what is
    known, or erase it, with some of them before and after. `members`: numbers that are in the list already.
    """

    def __init__(
        self, connection: "psycopg.Connection[Any]", *, account_id: int, keys: Sequence[str], members: Members | None
    ) -> None:
        super().__init__(connection, account_id=account_id, keys=keys, members=members)
        self._given["samples"] = MAX_SAMPLES
        self.known = self.updated_keep = self.updated_erase = self.members = 0
        self.changed_keep: list[Changed] = []
        self.changed_erase: list[Changed] = []

    @property
    def rows(self) -> int:
        return self._rows

    def _take_stage(self, cursor: "psycopg.Cursor[Any]") -> None:
        known, keep, erase = cursor.execute(statements.COUNT, self._given).fetchone()  # type: ignore[misc]
        self.known, self.updated_keep, self.updated_erase = (
            self.known + known,
            self.updated_keep + keep,
            self.updated_erase + erase,
        )
        self._sample(cursor, self.changed_keep, statements.KEPT, keep)
        self._sample(cursor, self.changed_erase, statements.ERASED, erase)
        if self._members and self._members.size:
            self.members += cursor.execute(statements.COUNT_MEMBERS, self._given).fetchone()[0]  # type: ignore[index]

    def _sample(
        self, cursor: "psycopg.Cursor[Any]", samples: list[Changed], after: LiteralString, changed: int
    ) -> None:
        if changed and len(samples) < MAX_SAMPLES:
            rows = cursor.execute(statements.samples(after), self._given).fetchall()
            # As text, since Django's connections leave JSON to its fields.
            found = [Changed(phone, json.loads(before), json.loads(later)) for phone, before, later in rows]
            samples += found[: MAX_SAMPLES - len(samples)]

    def _outcome(self) -> Outcome:
        """Return what does not depend on what is chosen: known contacts count as unchanged."""
        members = self._members
        removed = members.size - self.members if members and members.replaces else 0
        joined = self._rows - self.members if members else 0
        return Outcome(new=self._rows - self.known, unchanged=self.known, removed=removed, joined=joined)


class WritingSink(DirectorySink):
    """Write contacts and members, noting what contacts were and who joined, so that the import can be undone."""

    def __init__(
        self,
        connection: "psycopg.Connection[Any]",
        *,
        account_id: int,
        import_id: int,
        keys: Sequence[str],
        update: Update,
        members: Members | None,
        now: datetime,
    ) -> None:
        super().__init__(connection, account_id=account_id, keys=keys, members=members)
        self._given |= {"import": import_id, "now": now}
        self._write, self._updates = update.write, update.updates
        self._others = Others() if members and members.replaces else None
        self._new = self._updated = self._joined = self._staged = 0

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        if self._others is not None:
            self._others.keep(phones)
        super().add(phones, values)

    def _take_stage(self, cursor: "psycopg.Cursor[Any]") -> None:
        cursor.execute(statements.NO_SCANS)
        new = self._add(cursor)
        self._new += new
        if self._updates and new < self._staged:
            self._updated += cursor.execute(self._write, self._given).rowcount
        if self._members:
            join = statements.INSERT_MEMBERS if self._members.is_new else statements.ADD_MEMBERS
            self._joined += cursor.execute(join, self._given).rowcount
        cursor.execute(statements.AS_BEFORE)

    def _complete_stage(self, cursor: "psycopg.Cursor[Any]", data: bytes) -> None:
        super()._complete_stage(cursor, data)
        self._staged = data.count(b"\n")

    def _add(self, cursor: "psycopg.Cursor[Any]") -> int:
        """Add the numbers that are no contacts; if somebody adds one at this moment, the others."""
        cursor.execute("savepoint import_chunk")
        try:
            added = cursor.execute(statements.ADD, self._given).rowcount
        except psycopg.errors.UniqueViolation:
            cursor.execute("rollback to savepoint import_chunk")
            added = cursor.execute(statements.ADD_OTHERS, self._given).rowcount
        cursor.execute("release savepoint import_chunk")
        return added

    def _outcome(self) -> Outcome:
        removed = self._others.remove(self._connection, self._given) if self._others is not None else 0
        unchanged = self._rows - self._new - self._updated
        return Outcome(self._new, self._updated, unchanged, removed, self._joined)
