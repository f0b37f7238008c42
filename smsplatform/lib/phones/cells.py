"""Find the phone numbers that a person wrote in one cell, without deciding whether they exist.

Every rule here errs on the side of refusing: a lost row is reported and repaired, a message sent to a
stranger is not.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from smsplatform.lib.phones.dates import is_date
from smsplatform.lib.phones.folding import WORD_MARK, fold
from smsplatform.lib.phones.reasons import Reason

MAX_CHARACTERS = 256  # a longer cell is prose, not a phone
STRAY_DIGITS = 6  # a shorter group of digits next to a number may be a part of it
MAX_CHUNKS = 8  # a cell with more runs of digits is a list of something else
MAX_DIGITS = 15  # of one number, by E.164
MIN_LOOKALIKE_DIGITS = 7
MAX_LOOKALIKES = 3

_URI = re.compile(
    r"(?:tel|callto|sms|smsto)\s*:\s*(?P<number>[^;,?]*\d[^;,?]*)(?P<parameters>(?:;\s*[a-z-]+\s*=|\?).*)?", re.I
)
_CONTEXT = re.compile(r";\s*phone-context\s*=\s*(\+[\d-]+)", re.I)
_ADDRESS = re.compile(r"\S*(?:@|://)\S*")  # an e-mail or web address: none of its digits count
_EXTENSION = re.compile(
    r"(?<=\d)[\s,;.)-]*\(?\s*(?:extension|extn?|ext|poste|post|int|interne|x|p|#)\s*[.:]?\s*\d{1,6}\s*\)?$",
    re.I,
)

# A number with decimals that no zero or + starts (a float, a price, a coordinate), or with grouped thousands.
_AMOUNT = re.compile(r"-?[1-9][\d ]*[.,]\d+|-?0[.,]\d+|-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d{1,3}(?:\.\d{3})+,\d+")
NOT_PHONE_WORDS = re.compile(
    r"€|\b(?:eur|euros?|usd|chf|gbp|siret|siren|iban|rib|tva|vat|isbn|ean|nir|facture|invoice)\b", re.I
)
_WHOLE_FLOAT = re.compile(r"(\+?\d{6,15})[.,]0{1,2}")
_SCIENTIFIC = re.compile(r"\+?(?P<unit>[1-9])(?:[.,](?P<decimals>\d*))?e\+?(?P<exponent>\d{1,2})", re.I)
_COMMA_PAIRS = re.compile(r"0\d(?:,\d\d){3,}")
_LOOKALIKES = re.compile(r"[\dOolI+ .\-/()]*[OolI][\dOolI+ .\-/()]*")
_LOOKALIKE_DIGITS = str.maketrans("OolI", "0011")

_TOKEN = re.compile(
    r"(?P<number>(?:\+[ +.\-/()]*)?\d(?:[ .\-/()]*\d)*)|(?P<word>[A-Za-z=€@#" + WORD_MARK + r"]+)|(?P<mark>[;,:+])"
)
# The only words that may touch the number's first digit: anything else makes an identifier (FR76…, REF06…).
_LABELS = frozenset(
    [
        "t",
        "tel",
        "telephone",
        "tél",
        "m",
        "mob",
        "mobile",
        "p",
        "port",
        "portable",
        "gsm",
        "cell",
        "cel",
        "phone",
        "ph",
        "sms",
        "whatsapp",
        "n",
        "no",
        "num",
        "numero",
    ]
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of digits and punctuation as written; ``glued`` when letters touch it as in an identifier."""

    written: str
    glued: bool = False
    worded: bool = False  # a word stands directly before it ("Tel 2: …", "Paris 75")
    group: int = 0  # how many words were read before: two chunks of one group have no word between them
    alone: bool = False  # nothing else stands in the cell

    @property
    def digits(self) -> str:
        """Return the digits, after a + where the person wrote one."""
        plus = "+" if self.written.startswith("+") else ""
        return plus + re.sub(r"\D", "", self.written)

    @property
    def digit_count(self) -> int:
        return sum(map(str.isdigit, self.written))


def chunks(text: str) -> list[Chunk] | Reason:
    """Return the possible numbers of a cell in the order written (at least one), or why there is none."""
    if not text.strip():
        return Reason.EMPTY
    if len(text) > MAX_CHARACTERS:
        return Reason.NOT_A_PHONE
    cell = _unwrap(text)
    if not cell:
        return Reason.EMPTY
    if not any(map(str.isdigit, cell)):
        return Reason.NO_DIGITS
    scientific = _SCIENTIFIC.fullmatch(cell)
    if scientific:
        return _expand(scientific["unit"], scientific["decimals"] or "", int(scientific["exponent"]))
    whole = _WHOLE_FLOAT.fullmatch(cell)
    if whole:
        return [Chunk(whole[1])]
    if is_date(cell) or _AMOUNT.fullmatch(cell) or NOT_PHONE_WORDS.search(cell):
        return Reason.NOT_A_PHONE
    found = _tokenise(_repair(_EXTENSION.sub(" poste ", cell)))
    return found if len(found) <= MAX_CHUNKS else Reason.NOT_A_PHONE


def _unwrap(text: str) -> str:
    """Fold the cell and take off what programs put around a number: ``="…"``, ``tel:``, addresses."""
    uri = re.match(r"\s*(?:tel|callto|sms)", text, re.I)
    cell = fold(unquote(text) if uri and "%" in text else text)
    uri = _URI.fullmatch(cell)
    if uri:
        context = _CONTEXT.search(uri["parameters"] or "")
        number = uri["number"].strip()
        return context[1] + number if context and not number.startswith("+") else number
    if "@" in cell or "://" in cell:
        cell = _ADDRESS.sub(f" {WORD_MARK * 2} ", cell)
    return cell.removeprefix("=").strip()


def _expand(unit: str, decimals: str, exponent: int) -> list[Chunk] | Reason:
    """Write out 6.12345678E+08, exactly: digits that the cell does not show are lost, never zeros."""
    if len(decimals) < exponent:
        return Reason.LOST_DIGITS
    if decimals[exponent:].strip("0"):
        return Reason.NOT_A_PHONE
    return [Chunk(unit + decimals[:exponent])]


def _repair(cell: str) -> str:
    """Read pairs joined by commas, and O, l and I typed for 0 and 1 in what is otherwise all digits."""
    if _COMMA_PAIRS.fullmatch(cell):
        return cell.replace(",", " ")
    if _LOOKALIKES.fullmatch(cell) and sum(map(str.isdigit, cell)) >= MIN_LOOKALIKE_DIGITS:
        repaired = cell.translate(_LOOKALIKE_DIGITS)
        if sum(a != b for a, b in zip(cell, repaired, strict=True)) <= MAX_LOOKALIKES:
            return repaired
    return cell


def _tokenise(cell: str) -> list[Chunk]:
    found: list[Chunk] = []
    tokens = list(_TOKEN.finditer(cell))
    words = 0
    for position, token in enumerate(tokens):
        before = tokens[position - 1] if position else None
        after = tokens[position + 1] if position + 1 < len(tokens) else None
        if token["word"] and len(token["word"]) > 1:
            words += 1
        if token["number"]:
            worded = before is not None and len(before["word"] or "") > 1
            alone = token["number"] == cell.strip(" ()-./;")
            found.append(Chunk(token["number"], _is_glued(before, token, after), worded, words, alone))
    return found


def _is_glued(before: re.Match[str] | None, number: re.Match[str], after: re.Match[str] | None) -> bool:
    if before and before["word"] and before.end() == number.start() and before["word"].lower() not in _LABELS:
        return True
    touching = after["word"] if after and after["word"] and after.start() == number.end() else None
    # "0612345678Martin" is a number and a name, "0612345678B9" is a reference.
    return touching is not None and (len(touching) < 3 or not touching.isalpha())


def split(chunk: Chunk) -> list[list[Chunk]]:
    """Return the ways to read an over-long chunk as several whole numbers, the surest first.

    A slash, a dash between spaces or a wide blank separates whole numbers only; a single space separates
    exactly two numbers, and the caller must find both of them valid.
    """
    ways = []
    for separator in (r"/", r"\s-+\s|\s{2,}"):
        parts = [Chunk(part.strip(" .-()/")) for part in re.split(separator, chunk.written)]
        if len(parts) > 1 and all(part.digit_count >= STRAY_DIGITS for part in parts):
            ways.append(parts)
    return ways


def halves(chunk: Chunk) -> list[tuple[Chunk, Chunk]]:
    """Return every cut of the chunk at a space into two runs of at least eight digits."""
    if chunk.digit_count > 2 * MAX_DIGITS:
        return []
    cuts = [match.start() for match in re.finditer(r" +", chunk.written)]
    pairs = [(Chunk(chunk.written[:cut].strip()), Chunk(chunk.written[cut:].strip(" ()"))) for cut in cuts]
    return [(left, right) for left, right in pairs if min(left.digit_count, right.digit_count) >= 8]
