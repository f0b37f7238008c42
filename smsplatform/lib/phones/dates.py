"""Dates and hours that stand where a phone number was expected, alone or beside other digits."""

import re

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_TWO_DIGIT_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_HOUR = r"(?:[01]?\d|2[0-3])\.[0-5]\d"

_DATE = re.compile(
    rf"(?:{_DAY}(?P<first>[-./]){_DAY}(?P=first)(?:{_YEAR}|\d\d)"
    rf"|{_YEAR}(?P<second>[-./]){_DAY}(?P=second){_DAY}|\d\d(?P<third>-){_DAY}-{_DAY})"
    r"(?!\d)"
)
_SPACED = re.compile(rf"{_TWO_DIGIT_DAY} {_TWO_DIGIT_DAY} {_YEAR}|{_YEAR} {_TWO_DIGIT_DAY} {_TWO_DIGIT_DAY}")
_TIME = re.compile(r"[ T]+\d{1,2}:\d\d.*")
_TWO_DATES = re.compile(rf"(?:{_TWO_DIGIT_DAY}\D+){{2}}\d\d\D+(?:{_TWO_DIGIT_DAY}\D+){{2}}\d\d")
_TWO_HOURS = re.compile(rf"{_HOUR}[ -]+{_HOUR}")
_END_AFTER_BLANK = re.compile(r"(?P<before>.*\d)\s+(?P<date>\S+)")


def is_date(text: str) -> bool:
    """Say whether the text is a date, with or without a time, and nothing else."""
    found = _DATE.match(text) or _SPACED.match(text)
    if found is None:
        return False
    return found.end() == len(text) or _TIME.fullmatch(text, found.end()) is not None


def begins_with_date(text: str) -> bool:
    """Say whether a date comes first: after 20.12.24 in "20.12.24.30" the same sign goes on, and it is none."""
    found = _DATE.match(text)
    return found is not None and text[found.end() : found.end() + 1] != found[found.lastgroup or 0]


def before_last_date(text: str) -> str | None:
    """Return what stands before the date that the text ends with, None where it ends otherwise."""
    found = _END_AFTER_BLANK.fullmatch(text)
    return found["before"] if found and _DATE.fullmatch(found["date"]) else None


def is_two(text: str) -> bool:
    """Say whether the text is two dates, or two hours."""
    return bool(_TWO_DATES.fullmatch(text) or _TWO_HOURS.fullmatch(text))
