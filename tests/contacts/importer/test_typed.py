"""Cells as whole numbers, dates, and yes or no."""

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.importer.block import from_rows
from contacts.importer.mapping import ColumnMapping
from contacts.importer.typed import BOOLEAN, DATE, INTEGER, MAX_INTEGER, TEXT, NotOfType, parse_value
from contacts.importer.values import Values

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        (" 0012 ", 12),
        ("+5", 5),
        ("-12", -12),
        ("\u221212", -12),
        ("1 234", 1234),
        ("1\u00a0234\u202f567", 1234567),
        ("1'234", 1234),
        ("12.0", 12),
        ("12,00", 12),
        (str(MAX_INTEGER), MAX_INTEGER),
        ("", None),
        (" \u00a0", None),
    ],
)
def test_a_whole_number_is_read_as_people_write_it(text: str, expected: int | None) -> None:
    assert parse_value(text, INTEGER) == expected


@pytest.mark.parametrize("text", ["12.5", "1,234", "12 34", "1e3", "douze", str(MAX_INTEGER + 1), "9" * 60, "١٢", "²"])
def test_what_is_not_surely_a_whole_number_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        parse_value(text, INTEGER)


@pytest.mark.parametrize(
    "text",
    [
        "12/03/1985",
        "12/3/85",
        "12-3-85",
        "12.03.1985",
        "12 03 1985",
        "1985-03-12",
        "1985/03/12",
        "19850312",
        "12031985",
        "12 mars 1985",
        "mardi 12 mars 1985",
        "12-mars-85",
        "12 MARS 1985",
        "March 12, 1985",
        "1985-03-12T10:00:00Z",
        "1985-03-12 10:00:00.000",
        "12/03/1985 10h30",
        "12/03/1985 00:00:00",
        " 12/03/1985 ",
    ],
)
def test_a_date_is_read_as_people_write_it_the_day_first(text: str) -> None:
    assert parse_value(text, DATE) == "1985-03-12"


@pytest.mark.parametrize(
    "text",
    ["31/02/1985", "03/25/1985", "0000-00-00", "29/02/2023", "12 mars", "1985", "31118", "12 foo 1985", "x" * 61],
)
def test_what_is_not_surely_a_date_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        parse_value(text, DATE)


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2029, 12, 31)))
def test_every_day_is_read_back_from_each_way_to_write_it(day: date) -> None:
    ways = ("%d/%m/%Y", "%d-%m-%y", "%Y-%m-%d", "%Y%m%d", "%d%m%Y", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S")
    texts = [day.strftime(way) for way in ways] + [f"{day.day} {MONTHS[day.month - 1]} {day.year}"]

    assert {parse_value(text, DATE) for text in texts} == {day.isoformat()}


@given(st.integers(min_value=-MAX_INTEGER, max_value=MAX_INTEGER))
def test_every_number_is_read_back_with_and_without_spaces(number: int) -> None:
    texts = [str(number), f"{number:,}".replace(",", " "), f"{number:,}".replace(",", "\u202f"), f"{number}.0"]

    assert {parse_value(text, INTEGER) for text in texts} == {number}


@pytest.mark.parametrize(
    ("words", "expected"), [("oui OUI o yes vrai Vrai true 1 x X", True), ("non n no faux FAUX false 0", False)]
)
def test_yes_and_no_are_read_in_french_and_english(words: str, expected: bool) -> None:
    assert [parse_value(word, BOOLEAN) for word in words.split()] == [expected] * len(words.split())


def test_other_words_are_neither_yes_nor_no() -> None:
    with pytest.raises(NotOfType):
        parse_value("peut-être", BOOLEAN)


@given(st.text(), st.sampled_from([TEXT, INTEGER, DATE, BOOLEAN]), st.booleans())
def test_any_text_is_a_value_of_its_type_or_refused(text: str, type: str, serials: bool) -> None:
    try:
        value = parse_value(text, type, serials=serials)
    except NotOfType:
        return

    expected = {TEXT: str, INTEGER: int, DATE: str, BOOLEAN: bool}[type]
    assert value is None or isinstance(value, expected)
    assert type != DATE or value is None or date.fromisoformat(str(value)).isoformat() == value


def typed(rows: list[list[str]], *types: str, made: Values | None = None, first_line: int = 2) -> list[object]:
    """Return the values of rows whose cells go to a1, a2…"""
    made = made or values_of(*types)
    block = from_rows(rows, range(first_line, first_line + len(rows)), len(types))
    texts = made.build(block, np.arange(len(rows)))
    return [None if text == r"\N" else json.loads(text.replace("\\\\", "\\")) for text in texts]


def values_of(*types: str) -> Values:
    keys = tuple(f"a{number}" for number in range(1, len(types) + 1))
    return Values(ColumnMapping(keys, (), 0, types))


def test_values_have_the_types_of_their_columns() -> None:
    rows = [["Lyon", "1 234", "12/03/1985", "oui"], ["", "7", "", ""], ["", "", "", ""]]

    assert typed(rows, "", INTEGER, DATE, BOOLEAN) == [
        {"a1": "Lyon", "a2": 1234, "a3": "1985-03-12", "a4": True},
        {"a2": 7},
        None,
    ]


def test_a_cell_that_cannot_be_read_is_null_counted_and_shown_with_its_line() -> None:
    made = values_of("", DATE)

    read = typed([["Lyon", "31/02/1985"], ["Nîmes", "12/03/1985"], ["", "?"]], "", DATE, made=made)

    assert read == [{"a1": "Lyon", "a2": None}, {"a1": "Nîmes", "a2": "1985-03-12"}, {"a2": None}]
    samples = [{"line": 2, "value": "31/02/1985"}, {"line": 4, "value": "?"}]
    assert made.skipped == [{"column": 1, "key": "a2", "count": 2, "samples": samples}]


def test_lines_of_skipped_cells_are_those_of_the_kept_rows() -> None:
    made = values_of(BOOLEAN)
    block = from_rows([["oui"], ["bof"], ["hm"]], range(10, 13), 1)

    made.build(block, np.array([0, 2]))

    assert made.skipped == [{"column": 0, "key": "a1", "count": 1, "samples": [{"line": 12, "value": "hm"}]}]


def test_every_skipped_cell_is_counted_but_only_the_first_are_shown() -> None:
    made = values_of(INTEGER)

    typed([["x"]] * 15, INTEGER, made=made)
    typed([["x"]] * 15, INTEGER, made=made)

    assert (made.skipped[0]["count"], len(made.skipped[0]["samples"])) == (30, 10)


def test_a_column_that_holds_nothing_but_days_of_a_spreadsheet_is_read_as_such() -> None:
    assert typed([["31118"], [""], ["31119"], ["31120"]], DATE) == [
        {"a1": "1985-03-12"},
        None,
        {"a1": "1985-03-13"},
        {"a1": "1985-03-14"},
    ]


def test_a_number_among_dates_is_no_day_of_a_spreadsheet() -> None:
    assert typed([["31118"], ["12/03/1985"], ["31119"], ["31120"]], DATE)[0] == {"a1": None}


def test_the_first_cells_decide_for_the_whole_column() -> None:
    made = values_of(DATE)
    typed([["12/03/1985"]], DATE, made=made)

    assert typed([["31118"], ["31119"], ["31120"]], DATE, made=made) == [{"a1": None}] * 3


def test_the_columns_that_got_a_value_are_known() -> None:
    made = values_of("", INTEGER, DATE, BOOLEAN)

    typed([["a", "", "31/02/1985", "non"]], "", INTEGER, DATE, BOOLEAN, made=made)

    assert made.filled == {"a1", "a4"}


def test_cells_beyond_the_last_column_go_nowhere_without_keys_for_them() -> None:
    assert typed([["12", "beyond"]], INTEGER) == [{"a1": 12}]


@given(st.lists(st.sampled_from(["", "12", "x", "12/03/1985", "31/02/1985", "oui"]), max_size=40))
def test_a_remembered_cell_reads_as_one_met_for_the_first_time(cells: list[str]) -> None:
    made = values_of(DATE)

    together = typed([[cell] for cell in cells], DATE, made=made) if cells else []

    assert together == [typed([[cell]], DATE)[0] for cell in cells]
