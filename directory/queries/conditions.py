"""What a rule and a search ask of a contact, as exact SQL on alias c of directory_contact."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from contacts.queries import exclusions
from contacts.queries.entry_text import SEPARATORS
from contacts.queries.lists import ACCENTED, PLAIN, fold
from directory.models import Attribute, AttributeType
from directory.queries import key_text, rules
from directory.queries.key_text import folded_sql, integer_sql, value_sql
from directory.queries.query import Rule
from directory.queries.search import Search
from smsplatform.lib import days

NOBODY, EVERYBODY = "false", "true"


class Parameters:
    """Collects the parameters of a statement under names that nothing else uses."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {f"q_{name}": value for name, value in key_text.PARAMETERS.items()}

    def add(self, value: Any) -> str:
        """Return the placeholder of a value."""
        name = f"q_{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


def own_names(sql: str) -> str:
    """Return SQL of `key_text` with the names of `Parameters`."""
    for name in key_text.PARAMETERS:
        sql = sql.replace(f"%({name})s", f"%(q_{name})s")
    return sql


def of_rule(rule: Rule, known: Mapping[str, Attribute], parameters: Parameters, now: datetime) -> str:
    """Return SQL for a checked rule. Raise RuleRefused when one of its attributes is gone."""
    parts = [
        of_rule(part, known, parameters, now)
        if "conditions" in part
        else of_condition(part, rules.kind_of(part["field"], known), parameters, now)
        for part in rule["conditions"]
    ]
    if not parts:
        return EVERYBODY
    return f"({(' and ' if rule['match'] == rules.ALL else ' or ').join(parts)})"


def of_condition(condition: dict[str, Any], kind: str, parameters: Parameters, now: datetime) -> str:
    field, asked, value = condition["field"], condition["is"], condition.get("value")
    if asked == "EMPTY":
        return f"({value_sql(field)} is null)"
    if asked == "FILLED":
        return f"({value_sql(field)} is not null)"
    if kind == AttributeType.DATE:
        return _of_days(asked, value, f'({value_sql(field)} collate "C")', parameters, now)
    if kind == rules.CREATED:
        return _of_creation(asked, value, parameters, now)
    return own_names(_OF_KIND[kind](field, asked, value, parameters))


def _of_text(field: str, asked: str, value: Any, parameters: Parameters) -> str:
    column = folded_sql(value_sql(field))
    text = parameters.add(fold(str(value)))
    return {
        "EQUALS": f"({column} = {text})",
        "DIFFERS": f"({column} is distinct from {text})",
        "STARTS": f"starts_with({column}, {text})",
        "CONTAINS": f"(strpos({column}, {text}) > 0)",
    }[asked]


def _of_integer(field: str, asked: str, value: Any, parameters: Parameters) -> str:
    sign = {"EQUALS": "=", "DIFFERS": "is distinct from", "LESS": "<", "MORE": ">"}[asked]
    return f"({integer_sql(field)} {sign} {parameters.add(value)})"


def _of_boolean(field: str, asked: str, value: Any, parameters: Parameters) -> str:
    return f"({value_sql(field)} = '{'true' if asked == 'TRUE' else 'false'}')"


def _of_list(field: str, asked: str, value: Any, parameters: Parameters) -> str:
    return member_sql(parameters.add(value)) if asked == "IN" else f"(not {member_sql(parameters.add(value))})"


def member_sql(list_id: str) -> str:
    return (
        "exists (select from contacts_listentry e where e.account_id = c.account_id"
        f" and e.list_id = {list_id} and e.phone = c.phone)"
    )


EXCLUDED = exclusions.exists_sql("c")


def _of_days(asked: str, value: Any, column: str, parameters: Parameters, now: datetime) -> str:
    low, high = day_range(asked, value, now)
    parts = [f"{column} >= {parameters.add(low.isoformat())}"] if low else []
    parts += [f"{column} <= {parameters.add(high.isoformat())}"] if high else []
    return f"({' and '.join(parts) or NOBODY})"


def _of_creation(asked: str, value: Any, parameters: Parameters, now: datetime) -> str:
    low, high = moments(asked, value, now)
    parts = [f"c.created_at >= {parameters.add(low)}"] if low else []
    parts += [f"c.created_at < {parameters.add(high)}"] if high else []
    return f"({' and '.join(parts) or NOBODY})"


def moments(asked: str, value: Any, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return from when and before when a contact was added, as a condition on CREATED asks."""
    low, high = day_range(asked, value, now)
    return days.beginning(low), days.end(high)


def day_range(asked: str, value: Any, now: datetime) -> tuple[date | None, date | None]:
    """Return the first and the last day that a condition asks for, None where it is open; both are None for no day."""
    if asked == "LAST_DAYS":
        today = timezone.localdate(now)
        return today - timedelta(days=value), today
    day = date.fromisoformat(value)
    if asked == "ON":
        return day, day
    if asked == "BEFORE":
        return None, day - timedelta(days=1) if day > date.min else None
    return day + timedelta(days=1) if day < date.max else None, None


_OF_KIND: dict[str, Callable[[str, str, Any, Parameters], str]] = {
    AttributeType.TEXT: _of_text,
    AttributeType.INTEGER: _of_integer,
    AttributeType.BOOLEAN: _of_boolean,
    rules.LIST: _of_list,
}


def of_search(search: Search, parameters: Parameters) -> str:
    """Return SQL for the contacts that a search finds. It finds nobody when it stands for nothing."""
    alternatives = []
    if search.whole is not None:
        alternatives.append(f"c.phone = {parameters.add(search.whole)}")
    alternatives += [f"starts_with(c.phone::text, {parameters.add(start)})" for start in search.starts]
    if search.has_middle:
        alternatives.append(f"strpos(c.phone::text, {parameters.add(search.piece)}) > 0")
    elif search.piece:
        alternatives.append(f"right(c.phone::text, {len(search.piece)}) = {parameters.add(search.piece)}")
    # The slowest come last, since the first that holds is enough.
    alternatives += [_of_words(words, parameters) for words in search.words]
    return f"({' or '.join(alternatives) or NOBODY})"


def _of_words(words: tuple[str, ...], parameters: Parameters) -> str:
    """Return SQL for contacts who have a word beginning like each of the words.

    Words of letters are looked for in the JSON as it is written, ten times as fast as word by word. That does not work
    where it is escaped, nor for what JSON itself or a date is written with.
    """
    quick = [word for word in words if not _AS_IN_JSON.fullmatch(word)]
    slow = [word for word in words if word not in quick]
    parts = [f"{_JSON} ~* {parameters.add(_pattern(word))}" for word in quick]
    if slow:
        parts.append(_word_by_word(slow, parameters))
    found = " and ".join(parts)
    if not quick:
        return f"({found})"
    return f"(case when strpos({_JSON}, '\\') > 0 then {_word_by_word(list(words), parameters)} else {found} end)"


_JSON = "c.attributes::text"
_AS_IN_JSON = re.compile(r"\d{1,2}|\d{5,8}|a\d*|t|tr|tru|true|f|fa|fal|fals|false")
_VARIANTS: dict[str, str] = {}
for _accented, _plain in zip(ACCENTED, PLAIN, strict=True):
    _VARIANTS[_plain] = _VARIANTS.get(_plain, _plain) + _accented


def _pattern(word: str) -> str:
    """Return a regular expression for a word's beginning. Words hold none of its special characters."""
    separators = re.sub(r"([\\\]^-])", r"\\\1", SEPARATORS)
    letters = (f"[{_VARIANTS[letter]}]" if letter in _VARIANTS else letter for letter in word)
    return f"[{separators}]{''.join(letters)}"


def _word_by_word(words: list[str], parameters: Parameters) -> str:
    spaced = own_names(key_text.words_sql("v.value"))
    holds = " and ".join(f"strpos(w.words, {parameters.add(f' {word}')}) > 0" for word in words)
    return (
        f"exists (select from (select string_agg(' ' || {spaced}, '') as words"
        f" from jsonb_each_text(c.attributes) v) w where {holds})"
    )
