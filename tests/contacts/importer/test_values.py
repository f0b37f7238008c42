"""Cells as JSON in the text that COPY reads."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.importer import values
from contacts.importer.block import Block, from_rows
from contacts.importer.mapping import mapped
from contacts.importer.values import Values


def values_of(width: int, phone_column: int | None = 0) -> Values:
    return Values(mapped([""] * width, phone_column))


def build(rows: list[list[str]], width: int, phone_column: int | None = 0, made: Values | None = None) -> list[str]:
    made = made or values_of(width, phone_column)
    return made.build(from_rows(rows, range(len(rows)), width), np.arange(len(rows)))


def read(text: str) -> dict[str, str] | None:
    """Undo COPY's escapes, then JSON's."""
    return None if text == r"\N" else json.loads(text.replace("\\\\", "\\"))


def test_values_are_what_the_cells_say_without_the_spaces_around() -> None:
    rows = [["0612345678", " Dupont ", "Nîmes"], ["", "", "Lyon"], ["", " ", ""]]

    assert [read(text) for text in build(rows, 3)] == [{"c1": "Dupont", "c2": "Nîmes"}, {"c2": "Lyon"}, None]


def test_keys_leave_out_the_column_of_the_number_wherever_it_is() -> None:
    assert build([["a", "0612345678", "b"]], 3, phone_column=1) == ['{"c1":"a","c2":"b"}']


def test_cells_after_the_last_column_have_keys_of_their_own() -> None:
    made = values_of(2)

    assert build([["x", "a", "b", "", "d"]], 2, made=made) == ['{"c1":"a","c2":"b","c4":"d"}']
    assert mapped(["Mobile", "Nom"], 0).with_extra(made.extra) == [
        {"key": "c1", "name": "Nom"},
        {"key": "c2", "name": ""},
        {"key": "c3", "name": ""},
        {"key": "c4", "name": ""},
    ]


def test_a_list_of_numbers_alone_has_no_values() -> None:
    assert build([["x"], ["y"]], 1) == [r"\N", r"\N"]


def test_a_text_longer_than_anybody_keeps_is_shortened_and_noted() -> None:
    made, long = values_of(2), "x" * 1_001

    texts = build([["1", "y" * 1_000], ["2", f" {long} "], ["3", "a", "", long]], 2, made=made)

    assert [read(text) for text in texts] == [
        {"c1": "y" * 1_000},
        {"c1": "x" * 999 + "…"},
        {"c1": "a", "c3": "x" * 999 + "…"},
    ]
    assert made.long.noted == [
        {"column": 1, "count": 1, "samples": [{"line": 1, "value": "x" * 60}]},
        {"column": 3, "count": 1, "samples": [{"line": 2, "value": "x" * 60}]},
    ]


def test_only_the_kept_rows_are_built() -> None:
    block = from_rows([["1", "a"], ["2", "b"], ["3", "c"]], range(3), 2)

    assert values_of(2).build(block, np.array([0, 2])) == ['{"c1":"a"}', '{"c1":"c"}']


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(ANY_TEXT, min_size=1, max_size=30), st.booleans())
def test_any_text_survives_copy_and_json(cells: list[str], is_remembered: bool) -> None:
    made = values._fragments("c1", cells) if not is_remembered else [values.fragment("c1", cell) for cell in cells]

    found = [read("{" + fragment[1:] + "}") for fragment in made]

    wanted = [cell.strip().replace("\x00", "") for cell in cells]
    assert found == [{"c1": cell} if cell else {} for cell in wanted]


@given(st.lists(ANY_TEXT, min_size=1, max_size=30))
def test_no_row_breaks_the_lines_that_copy_reads(cells: list[str]) -> None:
    text = "".join(build([["", cell] for cell in cells], 2))

    assert not {"\n", "\t", "\r", "\x00"} & set(text)


def test_a_column_of_unique_cells_is_not_remembered_and_reads_the_same() -> None:
    made = values_of(2)
    first = build([["", f"nom {number}"] for number in range(1_000)], 2, made=made)
    second = build([["", f"nom {number}"] for number in range(1_000)], 2, made=made)

    assert first == second == [f'{{"c1":"nom {number}"}}' for number in range(1_000)]
    assert made._columns[0]._memo is None


def test_the_memory_of_a_column_is_bounded() -> None:
    made = values_of(2)
    for start in range(0, 10 * values.MEMO_CELLS, 500):
        build([["", str((start + number) // 3)] for number in range(500)], 2, made=made)
        memo = made._columns[0]._memo
        assert memo is not None
        assert len(memo) <= values.MEMO_CELLS + 500


@pytest.mark.parametrize("cells", [["'=1+1", "l'été", "'x'"], ["plain", "'=1+1"] * 3_000])
def test_the_guard_of_our_own_exports_is_taken_off(cells: list[str]) -> None:
    block = Block([[f"06{n:08}" for n in range(len(cells))], cells], range(len(cells)))

    built = values_of(2).build(block, np.arange(len(cells)))

    assert [json.loads(text)["c1"] for text in built] == [cell.replace("'=", "=") for cell in cells]
