"""Which cells of a block hold signs that may separate two numbers, for `normalise` to judge."""

import numpy as np
from numpy.typing import NDArray

from smsplatform.lib.phones.joining import MAX_AREA_DIGITS, MAX_CODE_DIGITS

_BLANK, _LINE, _OPEN, _CLOSE, _DASH, _SLASH = b" \n()-/"

Raw = NDArray[np.uint8]
Rows = NDArray[np.int64]


def rows(encoded: bytes, raw: Raw, starts: Rows, has_plus: NDArray[np.bool_]) -> Rows:
    """Return the rows where such a sign stands elsewhere than in usual notations. `encoded`: `raw` as bytes."""
    is_blank, is_dash = raw == _BLANK, raw == _DASH
    wide = is_blank[:-2] & is_blank[1:-1] & ~is_blank[2:] & (raw[2:] != _LINE)
    spaced = is_blank[:-1] & is_dash[1:]
    found = [_rows_of(np.flatnonzero(signs), starts) for signs in (wide, spaced)]
    if b"/" in encoded:
        found.append(_rows_of(np.flatnonzero(raw == _SLASH), starts))
    if b"(" in encoded or b")" in encoded:
        found += _unusual_brackets(raw, starts, has_plus)
    return np.concatenate(found)


def _rows_of(positions: Rows, starts: Rows) -> Rows:
    of_row: Rows = np.searchsorted(starts, positions, side="right") - 1
    return of_row


def _unusual_brackets(raw: Raw, starts: Rows, has_plus: NDArray[np.bool_]) -> list[Rows]:
    """Return the rows with brackets, but for +33 (0)6…, (+33) 6… and (06) 12…."""
    opened, closed = np.flatnonzero(raw == _OPEN), np.flatnonzero(raw == _CLOSE)
    open_rows, close_rows = _rows_of(opened, starts), _rows_of(closed, starts)
    offsets = opened - starts[open_rows]
    after_code = has_plus[open_rows] & (offsets - 1 - (raw[opened - 1] == _BLANK) <= MAX_CODE_DIGITS)
    is_late = closed - starts[close_rows] > MAX_AREA_DIGITS + 1
    unopened = raw[starts[close_rows]] != _OPEN
    return [
        open_rows[(offsets > 0) & ~after_code],
        _repeated(open_rows),
        close_rows[~has_plus[close_rows] & (is_late | unopened)],
        _repeated(close_rows),
    ]


def _repeated(of_row: Rows) -> Rows:
    again: Rows = of_row[1:][of_row[1:] == of_row[:-1]]
    return again
