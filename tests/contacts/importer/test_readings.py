"""What another reading of a file changes for the people who look at it."""

from typing import Any

import pytest

from contacts.importer import readings

COUNTS = {
    "read": 3, "blank": 0, "rejected": {}, "duplicate": 0, "new": 3, "updated": 0, "unchanged": 0, "excluded": 0,
}  # fmt: skip


def preview(**changes: Any) -> dict[str, Any]:
    reading = {
        "encoding": "utf-8",
        "delimiter": ";",
        "has_header": True,
        "phone_column": 1,
        "second_phone": None,
        "country_column": None,
        "sheet": None,
        "region": "FR",
        "places": ["c1", None],
    }
    return {**COUNTS, "reading": reading | changes}


DETECTION = {
    "encoding": "utf-8", "delimiter": ";", "has_header": True, "phone_column": 1, "second_phone": 2, "columns": [{}] * 3,
}  # fmt: skip


def test_a_column_goes_to_one_of_the_list_or_to_a_new_one() -> None:
    assert readings.reading(DETECTION, "FR", ["c1", None, "c2"], {"c1"})["places"] == ["c1", None, "NEW"]


def test_where_phones_are_chosen_like_attributes_they_have_their_places() -> None:
    places = readings.reading(DETECTION, "FR", ["a3", None, None], None)["places"]

    assert places == ["a3", "phone_column", "second_phone"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, {}),
        ({"has_header": False}, {"answers": ["has_header"]}),
        ({"region": "BE"}, {"answers": ["region"]}),
        ({"phone_column": 0, "places": [None, "c1"]}, {"answers": ["phone_column"], "columns": [0, 1]}),
        ({"places": [None, None]}, {"columns": [0]}),
        ({"delimiter": ",", "places": ["c1"]}, {"answers": ["delimiter"], "has_other_columns": True}),
        ({"sheet": "2026"}, {"answers": ["sheet"], "has_other_columns": True}),
    ],
)
def test_what_is_another_is_found_with_the_counts_before(changes: dict[str, Any], found: dict[str, Any]) -> None:
    counts = {"counts": COUNTS} if found else {}

    assert readings.since(preview(), preview(**changes), {}) == found | counts


def test_a_first_preview_has_nothing_before_it() -> None:
    assert readings.since({}, preview(), {"has_header": True}) == {}


@pytest.mark.parametrize(
    ("overrides", "ignored"),
    [
        ({"has_header": False}, ["has_header"]),
        ({"encoding": "cp1252", "phone_column": 7}, ["encoding", "phone_column"]),
        ({"second_phone": 2}, ["second_phone"]),
        ({"second_phone": -1, "country_column": -1, "delimiter": ";", "fixes": ["SIGNS"]}, []),
        ({"delimiter": ""}, ["delimiter"]),
        ({"sheet": "Feuille 2"}, ["sheet"]),
    ],
)
def test_a_correction_that_is_not_in_force_is_named(overrides: dict[str, Any], ignored: list[str]) -> None:
    assert readings.since({}, preview(), overrides).get("ignored", []) == ignored


def test_a_choice_of_a_column_holds_for_a_table_of_the_same_separator_and_width() -> None:
    detection = {"delimiter": ";", "columns": [{}, {}]}

    same = readings.table_digest(detection | {"has_header": False})
    others = [detection | {"delimiter": ","}, detection | {"columns": [{}]}, detection | {"source": {"sheet": "2"}}]

    assert same == readings.table_digest(detection)
    assert same not in {readings.table_digest(other) for other in others}
