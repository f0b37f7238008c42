"""The one reader of what people paste: numbers in any notation, set apart in any way, with words or without.

Every number that can be read is taken, whatever stands beside it; what cannot be read is named with its line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from smsplatform.lib.phones import PhoneColumn, Reason, readings
from smsplatform.lib.phones.cells import MAX_CHARACTERS, NOT_PHONE_WORDS, STRAY_DIGITS

NUMBERS_SHARE = 2 / 3  # of what was pasted, in a list of numbers; a table of a number and an amount has half
MIN_TABLE_LINES = 2
MAX_DIGITS = 15  # of one number with its prefix
MIN_DIGITS = 9  # of a number written without spaces
MIN_DIGITS_OF_SEVERAL = 12  # two numbers have no fewer
MAX_GROUPS = 60  # of digits in one piece of irregular numbers: beyond, where each starts is not worth guessing
MAX_GROUPS_IN_NUMBER = 8

_SEPARATOR = re.compile(r"[,;\t|&]")
_COMMAS_IN_NUMBER = re.compile(r"(?<![\d,])0\d(?:,\d\d){4}(?![\d,])")  # 06,12,34,56,78
# From the surest sign that one number ends and another begins.
_WEAKER_SEPARATORS = (
    re.compile(r"\s(?:et|and|ou|or|puis|y|und)\s", re.I),
    re.compile(r"(?<!\S)[^\W\d_]+[.:]?(?!\S)"),  # any word between blanks
    re.compile(r"/"),
    re.compile(r"\s{2,}|\s-+\s"),
)
_WORDS = _WEAKER_SEPARATORS[1]
_DIGITS_AND_SIGNS = re.compile(r"[\d\s+().\-/]+")
_PLAIN = re.compile(r"\+?\d(?:[ .\-]?\d){5,16}")


@dataclass(frozen=True, slots=True)
class Token:
    """`text`: as it was pasted, on `line` (from 1). `outcome`: E.164 digits, or minus the code of why it is no mobile."""

    line: int
    text: str
    outcome: int
    is_unsure: bool = False  # other digits beside it may be a part of it

    @property
    def is_mobile(self) -> bool:
        return self.outcome > 0

    @property
    def is_number(self) -> bool:
        """Say whether it is a phone number, mobile or not."""
        return self.outcome > 0 or self.outcome == -Reason.NOT_MOBILE.code


def tokens(text: str, region: str) -> list[Token]:
    """Return every number that was pasted, and what could not be read; words beside a number are neither."""
    return [token for line in _lines(text, region) for token in _without_labels(line)]


def one_per_line(text: str, region: str) -> str:
    """Return pasted numbers with one on each line; a table, or anything else than numbers, comes back as it is."""
    lines = _lines(text, region)
    filled = [token for line in lines for token in line]
    share = sum(token.is_number for token in filled) / max(1, len(filled))
    if share < NUMBERS_SHARE or _is_table(lines):
        return "\n".join(text.splitlines())
    return "\n".join("\n".join(token.text for token in line) for line in lines)


def _is_table(lines: Sequence[Sequence[Token]]) -> bool:
    """Say whether all lines have as many cells, one of which is never a number."""
    filled = [line for line in lines if line]
    if len(filled) < MIN_TABLE_LINES or len({len(line) for line in filled}) != 1:
        return False
    return any(not any(cell.is_number for cell in column) for column in zip(*filled, strict=True))


def _without_labels(line: Sequence[Token]) -> Sequence[Token]:
    if not any(token.is_mobile for token in line):
        return [replace(line[0], text=" ".join(token.text for token in line))] if _is_prose(line) else line
    return [token for token in line if token.is_mobile or any(map(str.isdigit, token.text))]


def _is_prose(line: Sequence[Token]) -> bool:
    return bool(line) and not any(map(str.isdigit, "".join(token.text for token in line)))


def _lines(text: str, region: str) -> list[list[Token]]:
    parts: list[tuple[int, str]] = []
    lines = [_COMMAS_IN_NUMBER.sub(lambda found: found[0].replace(",", "."), line) for line in text.splitlines()]
    for at, line in enumerate(lines):
        parts += [(at, part) for piece in _SEPARATOR.split(line) if (part := piece.strip())]
    result: list[list[Token]] = [[] for _ in lines]
    for token in _read_all([Token(at + 1, part, 0) for at, part in parts], region):
        result[token.line - 1].append(token)
    return result


def _read_all(parts: Sequence[Token], region: str) -> list[Token]:
    outcomes = _column(region).parse([part.text for part in parts]).tolist()
    found: list[Token] = []
    for part, outcome in zip(parts, outcomes, strict=True):
        token = replace(part, outcome=outcome)
        is_plain = _PLAIN.fullmatch(part.text) if outcome > 0 else not any(map(str.isdigit, part.text))
        found += [token] if is_plain else _read(token, region)
    return found


def _read(whole: Token, region: str) -> list[Token]:
    """Return the numbers of one part in the order written, and what of it could not be read."""
    found = _as_written(whole, region)
    if all(token.is_mobile for token in found) or _digits(whole.text) < MIN_DIGITS_OF_SEVERAL:
        return found
    for separator in _WEAKER_SEPARATORS:
        if separator is _WORDS and NOT_PHONE_WORDS.search(whole.text):
            continue
        pieces = [piece for each in separator.split(whole.text) if (piece := each.strip())]
        if len(pieces) > 1:
            found = _better(found, _read_all([replace(whole, text=piece) for piece in pieces], region))
    pieces = _split_spaces(whole.text, region)
    return _better(found, _read_all([replace(whole, text=p) for p in pieces], region)) if len(pieces) > 1 else found


def _better(one: list[Token], other: list[Token]) -> list[Token]:
    return other if _numbers(other) > _numbers(one) else one


def _numbers(found: list[Token]) -> tuple[int, int]:
    return sum(token.is_mobile for token in found), sum(token.is_number for token in found)


def _as_written(whole: Token, region: str) -> list[Token]:
    """Return the numbers that the reader of cells sees, and further digits too many to be a postcode."""
    read = readings(whole.text, region) if len(whole.text) <= MAX_CHARACTERS else []
    mobiles = [one for one in read if _outcome(one[1]) > 0]
    kept = [one for one in read if _outcome(one[1]) > 0 or (mobiles and _digits(one[0]) >= STRAY_DIGITS)]
    if len(kept) > 1:
        return [replace(whole, text=written, outcome=_outcome(result)) for written, result in kept]
    outcome = _outcome(kept[0][1]) if kept else whole.outcome
    return [replace(whole, outcome=outcome, is_unsure=outcome > 0 > whole.outcome)]


def _outcome(result: object) -> int:
    return -result.code if isinstance(result, Reason) else int(result.digits)  # type: ignore[attr-defined]


def _split_spaces(part: str, region: str) -> list[str]:
    groups = part.split()
    if not _DIGITS_AND_SIGNS.fullmatch(part):
        return [part]
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
    outcome = int(_column(region).parse([text])[0])
    return outcome > 0 or outcome == -Reason.NOT_MOBILE.code
