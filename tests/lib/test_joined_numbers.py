"""Parts of a phone cell are never joined into somebody else's number."""

from tests.fuzz.cells import Cell, allowed, strangers


def test_no_number_comes_out_of_random_cells_that_none_of_their_parts_is() -> None:
    wrong, read = strangers(12_000, seed=8)

    assert wrong == []
    assert read > 1_000


def test_the_oracle_knows_a_joined_number_from_one_of_the_parts() -> None:
    joined = Cell("FR", "20.12.24 / 21.12.24", ("20.12.24", "21.12.24"))
    short = Cell("WF", "82 12 34 / 82 12 34", ("82 12 34", "82 12 34"))

    assert allowed(joined) == set()
    assert allowed(short) == {681821234}
