"""Pasted values: one number per line, or several set apart by commas, semicolons, tabs or spaces."""

import re
from collections.abc import Iterator
from functools import lru_cache

from smsplatform.lib.phones import PhoneColumn, PhoneError, Reason, normalise

SAMPLE_PIECES = 200  # looked at to tell numbers from a table
NUMBERS_SHARE = 2 / 3  # of the pieces; a table of a number and an amount has half
MAX_DIGITS = 15  # of one number with its prefix
MIN_DIGITS = 9  # of a number written without spaces
MAX_GROUPS = 60  # of digits in one piece of irregular numbers: beyond, where each starts is not worth guessing
MAX_GROUPS_IN_NUMBER = 8

_PLAIN = re.compile(r"[\d\s+().,;:/|\-\u2010-\u2015]*")
_SEPARATORS = re.compile(r"[,;\t|]|\s/\s")


def one_per_line(text: str, region: str) -> str:
    """Return pasted numbers with one on each line; a table, or anything with words, comes back as it is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _PLAIN.fullmatch(text):
        return text
    pieces = [piece for line in text.split("\n") for piece in _pieces(line, region)]
    sample = [piece for piece in pieces if piece][:SAMPLE_PIECES]
    if sum(_is_phone(piece, region) for piece in sample) < NUMBERS_SHARE * len(sample):
        return text
    return "\n".join(pieces)


def _pieces(line: str, region: str) -> Iterator[str]:
    """Yield the numbers of a line; a blank line is one blank piece, so that line numbers stay."""
    parts = [part.strip() for part in _SEPARATORS.split(line)]
    filled = [part for part in parts if part]
    if len(filled) > 1 and _is_phone(line, region):  # 06,12,34,56,78
        yield line
    elif not filled:
        yield ""
    else:
        for part in filled:
            yield from _split_spaces(part, region)


def _split_spaces(part: str, region: str) -> list[str]:
    groups = part.split()
    if all(MIN_DIGITS <= _digits(group) <= MAX_DIGITS for group in groups):
        return groups
    if _digits(part) <= MAX_DIGITS:
        return [part]
    if regular := _regular_reading(groups, region):
        return regular
    return (len(groups) <= MAX_GROUPS and _only_reading(groups, region)) or [part]


def _regular_reading(groups: list[str], region: str) -> list[str] | None:
    """Return the numbers when all are written alike, such as 06 12 34 56 78 06 98 76 54 32; else None."""
    shape = [len(group) for group in groups]
    for size in range(2, MAX_GROUPS_IN_NUMBER + 1):
        count, rest = divmod(len(groups), size)
        if rest or shape[:size] * count != shape:
            continue
        numbers = [" ".join(groups[start : start + size]) for start in range(0, len(groups), size)]
        found = _column(region).parse(numbers)
        if ((found > 0) | (found == -Reason.NOT_MOBILE.code)).all():
            return numbers
    return None


@lru_cache(maxsize=8)
def _column(region: str) -> PhoneColumn:
    return PhoneColumn(region)


def _only_reading(groups: list[str], region: str) -> list[str] | None:
    """Return the one way to join consecutive groups into valid numbers; None when there is none, or several."""
    # From the end: how many ways there are to read the groups from each on, and the length of the first number.
    ways = [0] * len(groups) + [1]
    lengths = [0] * len(groups)
    for start in reversed(range(len(groups))):
        for end in range(start + 1, min(start + MAX_GROUPS_IN_NUMBER, len(groups)) + 1):
            if ways[end] and _is_phone(" ".join(groups[start:end]), region):
                ways[start] += ways[end]
                lengths[start] = end - start
    if ways[0] != 1:
        return None
    numbers, at = [], 0
    while at < len(groups):
        numbers.append(" ".join(groups[at : at + lengths[at]]))
        at += lengths[at]
    return numbers


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


@lru_cache(maxsize=4096)
def _is_phone(text: str, region: str) -> bool:
    """Return whether the text is one phone number, mobile or not."""
    if not MIN_DIGITS <= _digits(text) <= MAX_DIGITS:
        return False
    try:
        normalise(text, region)
    except PhoneError as error:
        return error.reason is Reason.NOT_MOBILE
    return True
