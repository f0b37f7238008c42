"""What a text that somebody searches for stands for: words of values, or a number or a part of one."""

from dataclasses import dataclass

from directory.queries import key_text
from smsplatform.lib.phones import PhoneError, normalise
from smsplatform.lib.phones.countries import FRENCH_PLAN, country_code

MAX_CHARACTERS = 200
MAX_WORDS = 8
END_DIGITS = 2  # at least, of the end of a number
MIDDLE_DIGITS = 4  # at least, of a piece from its middle
E164_DIGITS = range(7, 16)
_NUMBER_CHARACTERS = frozenset("0123456789 .-+()/\u00a0\u202f")


@dataclass(frozen=True)
class Search:
    """Contacts of the number `whole`, whose number begins like one of `starts`, ends with `piece` or has it in its middle
    (`has_middle`), or who have a word beginning like each of one of `words`."""

    words: tuple[tuple[str, ...], ...] = ()
    whole: int | None = None
    starts: tuple[str, ...] = ()
    piece: str = ""

    @property
    def has_middle(self) -> bool:
        return len(self.piece) >= MIDDLE_DIGITS

    @property
    def is_nothing(self) -> bool:
        return not (self.words or self.whole or self.starts or self.piece)

    def ranges(self) -> list[tuple[int, int]]:
        """Return the numbers from … to before … that begin right: a range for each length that a number can have."""
        found = []
        for start in self.starts:
            for length in E164_DIGITS:
                if length >= len(start):
                    zeros = 10 ** (length - len(start))
                    found.append((int(start) * zeros, (int(start) + 1) * zeros))
        return found


def read(text: str, region: str) -> Search:
    """Return what a text stands for; it is nothing when the text holds neither letters nor digits."""
    text = text.strip()[:MAX_CHARACTERS]
    words = tuple(key_text.words(text, region)[:MAX_WORDS])
    alternatives = [words] if words else []
    if not words or not set(text) <= _NUMBER_CHARACTERS:
        return Search(tuple(alternatives))
    digits = "".join(filter(str.isdecimal, text.replace("(0)", "")))
    if text.startswith(("0", "+")) and len(words) > 1:
        alternatives = []  # a number in pairs, not words that begin with these
    if digits and (digits,) not in alternatives and not text.startswith("+"):
        alternatives.append((digits,))  # "1 250" is the value 1250
    is_international = text.startswith("+") or digits.startswith("00")
    starts = tuple(start for start in _starts(digits, region, is_international) if len(start) <= E164_DIGITS[-1])
    piece = digits if not is_international and END_DIGITS <= len(digits) <= E164_DIGITS[-1] else ""
    return Search(tuple(alternatives), _whole(text, region), starts, piece)


def _whole(text: str, region: str) -> int | None:
    try:
        return normalise(text, region).digits
    except PhoneError:
        return None


def _starts(digits: str, region: str, is_international: bool) -> list[str]:
    """Return how a number that begins so may begin in E.164."""
    if is_international:
        digits = digits.removeprefix("00")
        return [digits] if digits and not digits.startswith("0") else []
    codes = _codes(region)
    if digits.startswith("0"):
        return [f"{code}{digits[1:]}" for code in codes]
    return [digits, f"{codes[0]}{digits}"] if digits else []


def _codes(region: str) -> list[int]:
    """Return the country's code, and those of the countries that people dial the same way."""
    plan = FRENCH_PLAN if region in FRENCH_PLAN else ()
    return list(dict.fromkeys(country_code(code) for code in (region, *plan)))
