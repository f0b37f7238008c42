"""A list that does not exist yet: every number is new."""

from collections.abc import Sequence
from typing import Any

import psycopg

from contacts.importer.dedupe import Phones
from contacts.importer.sinks.base import Outcome, StagedSink


class CountingSink:
    """Keep nothing: for a preview of an import into a new list."""

    needs_values = False

    def __init__(self) -> None:
        self._rows = 0

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        self._rows += len(phones)

    def finish(self) -> Outcome:
        return Outcome(new=self._rows)

    def close(self) -> None:
        pass


class NewListSink(StagedSink):
    """Load a list that was just made."""

    def __init__(self, connection: "psycopg.Connection[Any]", *, account_id: int, list_id: int) -> None:
        super().__init__(connection)
        self._ids = (account_id, list_id)

    def _take_stage(self, cursor: "psycopg.Cursor[Any]") -> None:
        cursor.execute(
            "insert into contacts_listentry (account_id, list_id, phone, values)"
            " select %s, %s, phone, values from import_stage",
            self._ids,
        )

    def _outcome(self) -> Outcome:
        return Outcome(new=self._rows)
