"""The exclusion list: numbers are added, and those already there keep their date and reason. None is ever removed."""

from datetime import datetime
from typing import Any

import psycopg

from contacts.importer.sinks.base import Outcome, StagedSink
from contacts.models import Exclusion

_COUNT = """
select count(*) from import_stage s where exists (
    select from contacts_excluded x where x.account_id = %(account)s and x.phone = s.phone
)
"""
# Numbers go into the inbox, where they wait for nobody, unless they are excluded already; who says STOP is noted all the same.
# An exclusion that is known is held until we are committed, and one that somebody is taking away at this moment is not known.
# Row by row, `offset 0` keeping the order: the planner knows nothing of numbers that were staged a moment ago.
_ACCEPTED = """
with given as materialized ({given}), known as materialized (
    select g.phone, bool_or(x.source = 'STOP') as said_stop from given g cross join lateral (
        select source from contacts_exclusion where account_id = %(account)s and phone = g.phone for key share skip locked
    ) x group by g.phone
), waiting as materialized (
    select g.phone, bool_or(x.source = 'STOP') as said_stop from given g cross join lateral (
        select source from contacts_exclusioninbox where account_id = %(account)s and phone = g.phone
        for key share skip locked
    ) x group by g.phone
), accepted as (
    insert into contacts_exclusioninbox (account_id, phone, reason, source, at)
    select %(account)s, g.phone, %(reason)s, %(source)s, %(now)s
    from given g left join known k on k.phone = g.phone left join waiting w on w.phone = g.phone
    where k.phone is null and w.phone is null
        or %(source)s = 'STOP' and not (coalesce(k.said_stop, false) or coalesce(w.said_stop, false))
    order by g.phone
    returning phone
), fresh as (
    select a.phone from accepted a left join known k on k.phone = a.phone left join waiting w on w.phone = a.phone
    where k.phone is null and w.phone is null
)
"""


def accepted(given: str) -> str:
    """Return SQL that excludes the numbers that `given` selects as `phone`, each once. To be followed by a `select`.

    `fresh` then has those that were not excluded yet. Parameters: account, reason, source and now.
    """
    return _ACCEPTED.format(given=given)


_ADD = (
    accepted("select phone from import_stage")
    + """
, noted as (
    insert into contacts_importchange (account_id, import_id, phone, kind)
    select %(account)s, %(import)s, phone, 'A' from fresh
)
select count(*) from fresh
"""
)


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
        self._values_of = {
            "account": account_id,
            "import": import_id,
            "reason": reason,
            "source": Exclusion.Source.IMPORT.value,
            "now": now,
        }
        self._new = 0

    def _take_stage(self, cursor: "psycopg.Cursor[Any]") -> None:
        self._new += cursor.execute(_ADD, self._values_of).fetchone()[0]  # type: ignore[index]

    def _outcome(self) -> Outcome:
        return Outcome(new=self._new, unchanged=self._rows - self._new)
