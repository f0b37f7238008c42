"""Say what kind of value one cell is, cheaply and without knowing its column."""

import re
from functools import lru_cache

from contacts.importer.detect.phonecells import NOT_A_PHONE, read_phone
from contacts.importer.names import BOOLEANS, CIVILITIES, PLACEHOLDERS, fold

MAX_TYPED = 64  # characters; longer cells are texts

_EMAIL = re.compile(r"^[^@\s;,<>]{1,64}@[^@\s;,<>]{1,60}\.[A-Za-z]{2,24}$")
_DATE = re.compile(
    r"^(?:\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:[ T]\d{1,2}[:h]\d{2}.{0,16})?$"
)
_INTEGER = re.compile(r"^[+-]?(?:\d{1,18}|\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,5})$")
_DECIMAL = re.compile(
    r"^[+-]?[€$£]? ?(?:\d{1,15}(?:[ \u00a0\u202f]\d{3}){0,4}[.,]\d{1,24}|[.,]\d{1,24}|\d{1,3}(?:,\d{3}){1,4}\.\d{1,8}"
    r"|\d{1,15}(?=[eE][+-]| ?[%€$£])|(?<=[€$£])\d{1,15})(?:[eE][+-]?\d{1,3})?(?: ?[€$%£])?$"
)
_POSTCODE = re.compile(r"^(?:\d{5}|2[AB]\d{3}|F-?\d{5}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$")

PHONE, EMAIL, DATE, POSTCODE, INTEGER, DECIMAL = "phone", "email", "date", "postcode", "integer", "decimal"
BOOLEAN, CIVILITY, TEXT, EMPTY = "boolean", "civility", "text", "empty"
KINDS_OF_DATA = (PHONE, EMAIL, DATE, DECIMAL, POSTCODE, INTEGER, BOOLEAN, CIVILITY)  # kinds a column name never has


def is_blank(cell: str) -> bool:
    """Return whether the cell says nothing: empty, or one of "néant", "n/a", "-", "?"."""
    return not cell or (len(cell) <= 20 and _is_placeholder(cell))


@lru_cache(maxsize=8192)
def _is_placeholder(cell: str) -> bool:
    return fold(cell) in PLACEHOLDERS


def kind_of(cell: str, region: str) -> str:
    """Return the kind of a stripped cell. A bare 9-digit number is a phone here; columns know better."""
    if not cell:
        return EMPTY
    return TEXT if len(cell) > MAX_TYPED else _kind_of(cell, region)


@lru_cache(maxsize=32768)
def _kind_of(cell: str, region: str) -> str:
    if "@" in cell and _EMAIL.match(cell):
        return EMAIL
    if _DATE.match(cell):
        return DATE
    if read_phone(cell, region) is not NOT_A_PHONE:
        return PHONE
    if _POSTCODE.match(cell):
        return POSTCODE
    if _INTEGER.match(cell):
        return INTEGER
    if _DECIMAL.match(cell):
        return DECIMAL
    if len(cell) <= 12:
        folded = fold(cell)
        if folded in BOOLEANS:
            return BOOLEAN
        if folded.rstrip(".") in CIVILITIES:
            return CIVILITY
    return TEXT


def looks_cut(cell: str, delimiter: str) -> bool:
    """Return whether a cell seems to hold several values, or a piece of one: the separator is another one."""
    if delimiter and any(other in cell for other in ";\t|" if other != delimiter):
        return True
    return cell.count('"') % 2 == 1 or (delimiter != "," and count_tight_commas(cell) >= 3)


def count_tight_commas(cell: str) -> int:
    """Return how many commas have no space behind them, as between the fields of a record."""
    return cell.count(",") - cell.count(", ")


def has_letters(cell: str) -> bool:
    return any(c.isalpha() for c in cell)
