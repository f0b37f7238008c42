"""Tell ids that look like phone numbers by how they follow each other or check their own digits."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise


def disguise_penalty(values: Sequence[str], bare_phones: int) -> float:
    """Return what to take off a column of ids: a sequence, or checksummed company numbers or EAN codes.

    bare_phones: how many of the values read as phone numbers without their 0 or +.
    """
    digits = ["".join(c for c in value if c.isdecimal()) for value in values]
    numbers = [int(d) for d in digits if 0 < len(d) <= 18]
    if len(numbers) < 4 or len(numbers) * 10 < len(digits) * 9:
        return 0.0
    bare = bare_phones * 2 > len(digits)
    if _is_sequence(numbers):
        return 0.6 if bare else 0.35
    if bare and _start_alike(digits):
        return 0.6
    lengths = Counter(map(len, digits))
    length, count = lengths.most_common(1)[0]
    if len(numbers) >= 6 and count * 10 >= len(digits) * 9:
        if length in (9, 14) and bare and sum(map(_is_luhn, digits)) * 10 >= len(digits) * 9:
            return 0.7
        if length == 13 and bare and sum(map(_is_ean, digits)) * 10 >= len(digits) * 9:
            return 0.7
    return 0.0


def _start_alike(digits: list[str]) -> bool:
    """Return whether all start with the same two digits, as what a machine numbers does and people's phones do not."""
    return len(digits) >= 5 and {len(d) for d in digits} <= {9, 10} and len({d[:2] for d in digits}) == 1


def _is_sequence(numbers: list[int]) -> bool:
    """Return whether numbers follow each other in small steps, as ids do and people's phones do not."""
    steps = [b - a for a, b in pairwise(numbers)]
    positive = sum(step > 0 for step in steps)
    if max(positive, sum(step < 0 for step in steps)) < 0.95 * len(steps):
        return False
    spread = max(numbers) - min(numbers)
    return len(set(steps)) == 1 or spread < 1_000_000 or (len(numbers) >= 12 and spread < 30_000_000)


def _is_luhn(digits: str) -> bool:
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _is_ean(digits: str) -> bool:
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0
