"""Remember millions of numbers in 8 bytes each, to keep the first line of each number."""

import numpy as np
from numpy.typing import NDArray

Phones = NDArray[np.int64]

# A run is merged into the one before once it is no longer much smaller: few runs to search, few copies.
MERGE_RATIO = 4
MAX_RUN = 2**21  # numbers, 16 MB: merging takes twice as much again for a moment


class SeenPhones:
    """The distinct numbers met so far, as a few sorted runs of geometric sizes."""

    def __init__(self) -> None:
        self._runs: list[Phones] = []

    def first_occurrences(self, phones: Phones) -> NDArray[np.int64]:
        """Return the positions of the numbers never met before, in order, and remember them."""
        distinct, positions = np.unique(phones, return_index=True)
        is_new = np.ones(len(distinct), dtype=np.bool_)
        for run in self._runs:
            is_new &= ~contains(run, distinct)
        self._remember(distinct[is_new])
        return np.sort(positions[is_new])

    def _remember(self, phones: Phones) -> None:
        if not len(phones):
            return
        self._runs.append(phones)
        while len(self._runs) > 1 and self._is_worth_merging(len(self._runs[-2]), len(self._runs[-1])):
            merged = np.concatenate([self._runs.pop(), self._runs.pop()])
            merged.sort(kind="stable")  # two sorted runs: a merge in linear time
            self._runs.append(merged)

    @staticmethod
    def _is_worth_merging(before: int, last: int) -> bool:
        return last * MERGE_RATIO > before and before + last <= MAX_RUN


def contains(ordered: Phones, phones: Phones) -> NDArray[np.bool_]:
    """Return which of the phones are in a sorted array."""
    if not len(ordered):
        return np.zeros(len(phones), dtype=np.bool_)
    at = np.searchsorted(ordered, phones)
    at[at == len(ordered)] = 0
    found: NDArray[np.bool_] = ordered[at] == phones
    return found
