"""Compile phonenumbers' own patterns into an automaton over digits, then into lookup tables.

The library decides a number by trying some twelve regular expressions in turn. They only speak of digits, so
a deterministic automaton can follow all of them at once; a table then gives, for each first few digits, the
outcome when no digit after them can change it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Digits = frozenset[int]
States = frozenset[int]

_EVERY_DIGIT: Digits = frozenset(range(10))
_REST_OF_NUMBER = 17  # digits, more than any number has


class UnsupportedPatternError(ValueError):
    """A pattern outside the small grammar of the metadata: its country keeps to the library."""


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing repeated ``low`` to ``high`` times: a digit among several, or one of several sequences."""

    content: "Digits | tuple[tuple[_Item, ...], ...]"
    low: int
    high: int


class _Parser:
    """A reader of digits, ``\\d``, ``[1-35]``, groups, ``|``, ``?``, ``{n}`` and ``{n,m}``."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0

    def parse(self) -> tuple[tuple[_Item, ...], ...]:
        alternatives = self._alternatives()
        if self.position != len(self.pattern):
            raise UnsupportedPatternError(self.pattern)
        return alternatives

    def _take(self, text: str) -> bool:
        taken = self.pattern.startswith(text, self.position)
        self.position += len(text) * taken
        return taken

    def _alternatives(self) -> tuple[tuple[_Item, ...], ...]:
        sequences = [self._sequence()]
        while self._take("|"):
            sequences.append(self._sequence())
        return tuple(sequences)

    def _sequence(self) -> tuple[_Item, ...]:
        items = []
        while self.position < len(self.pattern) and self.pattern[self.position] not in "|)":
            content = self._content()
            items.append(_Item(content, *self._repeats()))
        return tuple(items)

    def _content(self) -> "Digits | tuple[tuple[_Item, ...], ...]":
        if self._take("\\d"):
            return _EVERY_DIGIT
        if self._take("["):
            return self._digit_class()
        if self._take("(?:") or self._take("("):
            alternatives = self._alternatives()
            if not self._take(")"):
                raise UnsupportedPatternError(self.pattern)
            return alternatives
        return frozenset({self._digit()})

    def _digit(self) -> int:
        character = self.pattern[self.position : self.position + 1]
        if not (character.isascii() and character.isdigit()):
            raise UnsupportedPatternError(self.pattern)
        self.position += 1
        return int(character)

    def _digit_class(self) -> Digits:
        digits: set[int] = set()
        while not self._take("]"):
            first = self._digit()
            last = self._digit() if self._take("-") else first
            digits.update(range(first, last + 1))
        return frozenset(digits)

    def _repeats(self) -> tuple[int, int]:
        if self._take("?"):
            return 0, 1
        if not self._take("{"):
            return 1, 1
        end = self.pattern.index("}", self.position)
        low, _, high = self.pattern[self.position : end].partition(",")
        self.position = end + 1
        return int(low), int(high or low)


@dataclass
class PatternSet:
    """Several patterns followed together; each has the number of its final state as its name."""

    _digits: list[Digits] = field(default_factory=list)
    _follow: list[States] = field(default_factory=list)
    _start: States = frozenset()

    def add(self, pattern: str, *, prefix: bool = False) -> int:
        """Add a pattern of whole numbers, or of how they start; return its name."""
        final = self._state(frozenset(), frozenset())
        end: States = frozenset({final})
        if prefix:
            end = self._item(_Item(_EVERY_DIGIT, 0, _REST_OF_NUMBER), end)
        self._start |= self._any(_Parser(pattern).parse(), end)
        return final

    def first_digits(self) -> Digits:
        return frozenset().union(*(self._digits[state] for state in self._start))

    def _state(self, digits: Digits, follow: States) -> int:
        self._digits.append(digits)
        self._follow.append(follow)
        return len(self._digits) - 1

    def _any(self, alternatives: Iterable[tuple[_Item, ...]], end: States) -> States:
        entries: States = frozenset()
        for sequence in alternatives:
            entry = end
            for item in reversed(sequence):
                entry = self._item(item, entry)
            entries |= entry
        return entries

    def _item(self, item: _Item, end: States) -> States:
        entry = end
        for _ in range(item.high - item.low):
            entry = self._once(item, entry) | end
        for _ in range(item.low):
            entry = self._once(item, entry)
        return entry

    def _once(self, item: _Item, end: States) -> States:
        if isinstance(item.content, frozenset):
            return frozenset({self._state(item.content, end)})
        return self._any(item.content, end)

    def determinise(self) -> "Automaton":
        """Return the automaton that follows every pattern at once."""
        indexes: dict[States, int] = {frozenset(): 0, self._start: 1}
        queue = [frozenset(), self._start]
        rows = []
        for states in queue:  # grows while it is read
            targets: list[set[int]] = [set() for _ in range(10)]
            for state in states:
                for digit in self._digits[state]:
                    targets[digit] |= self._follow[state]
            row = []
            for target in map(frozenset, targets):
                if target not in indexes:
                    indexes[target] = len(queue)
                    queue.append(target)
                row.append(indexes[target])
            rows.append(row)
        finals = [frozenset(s for s in states if not self._digits[s]) for states in queue]
        return Automaton(np.array(rows, dtype=np.int32), finals)


@dataclass(frozen=True, slots=True)
class Automaton:
    """State 0 is dead, 1 the start; ``finals`` names the patterns matched by a number ending in a state."""

    steps: NDArray[np.int32]  # [state, digit] -> state
    finals: list[States]

    def outcomes(self, ends: NDArray[np.int8], digits: int, depth: int, mixed: int) -> NDArray[np.int8]:
        """Return the outcome of numbers of ``digits`` digits by their first ``depth`` ones.

        ``ends``: outcome by last state. A prefix whose continuations do not all agree gives ``mixed``.
        """
        outcomes = ends
        for _ in range(digits - depth):
            following = outcomes[self.steps]
            agree = (following == following[:, :1]).all(axis=1)
            outcomes = np.where(agree, following[:, 0], np.int8(mixed))
        states = np.array([1], dtype=np.int32)
        for _ in range(depth):
            states = self.steps[states].ravel()
        return outcomes[states]
