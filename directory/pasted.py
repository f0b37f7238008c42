"""Numbers as people paste them, told apart and read."""

import re
from dataclasses import dataclass

from contacts import messages
from contacts.importer.paste import one_per_line
from smsplatform.lib.phones import PhoneError, normalise

REFUSED_SHOWN = 100
_SEPARATORS = re.compile(r"[,;\t|]")


@dataclass(frozen=True)
class Refused:
    """`text`: as it was written; `reason`: why it is no mobile number, in words."""

    text: str
    reason: str


@dataclass(frozen=True)
class Pasted:
    """`phones`: each number once, in the order given. `repeated`: how often one came again."""

    phones: list[int]
    refused: list[Refused]
    repeated: int

    @property
    def left(self) -> str:
        """What could not be read, to be corrected."""
        return "\n".join(one.text for one in self.refused)


def pieces(text: str, region: str) -> list[str]:
    """Return what was pasted, number by number."""
    lines = one_per_line(text, region).split("\n")
    return [piece for line in lines for piece in _of_line(line.strip(), region) if piece]


def _of_line(line: str, region: str) -> list[str]:
    """Return the parts of a line that holds several numbers, or the line. Words elsewhere keep `one_per_line` from that."""
    parts = [part.strip() for part in _SEPARATORS.split(line)]
    return parts if sum(_is_number(part, region) for part in parts) > 1 else [line]


def _is_number(text: str, region: str) -> bool:
    try:
        normalise(text, region)
    except PhoneError:
        return False
    return True


def read(text: str, region: str) -> Pasted:
    phones: dict[int, None] = {}
    refused, repeated = [], 0
    for piece in pieces(text, region):
        try:
            digits = normalise(piece, region).digits
        except PhoneError as error:
            refused.append(Refused(piece, messages.reason_text(error.reason, piece)))
            continue
        repeated += digits in phones
        phones[digits] = None
    return Pasted(list(phones), refused, repeated)
