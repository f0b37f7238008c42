"""Bring the contacts of independent lists together as the directory would have them: tried or done, it is the same work.

Set by set in temporary tables, so that memory does not depend on how many there are: each list's entries with typed values,
merged list after list by number; the list that was modified last has the last word.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from contacts.importer.typed import NotOfType, parse_value
from contacts.models import ContactList
from directory.models import AttributeType
from smsplatform.accounts.models import Account

TYPED_AT_ONCE = 5_000
MAX_EXAMPLES = 5
PAIRS_PER_OBJECT = 40  # PostgreSQL's functions take 100 arguments

_TABLES = (
    "create temp table option_typed (type text, text text, value jsonb, primary key (type, text)) on commit drop",
    "create temp table option_stage (phone bigint, attributes jsonb) on commit drop",
    "create temp table option_contact (phone bigint primary key, attributes jsonb, lists int, clashes boolean) on commit drop",
)
_TEXT = "nullif(btrim(e.values->>%({name})s, E' \\t\\r\\n'), '')"
_OF_LIST = "from contacts_listentry e where e.account_id = %(account)s and e.list_id = %(list)s"
_UNKNOWN = """
select distinct {text} {of_list} and {text} is not null
and not exists (select from option_typed t where t.type = %(type)s and t.text = {text})
"""
_LEARN = "insert into option_typed select %s, * from unnest(%s::text[], %s::jsonb[])"
_UNREADABLE = """
select count(*), min(t.text) from contacts_listentry e join option_typed t on t.type = %(type)s and t.text = {text}
where t.value is null and e.account_id = %(account)s and e.list_id = %(list)s
"""
# Two objects differ in a key that both have exactly when it matters which one has the last word.
_DIFFER = "({a} || {b}) <> ({b} || {a})"
_MERGE = f"""
insert into option_contact as m (phone, attributes, lists, clashes)
select phone, attributes, 1, false from option_stage order by phone
on conflict (phone) do update set attributes = m.attributes || excluded.attributes, lists = m.lists + 1,
    clashes = m.clashes or {_DIFFER.format(a="m.attributes", b="excluded.attributes")}
"""
_EXAMPLES = f"""
select s.phone, x.key, m.attributes->x.key, x.value
from option_stage s join option_contact m using (phone) cross join jsonb_each(s.attributes) x
where {_DIFFER.format(a="m.attributes", b="s.attributes")} and m.attributes->x.key <> x.value
limit %s
"""
_TOTALS = f"""
select count(*), count(*) filter (where m.lists > 1), count(*) filter (where m.clashes), count(c.phone),
    count(*) filter (where {_DIFFER.format(a="m.attributes", b="c.attributes")})
from option_contact m left join directory_contact c on c.account_id = %s and c.phone = m.phone
"""


@dataclass(frozen=True)
class Goal:
    """The attribute that a column goes to. While it is only tried, a new attribute's `key` is made up."""

    key: str
    name: str
    type: str


# For each list, the columns' keys and where they go.
Goals = Mapping[int, Mapping[str, Goal]]


@dataclass
class Facts:
    """`contacts`: different numbers. `merged`: those in several lists. `conflicts`: those whose lists disagree.

    `known`: those in the directory already, `differing` from it. `unreadable`: by the attribute's key, {"count", "text"}.
    """

    contacts: int = 0
    entries: int = 0
    merged: int = 0
    conflicts: int = 0
    known: int = 0
    differing: int = 0
    unreadable: dict[str, dict[str, Any]] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)
    used: list[str] = field(default_factory=list)


def gather(
    account: Account, lists: Sequence[ContactList], goals: Goals, *, saw: Callable[[int], None] = lambda done: None
) -> Facts:
    """Fill `option_contact` from the lists, in their order, and return what was found. `saw` hears of entries done."""
    facts = Facts()
    _execute("drop table if exists option_typed, option_stage, option_contact")
    for statement in _TABLES:
        _execute(statement)
    for contact_list in lists:
        _take(account, contact_list, goals.get(contact_list.pk, {}), facts)
        saw(facts.entries)
    _execute("analyze option_contact")
    [totals] = _rows(_TOTALS, [account.pk])
    facts.contacts, facts.merged, facts.conflicts, facts.known, facts.differing = totals
    rows = _rows("select distinct jsonb_object_keys(attributes) from option_contact", [])
    facts.used = sorted(key for (key,) in rows)
    return facts


def _take(account: Account, contact_list: ContactList, columns: Mapping[str, Goal], facts: Facts) -> None:
    ids = {"account": account.pk, "list": contact_list.pk}
    for column, goal in columns.items():
        if goal.type != AttributeType.TEXT:
            _read_values(ids | {"column": column, "type": goal.type}, goal, facts)
    built, given = _built(columns)
    _execute("truncate option_stage")
    facts.entries += _execute(f"insert into option_stage select e.phone, {built} {_OF_LIST}", ids | given)
    wanted = MAX_EXAMPLES - len(facts.examples)
    if wanted:
        for phone, key, before, after in _rows(_EXAMPLES, [wanted]):
            values = {"before": json.loads(before), "after": json.loads(after)}
            facts.examples.append({"phone": phone, "attribute": key, "list": contact_list.name} | values)
    _execute(_MERGE)


def _read_values(given: dict[str, Any], goal: Goal, facts: Facts) -> None:
    """Read the different texts of a typed column once each, and note those that cannot be of the type."""
    text = _TEXT.format(name="column")
    for texts in _batches(_UNKNOWN.format(text=text, of_list=_OF_LIST), given):
        _execute(_LEARN, [goal.type, texts, [_typed(one, goal.type) for one in texts]])
    [(count, example)] = _rows(_UNREADABLE.format(text=text), given)
    if count:
        noted = facts.unreadable.setdefault(goal.key, {"count": 0, "text": example})
        noted["count"] += count


def _typed(text: str, type: str) -> str | None:
    try:
        value = parse_value(text, type)
    except NotOfType:
        return None
    return None if value is None else json.dumps(value)


def _batches(statement: str, given: dict[str, Any]) -> Iterator[list[str]]:
    """Yield what a query finds, some at a time, without holding all of it."""
    connection.ensure_connection()
    with connection.connection.cursor(name="option_texts") as cursor:
        cursor.execute(statement, given)
        while rows := cursor.fetchmany(TYPED_AT_ONCE):
            yield [text for (text,) in rows]


def _built(columns: Mapping[str, Goal]) -> tuple[str, dict[str, str]]:
    """Return the SQL of an entry's attributes, and its parameters. Of columns with one goal the first filled one counts."""
    values: dict[str, list[str]] = {}
    given: dict[str, str] = {}
    for number, (column, goal) in enumerate(columns.items()):
        given |= {f"column{number}": column, f"key{number}": goal.key, f"type{number}": goal.type}
        text = _TEXT.format(name=f"column{number}")
        typed = f"(select t.value from option_typed t where t.type = %(type{number})s and t.text = {text})"
        value = f"to_jsonb({text})" if goal.type == AttributeType.TEXT else typed
        values.setdefault(goal.key, [f"%(key{number})s::text"]).append(value)
    pairs = [f"{key}, coalesce({', '.join(found)})" for key, *found in values.values()]
    objects = [pairs[start : start + PAIRS_PER_OBJECT] for start in range(0, len(pairs), PAIRS_PER_OBJECT)]
    built = " || ".join(f"jsonb_strip_nulls(jsonb_build_object({', '.join(some)}))" for some in objects)
    return built or "'{}'::jsonb", given


# Who is in the directory already is changed before the others join, so that each is met once. New contacts need no note
# of what they were; one says who brought them.
_UPDATE = """
with changed as (
    update directory_contact c set attributes = {after}, updated_at = %(now)s
    from option_contact m where c.account_id = %(account)s and c.phone = m.phone and c.attributes <> {after}
    returning c.phone, old.attributes as before
)
insert into directory_contactchange (account_id, phone, kind, source, actor_id, at, before)
select %(account)s, phone, 'U', 'LIST', %(actor)s, %(now)s, before from changed
"""
_INSERT = """
with added as (
    insert into directory_contact (account_id, phone, attributes, source, created_at, updated_at)
    select %(account)s, m.phone, m.attributes, 'LIST', %(now)s, %(now)s from option_contact m
    where not exists (select from directory_contact c where c.account_id = %(account)s and c.phone = m.phone)
    order by m.phone
    returning phone
)
insert into directory_contactchange (account_id, phone, kind, source, actor_id, at)
select %(account)s, phone, 'C', 'LIST', %(actor)s, %(now)s from added
"""


def settle(account: Account, *, lists_win: bool, actor: Any, now: Any) -> tuple[int, int]:
    """Write what `gather` brought together into the directory; return how many contacts are new, and how many changed.

    `lists_win`: over other values that the directory has already, instead of only filling in what it does not know.
    """
    given = {"account": account.pk, "actor": actor.pk if actor else None, "now": now}
    after = "(c.attributes || m.attributes)" if lists_win else "(m.attributes || c.attributes)"
    changed = _execute(_UPDATE.format(after=after), given)
    added = _execute(_INSERT, given)
    _execute("drop table option_typed, option_stage, option_contact")
    return added, changed


def _execute(statement: str, given: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)


def _rows(statement: str, given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())
