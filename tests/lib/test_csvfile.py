"""CSV in pieces of bounded size, however long the cells are."""

from smsplatform.lib import csvfile


def test_a_table_comes_in_pieces_of_bounded_size() -> None:
    rows = [[str(number), "x" * 50_000] for number in range(20)]

    pieces = list(csvfile.chunks(rows))

    assert len(pieces) > 5
    assert max(map(len, pieces)) <= csvfile.CHUNK_CHARACTERS + 60_000
    assert b"".join(pieces).decode("utf-8-sig").splitlines() == [";".join(row) for row in rows]
