"""Records and their line numbers, whatever the file."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.importer import parse, text
from contacts.importer.block import MAX_EXTRA_CELLS
from tests.contacts.importer.reading import make_plan, records, unreadable


def test_lines_are_numbered_as_an_editor_shows_them() -> None:
    data = b"Export du 12/03\n\nMobile;Nom\n0612345678;Dupont\n\n0698765432;Petit\n"

    found = records(data, first_row=2, has_header=True)

    assert found == [(4, ["0612345678", "Dupont"]), (5, ["", ""]), (6, ["0698765432", "Petit"])]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_once(line_end: str) -> None:
    data = line_end.join(["a;b", "c;d", "", "e;f"]).encode()

    assert records(data) == [(1, ["a", "b"]), (2, ["c", "d"]), (3, ["", ""]), (4, ["e", "f"])]


def test_a_quoted_line_break_does_not_shift_the_numbers_below() -> None:
    data = b'a;"12 rue X\n75001 Paris"\nb;c\n"d";"e;f"\n'

    assert records(data) == [(1, ["a", "12 rue X\n75001 Paris"]), (3, ["b", "c"]), (4, ["d", "e;f"])]


def test_a_line_break_in_the_first_cell_is_kept() -> None:
    assert records(b'"a\nb";c\nd;e\n') == [(1, ["a\nb", "c"]), (3, ["d", "e"])]


def test_a_quote_never_closed_swallows_no_line() -> None:
    data = b'a;b\n"c;d\ne;f\ng;h\n'

    assert records(data) == [(1, ["a", "b"]), (2, ['"c', "d"]), (3, ["e", "f"]), (4, ["g", "h"])]


def test_two_stray_quotes_do_not_join_the_lines_between_them() -> None:
    data = b'a;b\n"c;d\ne;f\n"g;h\ni;j\n'

    assert [line for line, _ in records(data)] == [1, 2, 3, 4, 5]


def test_a_column_of_numbers_has_no_line_breaks_in_its_cells() -> None:
    data = b'"0612345678\n0698765432\n"0733445566\n'

    assert [line for line, _ in records(data, names=("",), delimiter=None)] == [1, 2, 3]


def test_a_stray_quote_far_from_the_end_of_a_large_file_loses_one_line_at_most() -> None:
    lines = [f"{number};x" for number in range(60_000)]
    lines[100] = '"100;x'

    found = records("\n".join(lines).encode())

    assert [line for line, _ in found] == list(range(1, 60_001))
    assert found[100] == (101, ['"100', "x"])


def test_short_rows_are_filled_up_and_extra_cells_kept() -> None:
    assert records(b"a\nb;c\nd;e;f;;\n") == [(1, ["a", ""]), (2, ["b", "c"]), (3, ["d", "e", "f"])]


def test_a_cell_beyond_the_limit_is_reported_and_the_next_line_read() -> None:
    data = b"a;" + b"x" * 200_000 + b"\nb;c\n"

    assert records(data) == [(2, ["b", "c"])]
    assert unreadable(data) == [1]


def test_an_endless_line_is_reported_in_constant_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_LINE_CHARACTERS", 1_000)
    monkeypatch.setattr(text, "READ_BYTES", 100)
    data = b"a;b\n" + b"x" * 5_000 + b"\nc;d\n" + b"y" * 5_000

    assert records(data) == [(1, ["a", "b"]), (3, ["c", "d"])]
    assert unreadable(data) == [2, 4]


def test_a_table_wider_than_its_lines_is_split_into_small_blocks() -> None:
    plan = make_plan(names=("",) * 500)
    reader = text.TextReader(io.BytesIO(b"6\n" * 100_000), plan.encoding)

    sizes = [len(block.columns) * len(block.lines) for block in parse.blocks(reader, plan)]

    assert max(sizes) <= parse.MAX_BLOCK_CELLS
    assert sum(sizes) == 500 * 100_000


def test_of_far_too_many_cells_only_enough_are_kept_to_tell() -> None:
    plan = make_plan()
    reader = text.TextReader(io.BytesIO(b"a;b" + b";c" * 10_000 + b"\n"), plan.encoding)

    (block,) = parse.blocks(reader, plan)

    assert len(block.extra[0]) == MAX_EXTRA_CELLS + 1


def test_stray_quotes_on_every_line_lose_none() -> None:
    data = b'0612345678;a"b;"c\n' * 5_000

    assert [line for line, _ in records(data, names=("", "", ""))] == list(range(1, 5_001))


def test_a_cell_of_several_lines_is_read_after_any_number_of_stray_quotes() -> None:
    data = b'a;"b\n' * 5_000 + b'c;"12 rue X\n75001 Paris"\n'

    assert records(data)[-1] == (5_001, ["c", "12 rue X\n75001 Paris"])


def test_one_line_of_numbers_is_one_number_per_record() -> None:
    found = records(b"0612345678,0698765432, ,0733445566\n", names=("",), delimiter=",", is_one_line=True)

    assert found == [(1, ["0612345678"]), (1, ["0698765432"]), (1, ["0733445566"])]


@pytest.mark.parametrize(
    "encoding, data",
    [
        ("utf-8", "a;é\n".encode("utf-8-sig")),
        ("utf-8-sig", "a;é\n".encode("utf-8-sig")),
        ("utf-16", "a;é\n".encode("utf-16")),
        ("utf-16-le", "a;é\n".encode("utf-16-le")),
        ("utf-16-be", "\ufeffa;é\n".encode("utf-16-be")),
        ("cp1252", "a;é\n".encode("cp1252")),
        ("mac_roman", "a;é\r".encode("mac_roman")),
        ("cp850", "a;é\r\n".encode("cp850")),
    ],
)
def test_every_encoding_is_read_without_its_signature(encoding: str, data: bytes) -> None:
    assert records(data, encoding=encoding) == [(1, ["a", "é"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1252"])
def test_bytes_that_are_no_text_never_raise(encoding: str) -> None:
    data = bytes(range(256)) * 20 + b'\x00";\n\x00' * 20

    assert len(records(data, encoding=encoding)) > 0


CELLS = st.text(st.sampled_from('ab1é ;,"\n'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12), st.integers(1, 40))
def test_what_a_csv_writer_wrote_is_read_back_whatever_the_read_size(table: list[list[str]], size: int) -> None:
    # A record broken over lines could be mistaken for a stray quote: that case has tests of its own.
    table = [[cell.replace("\n", "") for cell in row] for row in table]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL).writerows(table)
    expected = [(number, [cell.lstrip(" ") for cell in row]) for number, row in enumerate(table, start=1)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "READ_BYTES", size)
        found = records(buffer.getvalue().encode(), names=("", "", ""))

    assert [(line, [cell.lstrip(" ") for cell in row]) for line, row in found] == expected


@given(st.text(st.sampled_from('a;"\n\r\x00é'), max_size=60), st.integers(1, 10))
def test_the_read_size_never_changes_the_records(content: str, size: int) -> None:
    whole = records(content.encode(), names=("", "", ""))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "READ_BYTES", size)
        piecewise = records(content.encode(), names=("", "", ""))

    assert piecewise == whole


def test_a_control_character_in_a_file_without_separator_splits_the_same_everywhere() -> None:
    found = records(b"0612345678\n06\x1f12\n", delimiter=None)

    assert found == [(1, ["0612345678", ""]), (2, ["06", "12"])]
