"""Read a cell as a text, a whole number, a date or a yes or no, as people write them: the one place that knows how.

Dates are read the French way, the day first, whatever the language of the reader.
"""

import re
from datetime import date, timedelta

from contacts.importer.names import fold
from smsplatform.lib import csvsafe

TEXT, INTEGER, DATE, BOOLEAN = "TEXT", "INTEGER", "DATE", "BOOLEAN"
Value = str | int | bool | None

MAX_CHARACTERS = 60  # of a cell that is no text: longer ones are sentences
MAX_INTEGER = 2**63 - 1  # as PostgreSQL's bigint
LATEST_OF_THIS_CENTURY = 29  # "29" is 2029 and "30" is 1930, as spreadsheets have it
FIRST_YEAR = 1000  # four digits
SERIALS = range(10_000, 73_051)  # how a spreadsheet numbers the days from 1927 to 2099
_SERIALS_START = date(1899, 12, 30)

_WORDS = {
    True: "oui o yes y vrai true x 1 1.0 1,0 ✓ ✔ ☑ ☒",
    False: "non n no faux false 0 0.0 0,0 ☐",
}
_BOOLEANS = {word: value for value, words in _WORDS.items() for word in words.split()}
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars mar march",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for word in words.split()
}
_SPACES = "\u0020\u00a0\u2007\u2009\u202f"
_INTEGER = re.compile(rf"([+-]?)(\d+|\d{{1,3}}(?:[{_SPACES}']\d{{3}})+)(?:[.,]0*)?", re.ASCII)
_TIME = re.compile(r"[T ,]+\d{1,2}[:h]\d{0,2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?$", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})", re.ASCII)
_DIGITS = re.compile(r"\d{8}", re.ASCII)
_WORDED = re.compile(
    r"(?:[a-z]{3,9}\.?,? )?(\d{1,2})(?:er|e|st|nd|rd|th)?[-. ]{1,2}([a-z]{3,9})\.?[-, ]{1,2}(\d{4}|\d{2})", re.ASCII
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)


class NotOfType(ValueError):
    """The cell cannot be read as what it should be."""


def parse_value(text: str, type: str, *, serials: bool = False) -> Value:
    """Return what a cell says; None when it says nothing. Raise NotOfType. A date is "2026-03-12".

    `serials`: numbers are the days of a spreadsheet, for a column of dates that has nothing else.
    """
    cell = csvsafe.bare(text.strip().replace("\x00", ""))
    if not cell:
        return None
    if type == TEXT:
        return cell
    if len(cell) > MAX_CHARACTERS:
        raise NotOfType
    if type == INTEGER:
        return _integer(cell)
    if type == DATE:
        return (_serial(cell) if serials else _date(cell)).isoformat()
    return _boolean(cell)


def is_serial(cell: str) -> bool:
    """Return whether a cell may be a day as spreadsheets number them."""
    return bool(_SERIAL.fullmatch(cell)) and int(cell[:5]) in SERIALS


def _integer(cell: str) -> int:
    found = _INTEGER.fullmatch(cell.replace("\u2212", "-"))
    if found is None:
        raise NotOfType
    value = int(found[1] + re.sub(r"\D", "", found[2]))
    if abs(value) > MAX_INTEGER:
        raise NotOfType
    return value


def _boolean(cell: str) -> bool:
    value = _BOOLEANS.get(fold(cell))
    if value is None:
        raise NotOfType
    return value


def _serial(cell: str) -> date:
    if not is_serial(cell):
        raise NotOfType
    return _SERIALS_START + timedelta(days=int(cell[:5]))


def _date(cell: str) -> date:
    text = _TIME.sub("", cell)
    if found := _DAY_FIRST.fullmatch(text):
        return _day(found[4], found[3], found[1])
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(found[1], found[3], found[4])
    if _DIGITS.fullmatch(text):
        # A year of our time in one place is no month in the other, so only one of the two can be a date.
        is_year_first = text[:2] in ("19", "20") and text[4:6] <= "12"
        parts = (text[:4], text[4:6], text[6:]) if is_year_first else (text[4:], text[2:4], text[:2])
        return _day(*parts)
    if found := _WORDED.fullmatch(_words(text)):
        return _day(found[3], str(_MONTHS.get(found[2], 0)), found[1])
    raise NotOfType


def _words(text: str) -> str:
    """Return a date with a month's name folded, with single spaces, and the day before the month."""
    folded = " ".join(fold(text).split())
    return re.sub(r"^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$", r"\2 \1 \3", folded)


def _day(year: str, month: str, day: str) -> date:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number <= LATEST_OF_THIS_CENTURY else 1900
    try:
        found = date(number, int(month), int(day))
    except ValueError:
        raise NotOfType from None
    if number < FIRST_YEAR:
        raise NotOfType
    return found
