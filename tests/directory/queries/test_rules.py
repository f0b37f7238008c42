"""What rules find, what is refused, and how they read."""

from typing import Any

import pytest
from django.utils import translation

from directory.models import Attribute
from directory.queries import attributes as attribute_queries
from directory.queries import contacts, matching, rules
from directory.queries.query import Query, Rule
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.directory.factories import make_attribute, make_contact, make_diffusion_list, make_directory

CITY, BORN, POINTS, NEWS = "a8", "a4", "a12", "a13"
ONE, TWO, THREE = 33612345671, 33612345672, 33612345673


@pytest.fixture
def people(in_account: Account) -> Account:
    make_directory(in_account)
    make_attribute(in_account, POINTS, "Points", "INTEGER")
    make_attribute(in_account, NEWS, "Newsletter", "BOOLEAN")
    make_contact(in_account, ONE, {CITY: "Saint-Étienne", BORN: "1985-03-12", POINTS: -5, NEWS: True})
    make_contact(in_account, TWO, {CITY: "Laval", BORN: "1990-01-01", POINTS: 100, NEWS: False})
    make_contact(in_account, THREE, {})
    return in_account


def found(account: Account, rule: Rule) -> list[int]:
    query = Query(rule=rules.check(account, rule), sort="PHONE")
    return [row.phone for row in contacts.page(account, query).contacts]


def one(field: str, asked: str, value: Any = None) -> Rule:
    return {"match": "ALL", "conditions": [{"field": field, "is": asked, "value": value}]}


@pytest.mark.parametrize(
    "field, asked, value, who",
    [
        (CITY, "EQUALS", "saint-etienne", [ONE]),
        (CITY, "EQUALS", "saint", []),
        (CITY, "DIFFERS", "SAINT-ÉTIENNE", [TWO, THREE]),
        (CITY, "STARTS", "saint-é", [ONE]),
        (CITY, "STARTS", "etienne", []),
        (CITY, "CONTAINS", "ETIEN", [ONE]),
        (CITY, "CONTAINS", "%", []),
        (CITY, "STARTS", "_", []),
        (CITY, "EMPTY", None, [THREE]),
        (CITY, "FILLED", None, [ONE, TWO]),
        (POINTS, "EQUALS", "-5", [ONE]),
        (POINTS, "DIFFERS", "-5", [TWO, THREE]),
        (POINTS, "LESS", "100", [ONE]),
        (POINTS, "MORE", "-6", [ONE, TWO]),
        (POINTS, "EMPTY", None, [THREE]),
        (POINTS, "FILLED", None, [ONE, TWO]),
        (BORN, "ON", "12/03/1985", [ONE]),
        (BORN, "BEFORE", "01/01/1990", [ONE]),
        (BORN, "AFTER", "12/03/1985", [TWO]),
        (BORN, "AFTER", "31/12/9999", []),
        (BORN, "BEFORE", "01/01/1950", []),
        (BORN, "LAST_DAYS", "36500", [ONE, TWO]),
        (BORN, "LAST_DAYS", "7", []),
        (BORN, "EMPTY", None, [THREE]),
        (BORN, "FILLED", None, [ONE, TWO]),
        (NEWS, "TRUE", None, [ONE]),
        (NEWS, "FALSE", None, [TWO]),
        (NEWS, "EMPTY", None, [THREE]),
        ("@created", "ON", "12/03/2026", [ONE, TWO, THREE]),
        ("@created", "BEFORE", "12/03/2026", []),
        ("@created", "AFTER", "11/03/2026", [ONE, TWO, THREE]),
        ("@created", "AFTER", "12/03/2026", []),
        ("@created", "LAST_DAYS", "36500", [ONE, TWO, THREE]),
    ],
)
def test_a_condition_finds(people: Account, field: str, asked: str, value: Any, who: list[int]) -> None:
    assert found(people, one(field, asked, value)) == who


def test_every_operator_is_tried_above() -> None:
    asked = {(kind, name) for kind, names in rules.OPERATORS.items() for name in names}
    assert len(asked) == 6 + 6 + 6 + 3 + 2 + 4


def test_a_condition_on_days_counts_from_the_day_that_is_given(people: Account) -> None:
    query = Query(rule=rules.check(people, one("@created", "LAST_DAYS", "0")))
    where, parameters = matching.where(people, query, now=NOW)

    assert matching_phones(where, parameters) == [ONE, TWO, THREE]


def matching_phones(where: str, parameters: dict[str, Any]) -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"select c.phone from directory_contact c where {where} order by 1", parameters)
        return [phone for (phone,) in cursor.fetchall()]


def test_a_condition_on_a_list_finds_its_members(people: Account) -> None:
    members = make_diffusion_list(people, phones=[ONE, THREE])

    assert found(people, one("@list", "IN", str(members.pk))) == [ONE, THREE]
    assert found(people, one("@list", "NOT_IN", members.pk)) == [TWO]


def test_all_any_and_groups_combine(people: Account) -> None:
    laval, etienne = one(CITY, "EQUALS", "laval")["conditions"][0], one(CITY, "STARTS", "saint")["conditions"][0]
    yes = one(NEWS, "TRUE")["conditions"][0]

    assert found(people, {"match": "ANY", "conditions": [laval, etienne]}) == [ONE, TWO]
    assert found(people, {"match": "ALL", "conditions": [laval, etienne]}) == []
    group = {"match": "ANY", "conditions": [laval, etienne]}
    assert found(people, {"match": "ALL", "conditions": [yes, group]}) == [ONE]
    assert found(people, {"match": "ANY", "conditions": [laval, {"match": "ALL", "conditions": [yes, etienne]}]}) == [
        ONE,
        TWO,
    ]


@pytest.mark.parametrize(
    "rule, message",
    [
        (None, "This filter cannot be read. Write it again."),
        ([], "This filter cannot be read. Write it again."),
        ({"match": "SOME", "conditions": []}, "This filter cannot be read. Write it again."),
        ({"match": "ALL", "conditions": ["x"]}, "This filter cannot be read. Write it again."),
        ({"match": "ALL", "conditions": [{"field": 3}]}, "This filter cannot be read. Write it again."),
        ({"match": "ALL", "conditions": []}, "Add at least one condition."),
        ({"match": "ALL", "conditions": [{"match": "ANY", "conditions": []}]}, "Add at least one condition."),
        (one("a99", "EMPTY"), "A condition names an attribute that does not exist any more. Remove that condition."),
        (
            one("a8'; drop", "EMPTY"),
            "A condition names an attribute that does not exist any more. Remove that condition.",
        ),
        (one(CITY, "LESS", "3"), "Town: choose what to compare."),
        (one(CITY, "EQUALS", "  "), "Town: write a value to compare with."),
        (one(CITY, "EQUALS", "\0"), "Town: write a value to compare with."),
        (one(POINTS, "MORE", "many"), "Points: “many” is not an integer. Write for example 1250."),
        (one(BORN, "ON", "31/02/2000"), "Date of birth: “31/02/2000” is not a date. Write for example 12/03/1985."),
        (one(BORN, "LAST_DAYS", "-1"), "Date of birth: write a number of days between 0 and 36500."),
        (one("@created", "LAST_DAYS", "99999"), "Added: write a number of days between 0 and 36500."),
        (one("@list", "IN", "x"), "Choose a list."),
        (one("@list", "IN", "123456"), "A condition names a list that does not exist any more. Choose another."),
        ({"match": "ALL", "conditions": one(CITY, "EMPTY")["conditions"] * 21}, "Use at most 20 conditions."),
    ],
)
def test_a_rule_is_refused_with_a_reason(people: Account, rule: Any, message: str) -> None:
    with translation.override("en"):
        Attribute.objects.filter(key=CITY).update(name="Town")
        Attribute.objects.filter(key=BORN).update(name="Date of birth")
        with pytest.raises(rules.RuleRefused) as refused:
            rules.check(people, rule)

        assert str(refused.value.message) == message


def test_a_list_of_another_account_is_refused(people: Account, other_account: Account) -> None:
    with account_context(other_account):
        theirs = make_diffusion_list(other_account)

    with pytest.raises(rules.RuleRefused):
        rules.check(people, one("@list", "IN", theirs.pk))


def test_a_stored_rule_on_an_attribute_that_is_gone_finds_nobody_by_mistake(people: Account) -> None:
    rule = rules.check(people, one(CITY, "DIFFERS", "Laval"))
    Attribute.objects.filter(account=people, key=CITY).update(deleted_at=NOW)

    with pytest.raises(rules.RuleRefused):
        matching.where(people, Query(rule=rule))


def test_checking_types_the_values_and_drops_what_is_not_asked(people: Account) -> None:
    asked = {"field": POINTS, "is": "MORE", "value": " 1 000 ", "x": 1}

    assert rules.check(people, {"match": "ANY", "conditions": [asked], "y": 2}) == {
        "match": "ANY",
        "conditions": [{"field": POINTS, "is": "MORE", "value": 1000}],
    }
    assert rules.check(people, one(BORN, "ON", "12/03/1985"))["conditions"][0]["value"] == "1985-03-12"
    checked = rules.check(people, one(NEWS, "TRUE", "x"))
    assert checked["conditions"] == [{"field": NEWS, "is": "TRUE"}]
    assert rules.check(people, checked) == checked


def test_a_rule_reads_as_a_sentence(people: Account) -> None:
    members = make_diffusion_list(people, "Abonnés")
    Attribute.objects.filter(key=CITY).update(name="Town")
    inner = [
        {"field": "@list", "is": "NOT_IN", "value": members.pk},
        {"field": POINTS, "is": "MORE", "value": 1000},
    ]
    rule = {
        "match": "ALL",
        "conditions": [
            {"field": CITY, "is": "EQUALS", "value": "Lyon"},
            {"field": "@created", "is": "LAST_DAYS", "value": 30},
            {"match": "ANY", "conditions": inner},
        ],
    }

    with translation.override("en"):
        words = rules.in_words(rules.check(people, rule), attribute_queries.of(people))

    assert (
        words
        == "Town is “Lyon” and Added in the last 30 days and (not in the list “Abonnés” or Points more than 1,000)"
    )
