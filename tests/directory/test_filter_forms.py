from typing import Any

import pytest
from django.http import QueryDict

from directory import filter_forms
from directory.filter_forms import MAX_GROUPS, Criterion, Draft
from directory.models import Attribute
from directory.queries import rules

CITY = Attribute(key="a8", name="Ville", type="TEXT")
CHILDREN = Attribute(key="a9", name="Enfants", type="INTEGER")
MEMBER = Attribute(key="a10", name="Adhérent", type="BOOLEAN")
LYON = {"field": "a8", "is": "EQUALS", "value": "Lyon"}
NO_TOWN = {"field": "a8", "is": "EMPTY", "value": ""}
GROUP = {"match": "ANY", "conditions": [LYON, NO_TOWN]}


def posted(text: str) -> Draft:
    return Draft.of_post(QueryDict(text))


@pytest.mark.parametrize(
    "rule", [{"match": "ANY", "conditions": [LYON, NO_TOWN]}, {"match": "ALL", "conditions": [LYON, GROUP, GROUP]}]
)
def test_a_rule_becomes_rows_and_a_rule_again(rule: dict[str, Any]) -> None:
    draft = Draft.of_rule(rule)

    assert draft.to_rule() == rule
    assert Draft.from_json(draft.to_json()) == draft


def test_rows_without_an_attribute_and_empty_groups_are_no_rule() -> None:
    draft = Draft(criteria=[Criterion(), Criterion(group=1)], groups={1: "ANY"})

    assert draft.to_rule() is None


@pytest.mark.parametrize(
    "text",
    ["", "c_field=a8", "c_field=a8&c_is=EQUALS&c_value=x", "match=NONE&group=99&group_match=ALL&do=apply",
     "c_field=a8&c_is=EQUALS&c_value=Lyon&c_group=7", "group=x&group_match=ANY&c_group=-1"],
)  # fmt: skip
def test_a_form_that_no_page_sent_makes_no_group(text: str) -> None:
    draft = posted(text)

    assert (draft.match, draft.groups) == ("ALL", {})
    assert all(one.group == 0 for one in draft.criteria)


def test_there_are_at_most_so_many_rows_and_groups() -> None:
    draft = Draft()

    for _ in range(rules.MAX_CONDITIONS + 5):
        draft = draft.acted("add")
    grouped = Draft()
    for _ in range(MAX_GROUPS + 5):
        grouped = grouped.acted("group")

    assert len(draft.criteria) == rules.MAX_CONDITIONS
    assert len(grouped.groups) == MAX_GROUPS
    assert not filter_forms.builder(draft, [CITY], []).can_add


def test_a_group_goes_with_its_last_row() -> None:
    draft = Draft.of_rule({"match": "ALL", "conditions": [LYON, GROUP]})

    one_left = draft.acted("remove:1")
    none_left = one_left.acted("remove:1")

    assert (one_left.groups, none_left.groups) == ({1: "ANY"}, {})
    assert none_left.to_rule() == {"match": "ALL", "conditions": [LYON]}
    assert draft.acted("remove:99") == draft
    assert draft.acted("nonsense") == draft


@pytest.mark.parametrize(
    ("criterion", "shape", "asked", "value"),
    [
        (Criterion("a8", "EQUALS", "Lyon"), "text", "EQUALS", "Lyon"),
        (Criterion("a9", "STARTS", "Ly"), "number", "EQUALS", ""),
        (Criterion("a9", "", "4"), "number", "EQUALS", "4"),
        (Criterion("a10", "TRUE", ""), "", "TRUE", ""),
        (Criterion("@created", "LAST_DAYS", "7"), "number", "LAST_DAYS", "7"),
        (Criterion("@created", "AFTER", "2026-01-01"), "date", "AFTER", "2026-01-01"),
        (Criterion("@list", "IN", "5"), "list", "IN", "5"),
        (Criterion("a77", "EQUALS", "x"), "", "", ""),
    ],
)
def test_a_row_asks_for_what_its_attribute_can_be_compared_with(
    criterion: Criterion, shape: str, asked: str, value: str
) -> None:
    built = filter_forms.builder(Draft(criteria=[criterion]), [CITY, CHILDREN, MEMBER], [])

    row = built.groups[0].rows[0]
    assert (row.input, row.criterion.asked, row.criterion.value) == (shape, asked, value)
