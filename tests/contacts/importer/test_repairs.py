"""Repairs in the pipeline: they touch refused lines only, and the counts still add up."""

import io
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.importer.mapping import mapped
from contacts.importer.pipeline import Pipeline
from contacts.importer.rejects import Rejects
from contacts.importer.repairs import Repairs, is_fix
from tests.contacts.importer.reading import ListSink, NoWatch, make_plan

FILE = (
    b"0612345678;A\n"
    b"+0612345679;B\n"  # line 2
    b"*0612345680;C\n"  # line 3
    b"*0612345681;D\n"  # line 4
    b"06 12;E\n"  # line 5
    b";\n"
    b"0612345678;F\n"
)


def run(data: bytes, fixes: tuple[str, ...] = (), edits: dict[str, str] | None = None, **plan: Any) -> Any:
    made, sink, file, repairs = make_plan(**plan), ListSink(), io.BytesIO(), Repairs("FR", fixes, edits)
    rejects = Rejects(
        file,
        names=made.names,
        titles=("Line", "Reason", "Suggestion"),
        reason_text=lambda code, _value: code,
        suggest=repairs.suggest,
    )
    columns, nobody = mapped(made.names, made.phone_column), np.zeros(0, dtype=np.int64)
    pipeline = Pipeline(made, columns, "FR", nobody, sink, rejects, NoWatch(), 1_000_000, repairs)
    report = pipeline.run(io.BytesIO(data))
    return report.counts, sink.rows, repairs, file.getvalue().decode("utf-8-sig").splitlines()[1:]


def test_without_repairs_the_offers_are_counted_and_the_file_proposes_the_numbers() -> None:
    counts, rows, repairs, lines = run(FILE)

    assert [phone for phone, _ in rows] == [33612345678]
    assert counts.rejected.total() == 4
    assert repairs.to_json() == {
        "repaired": {},
        "offers": [
            {
                "fix": "SIGNS",
                "count": 2,
                "reasons": {"INVALID": 2},
                "samples": [
                    {"line": 3, "old": "*0612345680", "new": 33612345680},
                    {"line": 4, "old": "*0612345681", "new": 33612345681},
                ],
            },
            {
                "fix": "EXTRA_ZEROS",
                "count": 1,
                "reasons": {"UNKNOWN_COUNTRY": 1},
                "samples": [{"line": 2, "old": "+0612345679", "new": 33612345679}],
            },
        ],
    }
    assert lines[1:] == [
        "*0612345680;C;3;INVALID;06 12 34 56 80",
        "*0612345681;D;4;INVALID;06 12 34 56 81",
        "06 12;E;5;TOO_SHORT;",
    ]


def test_a_fix_brings_its_group_back_with_the_other_cells_and_leaves_the_rest() -> None:
    counts, rows, repairs, lines = run(FILE, fixes=("SIGNS",))

    assert rows == [(33612345678, '{"c1":"A"}'), (33612345680, '{"c1":"C"}'), (33612345681, '{"c1":"D"}')]
    assert (dict(repairs.repaired), counts.new, counts.duplicate) == ({"SIGNS": 2}, 3, 1)
    assert [line.split(";")[2] for line in lines] == ["2", "5"]


def test_an_edit_counts_for_its_line_only_and_before_any_fix() -> None:
    _counts, rows, repairs, _lines = run(FILE, fixes=("SIGNS",), edits={"3": "0698765432", "5": "07 44 55 66 77"})

    assert [phone for phone, _ in rows] == [33612345678, 33698765432, 33612345681, 33744556677]
    assert repairs.repaired == Counter({"EDITED": 2, "SIGNS": 1})


def test_an_edit_never_touches_a_line_that_is_accepted() -> None:
    _counts, rows, repairs, _lines = run(FILE, edits={"1": "0698765432"})

    assert ([phone for phone, _ in rows], repairs.repaired) == ([33612345678], Counter())


def test_an_edit_that_is_no_number_changes_nothing() -> None:
    counts, _rows, repairs, _lines = run(FILE, edits={"5": "06 1"})

    assert (counts.rejected["TOO_SHORT"], repairs.repaired) == (1, Counter())


def test_a_repaired_number_may_be_a_duplicate_of_an_earlier_line() -> None:
    counts, rows, _repairs, _lines = run(b"0612345678;A\n*0612345678;B\n", fixes=("SIGNS",))

    assert (rows, counts.duplicate) == ([(33612345678, '{"c1":"A"}')], 1)


def test_a_line_with_far_too_many_cells_stays_refused() -> None:
    counts, rows, repairs, _lines = run(b"*0612345678;A" + b";x" * 60 + b"\n", fixes=("SIGNS",))

    assert (dict(counts.rejected), rows, repairs.repaired) == ({"TOO_MANY_CELLS": 1}, [], Counter())


BRITISH = [f"07911 1234{n:02d}" for n in range(10, 16)]


def test_a_country_is_offered_when_most_lines_of_a_wrong_length_are_its_numbers() -> None:
    data = "\n".join([f"{number};A" for number in BRITISH] + ["061234567;B", ""]).encode()

    _counts, _rows, repairs, lines = run(data)
    counts, rows, _repairs, _lines = run(data, fixes=("OTHER_COUNTRY:GB",))

    offers = repairs.offers()
    assert [(offer["fix"], offer["count"]) for offer in offers] == [("OTHER_COUNTRY:GB", 6)]
    assert [line.split(";")[-1] for line in lines] == [""] * 7
    assert [phone for phone, _ in rows] == [447911123410 + n for n in range(6)]
    assert dict(counts.rejected) == {"TOO_SHORT": 1}


def test_a_country_is_not_offered_for_one_mistyped_number() -> None:
    _counts, _rows, repairs, _lines = run(b"07911 123410;A\n0612345678;B\n")

    assert repairs.offers() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("SIGNS", True), ("OTHER_COUNTRY:GB", True), ("OTHER_COUNTRY:US", False), ("OTHER_COUNTRY", False), ("", False)],
)
def test_only_fixes_that_exist_are_fixes(text: str, expected: bool) -> None:
    assert is_fix(text) is expected


CELLS = st.sampled_from(
    [
        "0612345678",
        "06 98 76 54 32",
        "+0612345679",
        "*0612345680",
        "033612345681",
        "Paul0612345682",
        "612 345 683,00 €",
        "06 12",
        "0142685300",
        "inconnu",
        "",
    ]
)
FIXES = st.lists(
    st.sampled_from(["SIGNS", "EXTRA_ZEROS", "REPEATED_CODE", "GLUED_WORDS", "AMOUNT"]), max_size=5, unique=True
)


@settings(deadline=None)
@given(st.lists(CELLS, max_size=25), FIXES, st.dictionaries(st.integers(1, 25).map(str), CELLS, max_size=5))
def test_a_repaired_import_adds_up_and_keeps_every_line_that_was_accepted(
    cells: list[str], fixes: list[str], edits: dict[str, str]
) -> None:
    data = "".join(f"{cell};x\n" for cell in cells).encode()

    before, rows_before, offered, _lines = run(data)
    after, rows_after, repaired, lines = run(data, tuple(fixes), edits)

    assert after.read == after.blank + after.rejected.total() + after.duplicate + after.new
    assert before.rejected.total() - after.rejected.total() == repaired.repaired.total()
    assert {phone for phone, _ in rows_before} <= {phone for phone, _ in rows_after}
    assert len(lines) == after.rejected.total()
    if not edits:  # what was offered is exactly what is done
        expected = {offer["fix"]: offer["count"] for offer in offered.offers() if offer["fix"] in fixes}
        assert dict(repaired.repaired) == expected
