"""Signs that a row holds column names although no word of it is known: its own pattern, and what lies below it."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from contacts.importer.detect import cells
from contacts.importer.detect.rows import Row

ROWS_BELOW = 200  # compared with a row
MAX_COLUMNS = 500
MAX_REPEATING = 40  # columns looked through for repeated values
_COUNTED = re.compile(r"^(\D{0,30}?)(\d{1,6})$")
_NUMBER = re.compile(r"^-?\d{1,15}(?:\.\d{1,15})?$")
_YEARS = range(1800, 2101)


def serial_names(rows: Sequence[Row], index: int) -> set[int]:
    """Return the indexes of a row's cells that number or letter their columns: a, b, c; X1, X2, X3; 2019, 2020."""
    found = _serial(rows[index].cells)
    if not found or index + 1 == len(rows):
        return found
    below = rows[index + 1].cells
    return {i for i in found - _serial(below) if i >= len(below) or not _is_year(below[i])}


def _is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdecimal() and int(cell) in _YEARS


def _serial(row: Sequence[str]) -> set[int]:
    keys = [_serial_key(cell) for cell in row[:MAX_COLUMNS]]
    found: set[int] = set()
    start = 0
    for i in range(1, len(keys) + 1):
        if i < len(keys) and _follows(keys[i - 1], keys[i]):
            continue
        if i - start >= _least_run(keys[start]):
            found.update(range(start, i))
        start = i
    return found


def _serial_key(cell: str) -> tuple[str, int] | None:
    """Return what a cell counts and how far it is: ("X", 3) for X3, ("", 2019) for a year, ("letter", 98) for b."""
    if len(cell) == 1 and cell.isalpha():
        return "letter", ord(cell)
    counted = _COUNTED.match(cell)
    return (counted[1], int(counted[2])) if counted is not None else None


def _follows(before: tuple[str, int] | None, after: tuple[str, int] | None) -> bool:
    if before is None or after is None or before[0] != after[0]:
        return False
    step = after[1] - before[1]
    return step == 1 or (step in (-10, -5, -2, -1, 2, 5, 10) and before[0] == "" and before[1] in _YEARS)


def _least_run(key: tuple[str, int] | None) -> int:
    if key is None:
        return MAX_COLUMNS + 1
    return 2 if key[0] == "" and key[1] in _YEARS else 5 if key[0] == "" else 3


def strangeness(rows: Sequence[Row], index: int) -> float:
    """Return how much a row differs from those below it, without a word known (0 to 1)."""
    row = rows[index].cells[:MAX_COLUMNS]
    below = [other.cells for other in rows[index + 1 : index + 1 + ROWS_BELOW] if other.filled]
    if len(below) < 2:
        return 0.0
    if _is_corner(row, below):
        is_sure = not any(map(cells.has_letters, row)) or all(
            any(map(str.isdigit, other[0])) for other in below if other[0]
        )
        return 1.0 if is_sure else 0.6
    return 0.6 if all(map(cells.has_letters, filter(None, row))) and _is_never_repeated(row, below) else 0.0


def _is_corner(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether only the cell above a column of distinct row names is empty, as statistics programs write."""
    firsts = [other[0] for other in below if other[0]]
    if row[0] or len(row) < 2 or not all(row[1:]):
        return False
    if len(firsts) * 10 < 9 * len(below) or len(set(firsts)) < len(firsts):
        return False
    numbers = [float(cell) for cell in row[1:] if _NUMBER.match(cell)]
    rising = len(numbers) == len(row) - 1 >= 3 and all(a < b for a, b in pairwise(numbers))
    return rising or not numbers


def _is_never_repeated(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether the values below come again and again, yet none of this row's does."""
    if len(below) < 6:
        return False
    repeating = 0.0
    for index, cell in enumerate(row[:MAX_REPEATING]):
        values = Counter(other[index] for other in below if index < len(other) and other[index])
        if not cell or len(values) * 3 > values.total() or values.total() * 2 < len(below):
            continue
        if cell in values:
            return False
        repeating += 1.0 if len(values) * 6 <= values.total() else 0.5
    return repeating >= 1.0
