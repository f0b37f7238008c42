"""Cells that a spreadsheet shows instead of running."""

import re
import unicodedata

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# What only looks like a formula: a number, an international phone number. The digit is looked for apart: a pattern that
# wants it among the others would try every place for it, in quadratic time.
_NUMBER = re.compile(r"[+-][\d ().,/\u00a0\u202f-]+")
_DIGIT = re.compile(r"\d")


def cell(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula.

    An apostrophe is put before what starts like one. Numbers (+33 6 39 98 12 34, -12,5) stay as they are: a file read
    back holds what was written.
    """
    if not text or (text[0].isalnum() and "\x00" not in text):  # nearly every cell
        return text
    text = text.replace("\x00", "")
    if _starts_formula(text):
        return text if _NUMBER.fullmatch(text) and _DIGIT.search(text) else f"'{text}"
    return text


def bare(text: str) -> str:
    """Return the text without the apostrophe that `cell` put before it, so that an export read back is what it was."""
    return text[1:] if text[:1] == "'" and _starts_formula(text[1:]) else text


def _starts_formula(text: str) -> bool:
    """Whether a spreadsheet may run the text: also behind spaces, and by a wide or small form of the sign (＝, ﹢)."""
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return first.startswith(_STARTS_FORMULA) or text.startswith(_STARTS_FORMULA)
