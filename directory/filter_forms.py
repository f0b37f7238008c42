"""The filter of contacts as people build it: criteria in rows, some in groups; posted as parallel fields of a plain form."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from contacts.models import ContactList
from directory.models import Attribute, AttributeType
from directory.queries import rules
from directory.queries.query import Rule

MAX_GROUPS = 10
VALUE_CHARACTERS = 200
MATCHES = (rules.ALL, rules.ANY)


@dataclass(frozen=True)
class Criterion:
    """One row, as typed. `group`: 0 for none, or the number of the group it is in."""

    field: str = ""
    asked: str = ""
    value: str = ""
    group: int = 0


@dataclass(frozen=True)
class Draft:
    """A filter being built; it may not be complete yet. `groups`: how each group matches, by its number from 1.

    `is_tried`: somebody wanted it applied, so what is missing must be said.
    """

    match: str = rules.ALL
    criteria: list[Criterion] = field(default_factory=list)
    groups: dict[int, str] = field(default_factory=dict)
    is_tried: bool = False

    @classmethod
    def of_rule(cls, rule: Rule | None) -> "Draft":
        if rule is None:
            return cls()
        criteria: list[Criterion] = []
        groups: dict[int, str] = {}
        for part in rule["conditions"]:
            number = 0
            if "conditions" in part:
                number = len(groups) + 1
                groups[number] = part["match"]
            criteria += [_criterion(condition, number) for condition in part.get("conditions", [part])]
        return cls(rule["match"], criteria, groups)

    @classmethod
    def of_post(cls, posted: QueryDict) -> "Draft":
        rows = zip(*(posted.getlist(f"c_{name}") for name in ("field", "is", "value", "group")), strict=False)
        groups = dict(zip(map(_number, posted.getlist("group")), posted.getlist("group_match"), strict=False))
        groups = {number: _match(match) for number, match in groups.items() if 0 < number <= MAX_GROUPS}
        criteria = [
            Criterion(
                asked_of[:20], asked[:20], value[:VALUE_CHARACTERS], _number(group) if _number(group) in groups else 0
            )
            for asked_of, asked, value, group in rows
        ]
        return cls(_match(posted.get("match", "")), criteria[: rules.MAX_CONDITIONS], groups)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Draft":
        criteria = [Criterion(**one) for one in stored["criteria"]]
        groups = {int(number): match for number, match in stored["groups"].items()}
        return cls(stored["match"], criteria, groups, stored["is_tried"])

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def to_rule(self) -> Rule | None:
        """Return the rule for `rules.check`, None without any criterion. Rows whose attribute is not chosen do not count."""
        conditions: list[Any] = [_condition(one) for one in self.criteria if one.field and not one.group]
        for number, match in sorted(self.groups.items()):
            inside = [_condition(one) for one in self.criteria if one.field and one.group == number]
            conditions += [{"match": match, "conditions": inside}] if inside else []
        return {"match": self.match, "conditions": conditions} if conditions else None

    def acted(self, act: str) -> "Draft":
        """Return the draft after a button: "add", "add:2" (to a group), "group" (a new one) or "remove:3" (a row)."""
        verb, _colon, number = act.partition(":")
        if verb == "add" and len(self.criteria) < rules.MAX_CONDITIONS:
            group = _number(number) if _number(number) in self.groups else 0
            return replace(self, criteria=[*self.criteria, Criterion(group=group)])
        if verb == "group" and len(self.groups) < MAX_GROUPS and len(self.criteria) < rules.MAX_CONDITIONS:
            new = max(self.groups, default=0) + 1
            other = rules.ANY if self.match == rules.ALL else rules.ALL
            return replace(self, groups=self.groups | {new: other}, criteria=[*self.criteria, Criterion(group=new)])
        if verb == "remove" and number.isdecimal() and len(number) < 4 and int(number) < len(self.criteria):
            kept = [one for index, one in enumerate(self.criteria) if index != int(number)]
            left = {one.group for one in kept}
            return replace(
                self, criteria=kept, groups={key: value for key, value in self.groups.items() if key in left}
            )
        return self


def _match(text: str) -> str:
    return text if text in MATCHES else rules.ALL


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _criterion(condition: Mapping[str, Any], group: int) -> Criterion:
    value = condition.get("value")
    return Criterion(condition["field"], condition["is"], "" if value is None else str(value), group)


def _condition(one: Criterion) -> dict[str, Any]:
    return {"field": one.field, "is": one.asked, "value": one.value}


def without(rule: Rule, index: int) -> Rule | None:
    """Return a rule without one of its conditions or groups, None when nothing is left."""
    left = [part for place, part in enumerate(rule["conditions"]) if place != index]
    return {"match": rule["match"], "conditions": left} if left else None


@dataclass(frozen=True)
class Row:
    """A criterion as the page draws it. `input`: "text", "number", "date", "list", or "" where no value is asked for."""

    index: int
    criterion: Criterion
    operators: list[tuple[str, str]]
    input: str
    has_value: bool
    label: str


@dataclass(frozen=True)
class Group:
    """`number` 0: the criteria outside of groups."""

    number: int
    match: str
    rows: list[Row]


@dataclass(frozen=True)
class Builder:
    """What the page draws: the fields to choose from, the groups with their rows, and what is missing, if it was tried."""

    draft: Draft
    fields: list[tuple[str, str]]
    groups: list[Group]
    lists: list[tuple[str, str]]
    error: str = ""

    @property
    def can_add(self) -> bool:
        return len(self.draft.criteria) < rules.MAX_CONDITIONS


def builder(draft: Draft, attributes: list[Attribute], lists: Iterable[ContactList], error: str = "") -> Builder:
    known = {attribute.key: attribute for attribute in attributes}
    fields = [(attribute.key, attribute.name) for attribute in attributes]
    fields += [(key, str(name)) for key, name in rules.FIELDS.items()]
    rows = [_row(index, one, known, dict(fields)) for index, one in enumerate(draft.criteria)]
    numbers = {0: draft.match, **draft.groups}
    groups = [
        Group(number, match, [row for row in rows if row.criterion.group == number])
        for number, match in sorted(numbers.items())
    ]
    return Builder(draft, fields, groups, [(str(one.pk), one.name) for one in lists], error)


_INPUTS: dict[str, str] = {AttributeType.INTEGER: "number", AttributeType.DATE: "date", rules.CREATED: "date"}


def _row(index: int, one: Criterion, known: Mapping[str, Attribute], names: Mapping[str, str]) -> Row:
    try:
        kind = rules.kind_of(one.field, known)
    except rules.RuleRefused:
        return Row(index, Criterion(group=one.group), [], "", False, _("Criterion %(number)d") % {"number": index + 1})
    operators = [(key, str(words)) for key, words in rules.OPERATORS[kind].items()]
    asked = one.asked if one.asked in dict(operators) else operators[0][0]
    if asked != one.asked:  # of another attribute: its value would be of another type
        one = replace(one, asked=asked, value="" if one.asked else one.value)
    shape = "list" if kind == rules.LIST else "number" if asked == "LAST_DAYS" else _INPUTS.get(kind, "text")
    if kind == AttributeType.BOOLEAN:
        shape = ""
    return Row(index, one, operators, shape, asked not in rules.WITHOUT_VALUE, names[one.field])
