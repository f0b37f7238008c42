"""Read the records of whole lines one by one, none of them larger than a record may be.

A quote that is opened and never closed would make one record of all the lines after it. How far a record is followed
before it counts as broken is therefore limited, and what was followed in vain is remembered: all of it together may be
about as much as the file itself, so that quotes strewn over a file cost no more than the file is long.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from typing import Any

MAX_CHARACTERS = 2**18  # of a record
MAX_LINES = 2_000  # of a record
MAX_CELLS = 500  # of a record that has several lines: more come from lines run together
MAX_IN_VAIN = 2**18  # characters that may be followed in vain at any moment, earned back by those that are read
LEAST_CHARACTERS, LEAST_LINES = 500, 8  # that a record is followed in any case: an address of several lines
# A line that no record holds, added after the last one: it shows whether the last record is closed.
_END = "\x1e\n"

Row = list[str]
Swallows = Callable[[Sequence[str]], bool]


class Records:
    """The records of physical lines (see `read`), under one format of the csv module.

    `swallows` says of the lines of one record whether they are rows, run together by a stray quote.
    """

    def __init__(self, format: dict[str, Any], swallows: Swallows) -> None:
        self._format = format
        self._swallows = swallows
        self._in_vain = MAX_IN_VAIN
        self._is_cut = False
        self.at = 0
        self.is_open = False

    def read(self, physical: Sequence[str], start: int, *, is_last: bool) -> Iterator[tuple[int, Row]]:
        """Yield the records from physical line `start` on, each with its first line, up to a broken one or the end.

        Afterwards `at` is the broken one's first line, or the number of lines; `is_open` says that it may yet be closed
        by lines to come, which there are unless `is_last`.
        """
        self.at, self.is_open, self._is_cut = start, False, False
        reader = csv.reader(self._fed(physical, start), **self._format)
        try:
            for row in reader:
                end = start + reader.line_num
                if self._is_cut or end > len(physical) or self._is_broken(row, physical[self.at : end]):
                    break
                first, self.at = self.at, end
                self.earn(sum(map(len, physical[first:end])))
                yield first, row
        except csv.Error:  # a cell beyond the csv module's limit
            self._is_cut = True
        if self.at < len(physical):
            followed = physical[self.at : start + reader.line_num]
            self.is_open = not (is_last or self._is_cut) and start + reader.line_num > len(physical)
            if not self.is_open:
                self._in_vain = max(0, self._in_vain - sum(map(len, followed)))

    def read_plainly(self, physical: str) -> Row | None:
        """Return the line that a broken record starts with as if its quotes were text; None where it is too long."""
        self.earn(len(physical))
        try:
            row: Row = next(csv.reader([physical], **self._format | {"quoting": csv.QUOTE_NONE}))
        except csv.Error:
            return None
        return row

    def earn(self, characters: int) -> None:
        """Note that so many more characters of the file were read for good."""
        self._in_vain = min(MAX_IN_VAIN, self._in_vain + characters)

    def _is_broken(self, row: Row, record: Sequence[str]) -> bool:
        return len(record) > 1 and (len(row) > MAX_CELLS or self._swallows(record))

    def _fed(self, physical: Sequence[str], start: int) -> Iterator[str]:
        """Yield the lines to the reader, until the record that it is at has become too long."""
        record, characters, most = start, 0, (0, 0)
        for index in range(start, len(physical)):
            if self.at != record:
                record, characters = self.at, 0
            if index == record:
                most = self._most()
            elif characters > most[0] or index - record >= most[1]:
                self._is_cut = True
                return
            characters += len(physical[index])
            yield physical[index]
        yield _END

    def _most(self) -> tuple[int, int]:
        """Return how many characters and lines the next record may have."""
        if self._in_vain < LEAST_CHARACTERS:
            return LEAST_CHARACTERS, LEAST_LINES
        return min(MAX_CHARACTERS, self._in_vain), MAX_LINES
