"""First occurrences among millions of numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from contacts.importer.dedupe import SeenPhones, contains


@given(st.lists(st.lists(st.integers(1, 40), max_size=30), max_size=20))
def test_only_the_first_occurrence_of_a_number_is_new(blocks: list[list[int]]) -> None:
    seen, known, found, expected = SeenPhones(), set[int](), [], []

    for block in blocks:
        found.append(seen.first_occurrences(np.array(block, dtype=np.int64)).tolist())
        expected.append([at for at, phone in enumerate(block) if phone not in known and phone not in block[:at]])
        known.update(block)

    assert found == expected


def test_few_sorted_runs_are_kept_however_many_blocks_there_are() -> None:
    seen = SeenPhones()

    for start in range(0, 200_000, 100):
        seen.first_occurrences(np.arange(start, start + 100))

    assert sum(map(len, seen._runs)) == 200_000
    assert len(seen._runs) <= 8


@given(st.sets(st.integers(1, 30)), st.lists(st.integers(1, 40)))
def test_contains_tells_which_numbers_are_there(known: set[int], asked: list[int]) -> None:
    found = contains(np.array(sorted(known), dtype=np.int64), np.array(asked, dtype=np.int64))

    assert found.tolist() == [phone in known for phone in asked]
