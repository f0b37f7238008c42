"""The text of a typed cell, as people see it in their French spreadsheet."""

import datetime

_EXACT = 10**15  # beyond, a float no longer tells whole numbers apart


def text_of(value: object) -> str:
    """Return one line of text: whole floats without point or exponent, French dates, VRAI and FAUX."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime.datetime):
        time = _time(value.time())
        return _date(value) if value.time() == datetime.time() else f"{_date(value)} {time}"
    if isinstance(value, datetime.date):
        return _date(value)
    if isinstance(value, datetime.time):
        return _time(value)
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    return "" if value is None else one_line(str(value))


def one_line(text: str) -> str:
    """Return the text with spaces for its line ends, tabs and other controls: a row is one line of the table."""
    if text.isprintable():
        return text
    return "".join([c if c >= " " and c not in "\x7f\x85\u2028\u2029" else " " for c in text.replace("\x00", "")])


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value == int(value) and abs(value) < _EXACT:
        return str(int(value))
    text = f"{value:.15g}"  # the digits that a spreadsheet keeps
    return text.replace(".", ",") if "e" not in text else text


def _date(value: datetime.date) -> str:
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def _time(value: datetime.time) -> str:
    return f"{value.hour:02}:{value.minute:02}" + (f":{value.second:02}" if value.second else "")


def _duration(value: datetime.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
