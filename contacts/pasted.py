"""Numbers as people paste them into a box, told apart and read."""

from collections.abc import Iterable
from dataclasses import dataclass

from contacts import messages
from contacts.importer import paste
from smsplatform.lib.phones import REASONS_BY_CODE, Reason

REFUSED_SHOWN = 100


@dataclass(frozen=True)
class Refused:
    """`text`: as it was written, on `line` of what was pasted (0 where it is no matter of writing). `reason`: in words."""

    text: str
    reason: str
    line: int = 0


@dataclass(frozen=True)
class Pasted:
    """`phones`: each number once, in the order given. `repeated`: how often one came again."""

    phones: list[int]
    refused: list[Refused]
    repeated: int

    @property
    def left(self) -> str:
        """What could not be read, to be corrected."""
        return left(self.refused)


def left(refused: Iterable[Refused]) -> str:
    return "\n".join(one.text for one in refused)


def read(text: str, region: str, *, takes_unsure: bool = False) -> Pasted:
    """Read what was pasted. `takes_unsure`: also a number beside digits that may belong to it, so as to exclude it."""
    phones: dict[int, None] = {}
    refused, repeated = [], 0
    for token in paste.tokens(text, region):
        if token.is_mobile and (takes_unsure or not token.is_unsure):
            repeated += token.outcome in phones
            phones[token.outcome] = None
        if not token.is_mobile or token.is_unsure:
            refused.append(_refused(token))
    return Pasted(list(phones), refused, repeated)


def _refused(token: paste.Token) -> Refused:
    reason = Reason.SEVERAL if token.is_mobile else REASONS_BY_CODE[-token.outcome]
    return Refused(token.text, messages.reason_text(reason, token.text), token.line)
