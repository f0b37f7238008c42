"""The whole pipeline without a database: buckets, values, rejects."""

import csv
import io
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.importer import pipeline
from contacts.importer.pipeline import TooManyRowsError
from contacts.importer.sources.errors import SourceError
from smsplatform.lib.phones import PhoneError, normalise
from tests.contacts.importer.reading import ListSink, run

SEVEN_LINES = b"Mobile;Nom\n0612345678;A\n+33 6 12 34 56 78;B\n0612;C\n;\n0698765432;D\n01 42 68 53 00;E\n"


def test_every_line_is_in_one_bucket() -> None:
    result = run(SEVEN_LINES, has_header=True, exclusions=[33698765432])

    assert result.sink.rows == [(33612345678, '{"c1":"A"}'), (33698765432, '{"c1":"D"}')]
    assert result.report.counts.to_json() == {
        "read": 6,
        "blank": 1,
        "rejected": {"NOT_MOBILE": 1, "TOO_SHORT": 1},
        "duplicate": 1,
        "new": 2,
        "updated": 0,
        "unchanged": 0,
        "excluded": 1,
        "extra_cells": 0,
        "undecodable": 0,
        "removed": 0,
        "second_phone": 0,
        "second_numbers": 0,
        "totals": 0,
        "skipped_values": 0,
        "joined": 0,
    }
    assert result.report.excluded == [(6, 33698765432)]


def test_refused_lines_are_in_a_file_with_their_cells_line_and_reason() -> None:
    result = run(SEVEN_LINES, has_header=True)

    assert result.rejects_file == (
        "\ufeffMobile;Nom;Line;Reason\r\n0612;C;4;TOO_SHORT 0612\r\n01 42 68 53 00;E;7;NOT_MOBILE 01 42 68 53 00\r\n"
    )
    assert result.rejects.samples == [
        {"line": 4, "value": "0612", "reason": "TOO_SHORT"},
        {"line": 7, "value": "01 42 68 53 00", "reason": "NOT_MOBILE"},
    ]


def test_the_file_of_refused_lines_runs_no_formula_and_keeps_its_columns() -> None:
    result = run(b"=1+1;@cmd;-x\n+33142685300\n")

    assert list(csv.reader(io.StringIO(result.rejects_file.removeprefix("\ufeff")), delimiter=";")) == [
        ["Mobile", "Nom", "Line", "Reason"],
        ["'=1+1", "'@cmd", "1", "TOO_SHORT =1+1", "'-x"],
        ["+33142685300", "", "2", "NOT_MOBILE +33142685300"],
    ]


def test_a_line_with_a_name_but_no_number_is_refused_not_blank() -> None:
    counts = run(b";Dupont\n ;\t\n").report.counts

    assert (counts.rejected, counts.blank) == (Counter({"EMPTY": 1}), 1)


def test_only_the_first_refused_lines_are_samples() -> None:
    result = run(b"123;a\n" * 200)

    assert (len(result.rejects.samples), result.rejects.count) == (50, 200)


def test_lines_with_more_cells_than_columns_keep_them() -> None:
    result = run(b"0612345678;A;B\n0698765432;C\n")

    assert result.sink.rows == [(33612345678, '{"c1":"A","c2":"B"}'), (33698765432, '{"c1":"C"}')]
    assert result.report.columns == [{"key": "c1", "name": "Nom"}, {"key": "c2", "name": ""}]
    assert result.report.counts.extra_cells == 1


def test_a_line_with_far_too_many_cells_is_refused() -> None:
    result = run(b"0612345678;" + b"x;" * 200 + b"\n0698765432;C\n")

    assert result.report.counts.rejected == Counter({"TOO_MANY_CELLS": 1})
    assert [phone for phone, _ in result.sink.rows] == [33698765432]


def test_unreadable_lines_are_refused_by_line_number() -> None:
    result = run(b"0612345678;A\n" + b"x" * 200_000 + b"\n")

    assert result.report.counts.rejected == Counter({"LINE_TOO_LONG": 1})
    assert [(s["line"], s["reason"]) for s in result.rejects.samples] == [(2, "LINE_TOO_LONG")]


def test_without_a_phone_column_every_filled_line_is_refused() -> None:
    result = run(b"a;b\n;\n", phone_column=None)

    assert (result.report.counts.rejected, result.report.counts.blank) == (Counter({"EMPTY": 1}), 1)


def test_characters_that_the_encoding_does_not_know_are_counted() -> None:
    assert run("0612345678;é\n".encode("cp1252")).report.counts.undecodable == 1


def test_too_many_rows_stop_the_run_and_close_the_sink(monkeypatch: pytest.MonkeyPatch) -> None:
    sinks: list[ListSink] = []
    monkeypatch.setattr("tests.contacts.importer.reading.ListSink", lambda: sinks.append(ListSink()) or sinks[-1])

    with pytest.raises(TooManyRowsError):
        run(b"0612345678;A\n" * 11, max_rows=10)

    assert [sink.is_closed for sink in sinks] == [True]


def test_whoever_watches_sees_rows_and_bytes_and_may_stop_the_run() -> None:
    class Stop(Exception):
        pass

    class Watch:
        seen: list[tuple[int, int]] = []

        def saw(self, rows: int, bytes_read: int) -> None:
            self.seen.append((rows, bytes_read))
            raise Stop

    with pytest.raises(Stop):
        run(b"0612345678;A\n", watch=Watch())

    assert Watch.seen == [(1, 13)]


PHONES = st.sampled_from(
    [
        "0612345678",
        "06 12 34 56 78",
        "+33612345678",
        "0698765432",
        "0142685300",
        "06 12",
        "",
        " ",
        "inconnu",
        "+32470123456",
    ]
)
ROWS = st.lists(st.tuples(PHONES, st.sampled_from(["", "A", "é", " b ", "x|y", "a\\b", 'say "hi"'])), max_size=25)


def naive(rows: list[tuple[str, str]]) -> dict[str, Any]:
    """What the report must say, by the plainest of loops."""
    kept: dict[int, str] = {}
    blank = duplicate = 0
    rejected = Counter[str]()
    for cell, name in rows:
        if not cell.strip() and not name.strip():
            blank += 1
            continue
        try:
            phone = normalise(cell, "FR").digits
        except PhoneError as error:
            rejected[error.reason.value] += 1
            continue
        duplicate += phone in kept
        kept.setdefault(phone, name.strip())
    return {"blank": blank, "duplicate": duplicate, "rejected": dict(rejected), "phones": list(kept)}


@given(ROWS, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.booleans())
def test_buckets_and_numbers_are_those_of_a_naive_loop(
    rows: list[tuple[str, str]], quoting: int, has_header: bool
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", quoting=quoting)
    writer.writerows([("Mobile", "Nom")] * has_header + rows)

    result = run(buffer.getvalue().encode(), has_header=has_header)

    counts, expected = result.report.counts, naive(rows)
    assert [phone for phone, _ in result.sink.rows] == expected["phones"]
    assert counts.read == len(rows) == counts.blank + counts.rejected.total() + counts.duplicate + counts.new
    assert (counts.blank, counts.duplicate, dict(counts.rejected)) == (
        expected["blank"],
        expected["duplicate"],
        expected["rejected"],
    )


def test_a_table_of_nearly_nothing_but_blank_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SPARE_CELLS", 1_000)
    names = ("Mobile", *[""] * 99)

    with pytest.raises(SourceError) as refused:
        run(b"0612345678\n" * 1_000, names=names)

    assert refused.value.code == "TABLE_TOO_SPARSE"


def test_a_table_as_wide_as_its_lines_may_be_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SPARE_CELLS", 0)

    assert run(b"0612345678;" + b";" * 98 + b"\n", names=("Mobile", *[""] * 99)).report.counts.new == 1
