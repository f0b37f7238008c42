"""Turn a block of cells into columns of numbers: digits as an integer, how many, and what surrounds them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smsplatform.lib.phones import parts

MAX_CELL_BYTES = 60  # a longer cell is left to `normalise`; also keeps the counters below from overflowing
MAX_DIGITS = 15  # of an E.164 number, with two more for 00 still under the 16 that are read
_WINDOW = 16  # bytes read before the end of each cell
_NEWLINE = 10

# How many characters of each class a cell holds, six bits for each class.
_DOT = 1
_DASH = 1 << 6
_ODD = 1 << 12  # brackets and a slash, inside a number only at some places
_PLUS = 1 << 18
_OTHER = 1 << 24  # never inside a plain number
_CLASS = 0x3F
_ASCII_DIGITS = b"0123456789"
_QUOTED_FORMULA = re.compile(r'^="([^"\n]*)"$', re.M)  # ="0612345678" keeps a spreadsheet from changing it


def _class_weights() -> NDArray[np.int32]:
    weights = np.full(256, _OTHER, dtype=np.int32)
    weights[list(_ASCII_DIGITS + b" \n")] = 0
    weights[ord(".")] = _DOT
    weights[ord("-")] = _DASH
    weights[list(b"/()")] = _ODD
    weights[ord("+")] = _PLUS
    return weights


_WEIGHTS = _class_weights()
_NOT_DIGITS = bytes(set(range(256)) - set(_ASCII_DIGITS + b"\n"))


def _byte_masks(first: int) -> NDArray[np.uint64]:
    """Return, by digit count, the mask that keeps the digits among eight of the window's bytes."""
    masks = np.zeros((_WINDOW + 1, 8), dtype=np.uint8)
    for count in range(_WINDOW + 1):
        masks[count, max(0, _WINDOW - count - first) :] = 0x0F
    return masks.view("<u8").ravel()


_HIGH_MASKS = _byte_masks(0)
_LOW_MASKS = _byte_masks(8)


@dataclass(frozen=True, slots=True)
class Block:
    """One row per cell. ``values`` and the rest mean something only where ``is_plain``."""

    values: NDArray[np.int64]
    digit_counts: NDArray[np.int64]
    has_plus: NDArray[np.bool_]
    is_empty: NDArray[np.bool_]
    is_plain: NDArray[np.bool_]  # digits, blanks and punctuation that `normalise` reads as one run of digits
    is_simple: NDArray[np.bool_]  # plain, and nothing that could also separate two numbers


def read_block(cells: Sequence[str]) -> Block:
    text = _join(cells)
    if not text.isascii():
        text = text.replace("\u00a0", " ").replace("\u202f", " ")  # the usual blanks of French typography
    encoded = text.encode("utf-8", "replace")
    raw = np.frombuffer(encoded, dtype=np.uint8)
    starts, lengths = _segments(raw)
    weights = np.add.reduceat(_WEIGHTS[raw], starts)
    values, digit_counts = _parse_digits(encoded.translate(None, _NOT_DIGITS))

    is_float = _is_float(raw, starts, lengths, weights, digit_counts)
    values = np.where(is_float, values // 10, values)
    digit_counts = digit_counts - is_float
    weights[is_float] = 0
    lengths = lengths - 2 * is_float

    has_plus = weights >= _PLUS
    first_is_plus = raw[starts] == ord("+")
    bracketed_plus = (raw[starts] == ord("(")) & (raw[np.minimum(starts + 1, len(raw) - 1)] == ord("+"))
    is_plain = (
        (weights < 2 * _PLUS)
        & (~has_plus | first_is_plus | bracketed_plus)
        & (lengths <= MAX_CELL_BYTES)
        & (digit_counts <= MAX_DIGITS)
        & ((weights & _CLASS) != _DOT)  # a single dot may be a decimal point
        & ((digit_counts > 8) | ((weights % _PLUS) == 0))  # or the cell may be a date
    )
    signs = lengths - digit_counts - has_plus
    is_plain &= has_plus | ~_may_hold_date(weights, digit_counts, signs)
    is_plain[parts.rows(encoded, raw, starts, has_plus)] = False
    # From twelve digits on, blanks and dashes could separate two numbers when the whole is none.
    is_simple = is_plain & ((weights & (_CLASS * _ODD)) == 0) & ((digit_counts < 12) | (signs == 0))
    return Block(values, digit_counts, has_plus, lengths == 0, is_plain, is_simple)


def _may_hold_date(
    weights: NDArray[np.int32], digit_counts: NDArray[np.int64], signs: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Say which cells have the signs of 20.12.24 and others, or as many blanks as 20 12 2024 or two dates."""
    dots, dashes = weights & _CLASS, (weights // _DASH) & _CLASS
    is_mixed = ((dots > 1) & (signs > dots)) | ((dashes > 1) & (signs > dashes))
    is_spaced = ((digit_counts == 8) & (signs == 2)) | ((digit_counts == 12) & (signs == 5))
    may_hold: NDArray[np.bool_] = is_mixed | is_spaced
    return may_hold


def _is_float(
    raw: NDArray[np.uint8],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    weights: NDArray[np.int32],
    digit_counts: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Say which cells are like 612345678.0, as data frames write a column of numbers with a blank in it."""
    ends = starts + lengths
    has_zero: NDArray[np.bool_] = raw[np.maximum(ends - 1, 0)] == ord("0")
    has_point: NDArray[np.bool_] = raw[np.maximum(ends - 2, 0)] == ord(".")
    only_digits: NDArray[np.bool_] = (weights == _DOT) & (lengths == digit_counts + 1) & (digit_counts > 6)
    return has_zero & has_point & only_digits


def _join(cells: Sequence[str]) -> str:
    text = "\n".join(cells)
    if text.count("\n") != len(cells) - 1:
        text = "\n".join([cell.replace("\n", ";") for cell in cells])  # never plain, so their text is not used
    if "'" in text:
        text = text.replace("\n'", "\n").removeprefix("'")  # a spreadsheet keeps text with it
    if '="' in text:
        text = _QUOTED_FORMULA.sub(r"\1", text)
    return text + "\n"


def _segments(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each line starts and how many bytes it has without its line feed."""
    ends = np.flatnonzero(data == _NEWLINE)
    starts = np.concatenate(([0], ends[:-1] + 1))
    return starts, ends - starts


def _parse_digits(lines: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each line of ASCII digits as a number, right up to 16 digits, and its length."""
    starts, counts = _segments(np.frombuffer(lines, dtype=np.uint8))
    padded = b"0" * _WINDOW + lines
    # The eight bytes from every offset as one integer: two gathers fetch a whole number.
    eights: NDArray[np.uint64] = np.ndarray((len(padded) - 7,), dtype="<u8", buffer=padded, strides=(1,))
    window = starts + counts
    kept = np.minimum(counts, _WINDOW)
    high = _eight_digits(eights[window] & _HIGH_MASKS[kept])
    low = _eight_digits(eights[window + 8] & _LOW_MASKS[kept])
    return (high * np.uint64(10**8) + low).astype(np.int64), counts


def _eight_digits(bytes8: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Read eight digits, one per byte, the first lowest: join pairs, then fours, then all, in whole registers."""
    pairs = (bytes8 * np.uint64(10) + (bytes8 >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    fours = (pairs * np.uint64(100) + (pairs >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return (fours * np.uint64(10_000) + (fours >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
