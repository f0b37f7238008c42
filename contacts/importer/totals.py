"""Total lines at the bottom of a table, "Total : 1 204", which are neither people nor mistakes."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from contacts.importer import names

MAX_LINES = 10  # at the bottom
MAX_FILLED = 3  # cells of such a line...
MAX_DIGITS = 9  # ... and digits in each: more are somebody's number
_WORDS = names.word_set(
    "total totaux nombre sum somme count effectif edite imprime export exporte extrait genere source"
)
_ENDS = frozenset({"fin", "fin de fichier", "fin du fichier", "fin de liste", "end", "end of file", "eof"})
_PAGE = re.compile(r"^page \d+(?: ?(?:/|sur|of|de) ?\d+)?$")


class Refused(NamedTuple):
    line: int
    row: Sequence[str]
    value: str
    code: str


def is_total(row: Sequence[str]) -> bool:
    """Return whether a refused line reads as a total, a remark on the print or the end of the file."""
    filled = [cell for cell in row if cell.strip()]
    if not filled or len(filled) > MAX_FILLED:
        return False
    first = " ".join(names.fold(filled[0][:80]).replace(":", " ").split())
    if first in _ENDS or _PAGE.match(first):
        return True
    words = names.name_words(filled[0])
    if not words or words[0] not in _WORDS:
        return False
    digits = [sum(map(str.isdigit, cell)) for cell in filled]
    return max(digits) <= MAX_DIGITS and (sum(digits) > 0 or len(filled) == 1)


class Bottom:
    """Holds lines back that may be the last ones. Whatever follows them makes them refused lines like others."""

    def __init__(self) -> None:
        self._held: list[Refused] = []

    def hold(self, refused: Refused) -> Iterator[Refused]:
        """Keep a line that reads as a total; yield those that are too many to be held."""
        self._held.append(refused)
        if len(self._held) > MAX_LINES:
            yield self._held.pop(0)

    def release(self) -> list[Refused]:
        """Return the held lines: something else came after them."""
        held, self._held = self._held, []
        return held

    @property
    def count(self) -> int:
        return len(self._held)
