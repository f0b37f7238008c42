"""A list that has entries already: numbers are added or updated, and removed when the file replaces the list."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from contacts.importer.dedupe import Phones
from contacts.importer.sinks.base import Outcome, StagedSink
from contacts.importer.sinks.others import Others

MAX_SAMPLES = 20  # of contacts that change, shown before

# What an entry's values become. An empty cell is absent from the file's values, so that || keeps what is there.
_KEEP = "coalesce({old}, '{{}}') || coalesce({new}, '{{}}')"
_ERASE = "(coalesce({old}, '{{}}') - %(keys)s::text[]) || coalesce({new}, '{{}}')"


@dataclass(frozen=True)
class Update:
    """How an import changes contacts that are in the list: not at all, or their values under `keys`.

    `erases`: an empty cell empties the value, instead of leaving it. `replaces`: numbers not in the file leave the list.
    """

    keys: Sequence[str]
    updates: bool = True
    erases: bool = False
    replaces: bool = False

    def values(self, old: str, new: str) -> str:
        """Return the SQL of an entry's values after the import."""
        merged = (_ERASE if self.erases else _KEEP).format(old=old, new=new)
        return f"nullif({merged}, '{{}}'::jsonb)"


class ComparingSink(StagedSink):
    """Change nothing, and count what an import would change: for its preview.

    `samples`: some of the contacts that would change, as (phone, values before, values after).
    """

    def __init__(
        self, connection: "psycopg.Connection[Any]", *, account_id: int, list_id: int, list_size: int, update: Update
    ) -> None:
        super().__init__(connection)
        self._ids = {"account": account_id, "list": list_id, "keys": list(update.keys)}
        self._list_size = list_size
        self._replaces = update.replaces
        self._known = self._updated = 0
        self.samples: list[tuple[int, dict[str, str] | None, dict[str, str] | None]] = []
        joined = (
            "from import_stage s join contacts_listentry e"
            " on e.account_id = %(account)s and e.list_id = %(list)s and e.phone = s.phone"
        )
        after = update.values("e.values", "s.values")
        is_changed = f"e.values is distinct from {after}" if update.updates else "false"
        self._count = f"select count(*), count(*) filter (where {is_changed}) {joined}"
        self._sample = (
            f"select e.phone, e.values::text, ({after})::text {joined} where {is_changed} limit {MAX_SAMPLES}"
        )

    def _take_stage(self, cursor: "psycopg.Cursor[Any]") -> None:
        known, updated = cursor.execute(self._count, self._ids).fetchone()  # type: ignore[misc]
        if updated and len(self.samples) < MAX_SAMPLES:
            rows = cursor.execute(self._sample, self._ids).fetchall()
            # As text, since Django's connections leave JSON to its fields.
            self.samples += [
                (phone, before and json.loads(before), after and json.loads(after)) for phone, before, after in rows
            ][: MAX_SAMPLES - len(self.samples)]
        self._known += known
        self._updated += updated

    def _outcome(self) -> Outcome:
        return Outcome(
            new=self._rows - self._known,
            updated=self._updated,
            unchanged=self._known - self._updated,
            removed=self._list_size - self._known if self._replaces else 0,
        )


class ExistingListSink(StagedSink):
    """Load into a list, noting for every number that changes what it was, so that the import can be undone."""

    def __init__(
        self, connection: "psycopg.Connection[Any]", *, account_id: int, list_id: int, import_id: int, update: Update
    ) -> None:
        super().__init__(connection)
        self._ids = {"account": account_id, "list": list_id, "import": import_id, "keys": list(update.keys)}
        self._new = self._updated = 0
        self._others = Others() if update.replaces else None
        self._merge = _merge_sql(update)

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        if self._others is not None:
            self._others.keep(phones)
        super().add(phones, values)

    def _take_stage(self, cursor: "psycopg.Cursor[Any]") -> None:
        new, updated = cursor.execute(self._merge, self._ids).fetchone()  # type: ignore[misc]
        self._new += new
        self._updated += updated

    def _outcome(self) -> Outcome:
        removed = self._others.remove(self._connection, self._ids) if self._others is not None else 0
        return Outcome(self._new, self._updated, self._rows - self._new - self._updated, removed)


def _merge_sql(update: Update) -> str:
    """Return the statement for one chunk. MERGE leaves unchanged rows alone, where ON CONFLICT would lock and so write them."""
    after = update.values("e.values", "s.values")
    change = f"when matched and e.values is distinct from {after} then update set values = {after}"
    return f"""
        with merged as (
            merge into contacts_listentry e
            using (select phone, values from import_stage order by phone) s
            on e.account_id = %(account)s and e.list_id = %(list)s and e.phone = s.phone
            {change if update.updates else ""}
            when not matched then insert (account_id, list_id, phone, values)
                values (%(account)s, %(list)s, s.phone, s.values)
            returning s.phone, merge_action() = 'INSERT' as is_new, old.values as before, new.values as after
        ), noted as (
            insert into contacts_importchange (account_id, import_id, phone, kind, before, after_digest)
            select %(account)s, %(import)s, phone, case when is_new then 'A' else 'U' end, before,
                hashtextextended(after::text, 0)
            from merged
        )
        select count(*) filter (where is_new), count(*) filter (where not is_new) from merged
        """
