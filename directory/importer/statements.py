"""What an import does to contacts, a chunk of rows in the temporary table at a time.

`erased` of a staged row: the keys that it may erase where its cell is empty, null for all that the file has. A cell that
cannot be read is null in the row's values: it neither changes nor erases what is known.
"""

from dataclasses import dataclass
from typing import LiteralString

UNREADABLE = b":null"  # somewhere in a chunk, at times in a text: then its rows are looked at

COMPLETE: LiteralString = """
update import_stage set values = jsonb_strip_nulls(values), erased = array(
    select key from unnest(%(keys)s::text[]) key where values -> key is distinct from 'null'::jsonb
)
where values @? '$.* ? (@ == null)'
"""

KEPT: LiteralString = "c.attributes || coalesce(s.values, '{}')"
ERASED: LiteralString = "(c.attributes - coalesce(s.erased, %(keys)s::text[])) || coalesce(s.values, '{}')"

_SAME: LiteralString = "c.account_id = %(account)s and c.phone = s.phone"

# A scan seems cheap while a table has few rows, but would go through all that the statement itself adds, for each row.
NO_SCANS: LiteralString = "set local enable_seqscan = off"
AS_BEFORE: LiteralString = "set local enable_seqscan = default"

# `offset 0` keeps the order of reading, the staged row first: what the planner knows of a table that an import has just
# filled may say that it is empty, and a loop over all of it for each row would take hours.
_KNOWN: LiteralString = f"""
from import_stage s cross join lateral (
    select c.phone, c.attributes from directory_contact c where {_SAME} offset 0
) c
"""
COUNT: LiteralString = f"""
select count(*), count(*) filter (where c.attributes is distinct from {KEPT}),
    count(*) filter (where c.attributes is distinct from {ERASED}) {_KNOWN}
"""
_MEMBER: LiteralString = """lateral (
    select e.phone from contacts_listentry e
    where e.account_id = %(account)s and e.list_id = %(list)s and e.phone = s.phone offset 0
) e"""
COUNT_MEMBERS: LiteralString = f"select count(*) from import_stage s cross join {_MEMBER}"


def samples(after: LiteralString) -> LiteralString:
    return f"""
        select c.phone, c.attributes::text, ({after})::text {_KNOWN}
        where c.attributes is distinct from {after} limit %(samples)s
        """


@dataclass(frozen=True)
class Update:
    """Whether contacts that are there change, and whether empty cells erase what is known."""

    updates: bool
    erases: bool

    @property
    def write(self) -> LiteralString:
        """The statement for the known contacts of a chunk: unchanged ones are neither locked nor written.

        No MERGE: what it joins with, it may read whole for a table that the planner takes for empty, row after row.
        """
        after = ERASED if self.erases else KEPT
        return f"""
            with found as materialized (
                select c.phone, {after} as after {_KNOWN} where c.attributes is distinct from {after}
            ), written as (
                insert into directory_contact (account_id, phone, attributes, source, created_at, updated_at)
                select %(account)s, phone, after, 'IMPORT', %(now)s, %(now)s from found
                on conflict (account_id, phone) do update
                    set attributes = excluded.attributes, updated_at = excluded.updated_at
                returning phone, old.attributes as before
            )
            insert into directory_contactchange (account_id, phone, kind, source, import_id, at, before)
            select %(account)s, phone, 'U', 'IMPORT', %(import)s, %(now)s, before from written
            """


# Without ON CONFLICT, which would cost half as much again: whose number is there already was just looked up.
ADD: LiteralString = f"""
insert into directory_contact (account_id, phone, attributes, source, import_id, created_at, updated_at)
select %(account)s, s.phone, coalesce(s.values, '{{}}'), 'IMPORT', %(import)s, %(now)s, %(now)s
from import_stage s left join lateral (
    select c.phone from directory_contact c where {_SAME} offset 0
) c on true
where c.phone is null
"""
ADD_OTHERS: LiteralString = f"{ADD} on conflict (account_id, phone) do nothing"
INSERT_MEMBERS: LiteralString = """
insert into contacts_listentry (account_id, list_id, phone) select %(account)s, %(list)s, phone from import_stage
"""
ADD_MEMBERS: LiteralString = f"""
with added as (
    insert into contacts_listentry (account_id, list_id, phone)
    select %(account)s, %(list)s, s.phone from import_stage s left join {_MEMBER} on true where e.phone is null
    returning phone
)
insert into contacts_importchange (account_id, import_id, phone, kind)
select %(account)s, %(import)s, phone, 'A' from added
"""
