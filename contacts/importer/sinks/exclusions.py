"""The exclusion list: numbers are added, and those already there keep their date and reason. None is ever removed."""

from datetime import datetime
from typing import Any

import psycopg

from contacts.importer.sinks.base import Outcome, StagedSink

_COUNT = """
select count(*) from import_stage s
join contacts_exclusion x on x.account_id = %(account)s and x.phone = s.phone
"""
_ADD = """
with added as (
    insert into contacts_exclusion (account_id, phone, reason, source, at)
    select %(account)s, phone, %(reason)s, 'IMPORT', %(now)s from import_stage
    on conflict (account_id, phone) do nothing
    returning phone
), noted as (
    insert into contacts_importchange (account_id, import_id, phone, kind)
    select %(account)s, %(import)s, phone, 'A' from added
)
select count(*) from added
"""


class ExclusionCountingSink(StagedSink):
    """Count the numbers that are excluded already: for a preview."""

    needs_values = False

    def __init__(self, connection: "psycopg.Connection[Any]", *, account_id: int) -> None:
        super().__init__(connection)
        self._ids = {"account": account_id}
        self._known = 0

    def _take_stage(self, cursor: "psycopg.Cursor[Any]") -> None:
        self._known += cursor.execute(_COUNT, self._ids).fetchone()[0]  # type: ignore[index]

    def _outcome(self) -> Outcome:
        return Outcome(new=self._rows - self._known, unchanged=self._known)


class ExclusionSink(StagedSink):
    """Exclude the numbers, and note which ones were not excluded before."""

    needs_values = False

    def __init__(
        self, connection: "psycopg.Connection[Any]", *, account_id: int, import_id: int, reason: str, now: datetime
    ) -> None:
        super().__init__(connection)
        self._values_of = {"account": account_id, "import": import_id, "reason": reason, "now": now}
        self._new = 0

    def _take_stage(self, cursor: "psycopg.Cursor[Any]") -> None:
        self._new += cursor.execute(_ADD, self._values_of).fetchone()[0]  # type: ignore[index]

    def _outcome(self) -> Outcome:
        return Outcome(new=self._new, unchanged=self._rows - self._new)
