"""What a person can be offered for a number that was refused: one rule for each habit or accident.

A rule answers only with a number whose digits all stand in the cell, in this order, and that has no second reading. What
is merely likely (a digit too few, a landline) is for people: a message must never reach a stranger.
"""

import html
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import unquote

from smsplatform.lib.phones import PhoneError, normalise
from smsplatform.lib.phones.countries import country_code, mobile_lengths
from smsplatform.lib.phones.folding import WORD_MARK, fold
from smsplatform.lib.phones.joining import has_parts

MAX_CHARACTERS = 64  # a longer cell is prose
MAX_OTHER_DIGITS = 8  # of a date or a postcode beside the number
MIN_WHOLE_DIGITS = 8
MIN_DIGITS_AS_DIGITS = 5  # with fewer, letters are letters
MAX_LETTERS = 5

Rule = Callable[[str, str], int | None]

_TAG = re.compile(r"</?[a-z][a-z0-9]{0,9}\s*/?>", re.I)
_PERCENT = re.compile(r"%[0-9A-F]{2}", re.I)
_SIGNS = f"*#<>~?@={WORD_MARK}"
_PUNCTUATION = re.compile(r"[\d +.\-/()]+")
_PAIRS = re.compile(rf"(?:\+?\d{{1,4}})(?P<sign>[{re.escape(_SIGNS)}:])(?:\d{{2,4}}(?P=sign)){{2,5}}\d{{2,4}}")
_AMOUNT = re.compile(r"(?P<whole>\d{1,3}(?P<by>[ .,])\d{3}(?:(?P=by)\d{3}){1,3})(?:[.,]0{1,2})?")
_MONEY = re.compile(r"(?:€|\beur(?:os?)?\b)", re.I)
_LOOKALIKES = str.maketrans("OoIliSsBZzG", "00111558226")
_WITH_LETTERS = re.compile(r"[\dOoIliSsBZzG +.\-/()]+")
_UNSURE_LETTER_OUTSIDE = re.compile(r"(?<![\dOoIli .\-])[SsBZzG]|[SsBZzG](?![\dOoIliSsBZzG .\-])|[SsBZzG][ .\-]*$")
_GLUED = re.compile(r"(?P<before>[A-Za-z]*)[ .:]*(?P<number>\+?\d[\d .\-/()]*\d)[ .:]*(?P<after>[A-Za-z]*)")
# A number that follows one of these names a document, not a person.
_REFERENCES = frozenset(
    "ref reference fact facture fac inv invoice cmd cde commande order cli client bl bc dos dossier siret siren iban"
    " rib tva vat ean isbn id no num".split()
)
_MARK = re.compile(r"^(?:n°|no?|num)?\s*\d{1,2}\s*[).:]\s*(?=\D*\d)|^\(\s*\d{1,3}\s*\)|\(\s*\d{1,3}\s*\)\s*$", re.I)
_RUN = re.compile(r"\+?\d+")


def read(text: str, region: str) -> int | None:
    """Return the mobile number that is written in the text beyond doubt."""
    try:
        return normalise(text, region).digits
    except PhoneError:
        return None


def plain(text: str) -> str:
    """Return the cell without the marks of web pages, in the few characters that the phone rules speak of."""
    decoded = html.unescape(unquote(text) if _PERCENT.search(text) else text)
    return fold(_TAG.sub(" ", decoded))


def amount(text: str, region: str) -> int | None:
    """Read "612 345 678,00 €": a spreadsheet took the number for an amount, and dropped its zero."""
    bare = _MONEY.sub(" ", text).strip()
    whole = _AMOUNT.fullmatch(bare)
    if whole:
        found = read(re.sub(r"\D", "", whole["whole"]), region)
        return found if found and str(found).startswith(str(country_code(region))) else None
    return read(bare, region) if bare != text else None


def extra_zeros(text: str, region: str) -> int | None:
    """Read "+06…" and "006…": a + or zeros too many before a whole national number."""
    digits = only_digits(text)
    if digits is None or not digits.startswith(("+0", "00")):
        return None
    return _national(digits.lstrip("+0"), region)


def repeated_code(text: str, region: str) -> int | None:
    """Read "0033 0033 6…", "+33 +33 6…" and "033 6…": the country code twice, or behind zeros."""
    digits, code = only_digits(text), str(country_code(region))
    if digits is None:
        return None
    rest, found = digits.replace("+", "").lstrip("0"), set()
    while rest.startswith(code):
        rest = rest[len(code) :].lstrip("0")
        found.add(_national(rest, region))
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def letters(text: str, region: str) -> int | None:
    """Read "O6 I2 E4…" where letters stand for the digits that they look like."""
    mistaken = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    if not _WITH_LETTERS.fullmatch(text) or not 0 < mistaken <= MAX_LETTERS or digits < MIN_DIGITS_AS_DIGITS:
        return None
    # "S6 12…" begins with no digit that looks like S; a letter at the end may be a mark of its own.
    if (text[0].isalpha() and text[0] not in "OoIl") or _UNSURE_LETTER_OUTSIDE.search(text):
        return None
    return read(text.translate(_LOOKALIKES), region)


def signs(text: str, region: str) -> int | None:
    """Read "*06…", "<06…>" and "06?12?34?56?78": signs around the number, or one between its groups."""
    bare = text.strip(_SIGNS + " ,;:")
    pairs = _PAIRS.fullmatch(bare)
    if pairs:
        bare = bare.replace(pairs["sign"], " ")
    # Without a sign it is the cell that was refused.
    return read(bare, region) if bare != text and _PUNCTUATION.fullmatch(bare) else None


def glued_words(text: str, region: str) -> int | None:
    """Read "Paul0612345678": a word touches a number written in full."""
    found = _GLUED.fullmatch(text.strip(_SIGNS + " ,;:"))
    if not found or not (found["before"] or found["after"]) or not found["number"].startswith(("0", "+")):
        return None
    if found["before"].lower() in _REFERENCES:
        return None
    return read(found["number"], region)


def other_digits(text: str, region: str) -> int | None:
    """Read "0612345678 (2)" and "75001 0612345678": whole among other, fewer digits.

    Only where every mobile number has one length: elsewhere the other digits may be the number's own end.
    """
    if len(mobile_lengths(region)) != 1:
        return None
    unmarked = _MARK.sub(" ", text)
    if unmarked != text and _PUNCTUATION.fullmatch(unmarked.strip()):
        return _in_full(unmarked.strip(), region)
    runs = [run.group() for run in _RUN.finditer(text) if not _is_decimal(text, run)]
    if len(runs) < 2:
        return None
    whole = [run for run in runs if _in_full(run, region)]
    others = sum(len(run) for run in runs if run not in whole)
    if len(whole) != 1 or not 0 < others <= MAX_OTHER_DIGITS:
        return None
    return _in_full(whole[0], region)


def lost_plus(text: str, region: str) -> int | None:
    """Read "1 212 555 1234": a foreign number with its country code, without the + that the reader asks for."""
    digits = only_digits(text)
    if digits is None or not digits.isdigit() or not 11 <= len(digits) <= 12 or digits.startswith("0"):
        return None
    found = read("+" + digits, region)
    return found if found == int(digits) else None


def only_digits(text: str) -> str | None:
    """Return the digits and plus signs of a cell that holds nothing but one written number."""
    is_one = _PUNCTUATION.fullmatch(text) and not has_parts(text)
    return re.sub(r"[^\d+]", "", text) if is_one else None


def _national(digits: str, region: str) -> int | None:
    """Read national digits, without trunk zero, of the region's own country."""
    if len(digits) not in mobile_lengths(region) or not digits.isdigit():
        return None
    found = read(f"+{country_code(region)}{digits}", region)
    return found if found == int(f"{country_code(region)}{digits}") else None


def _in_full(run: str, region: str) -> int | None:
    """Read a number that is written with its zero or its country code, so that nothing can be missing from it."""
    return read(run, region) if run.startswith(("0", "+")) and len(run) >= MIN_WHOLE_DIGITS else None


def _is_decimal(text: str, run: re.Match[str]) -> bool:
    return text[max(0, run.start() - 1) : run.start()] == "." and text[: run.start() - 1][-1:].isdigit()


# In the order in which the bench shows them.
RULES: Mapping[str, Rule] = {
    "AMOUNT": amount,
    "EXTRA_ZEROS": extra_zeros,
    "REPEATED_CODE": repeated_code,
    "LETTERS": letters,
    "SIGNS": signs,
    "GLUED_WORDS": glued_words,
    "OTHER_DIGITS": other_digits,
    "LOST_PLUS": lost_plus,
}


def offer(text: str, region: str) -> tuple[str, int] | None:
    """Return the rule and the number for a refused cell, None where no rule or no single number is sure."""
    return _offer(text, region) if len(text) <= MAX_CHARACTERS else None  # none longer is remembered


@lru_cache(maxsize=2**14)
def _offer(text: str, region: str) -> tuple[str, int] | None:
    cell = plain(text)
    found = {code: number for code, rule in RULES.items() if (number := rule(cell, region))}
    if cell != fold(text) and (number := read(cell, region)):  # what a web page or an address added is gone
        found["SIGNS"] = number
    if len(set(found.values())) != 1:
        return None
    return next(iter(found.items()))
