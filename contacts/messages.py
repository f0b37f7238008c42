"""The words for what the importer only knows by code."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import formats, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.importer.corrected import Titles
from contacts.importer.detect.columns import MAX_COLUMNS
from contacts.importer.detect.reasons import TEMPLATES
from smsplatform.lib.phones import MESSAGES, Reason

VALUE_CHARACTERS = 40  # of a refused value that a sentence shows

LINE_REASONS: Mapping[str, Promise] = {
    "LINE_TOO_LONG": gettext_lazy("The line is too long to be read: check its quotes and line ends."),
    "TOO_MANY_CELLS": gettext_lazy("The line has far more cells than the table has columns: check its separators."),
}

# Headings of groups of refused lines; the sentences about a single value are the phones' own.
LABELS: Mapping[str, Promise] = {
    Reason.EMPTY: gettext_lazy("No number on the line"),
    Reason.NO_DIGITS: gettext_lazy("Not a number"),
    Reason.TOO_SHORT: gettext_lazy("Number too short"),
    Reason.TOO_LONG: gettext_lazy("Number too long"),
    Reason.INVALID: gettext_lazy("Number not in use"),
    Reason.NOT_MOBILE: gettext_lazy("Landline: cannot receive SMS"),
    Reason.UNKNOWN_COUNTRY: gettext_lazy("Unknown country code"),
    Reason.PREMIUM: gettext_lazy("Special-rate number"),
    Reason.TOLL_FREE: gettext_lazy("Freephone number"),
    Reason.VOIP: gettext_lazy("Internet phone number"),
    Reason.SHORT_CODE: gettext_lazy("Short service number"),
    Reason.LOST_DIGITS: gettext_lazy("Digits lost in a spreadsheet"),
    Reason.NOT_A_PHONE: gettext_lazy("Date, amount or other identifier"),
    Reason.SEVERAL: gettext_lazy("Several things in one cell"),
    "LINE_TOO_LONG": gettext_lazy("Line too long to be read"),
    "TOO_MANY_CELLS": gettext_lazy("Far more cells than columns"),
}

FAILURES: Mapping[str, Promise] = {
    "NO_SPACE": gettext_lazy(
        "There is no room left on the server. Nothing was imported. Tell the platform’s administrator, and import again once"
        " there is room."
    ),
    "QUOTA_REACHED": gettext_lazy(
        "The files of this account take all the room it may use. Nothing was imported. Files go by themselves after 7 to 30"
        " days; the platform’s administrator can allow more."
    ),
    "TOO_MANY_ROWS": gettext_lazy("The file has more than %(max_rows)s lines: split it into several files."),
    "FILE_PASSWORD": gettext_lazy(
        "The file is protected by a password: save a copy of it without password, and send that."
    ),
    "FILE_DAMAGED": gettext_lazy(
        "The file is damaged or incomplete: open it in your spreadsheet program, save it again, and send that."
    ),
    "FILE_OTHER_KIND": gettext_lazy(
        "The file is neither a workbook nor text: send an Excel, OpenDocument, CSV or text file."
    ),
    "FILE_NO_DATA": gettext_lazy("The file holds no data: all its cells are empty."),
    "FILE_NO_VALUES": gettext_lazy(
        "The cells hold formulas without their results: open the file in your spreadsheet program, save it, and send it again."
    ),
    "FILE_TOO_LARGE_INSIDE": gettext_lazy(
        "The file is too large once opened: in your spreadsheet program, save it as CSV and send that, or split it."
    ),
    "FILE_TOO_SLOW": gettext_lazy(
        "The file takes too long to open: in your spreadsheet program, save it as CSV and send that, or split it."
    ),
    "TABLE_TOO_WIDE": gettext_lazy(
        "The table has more than %(max_columns)s columns: delete those that you do not need, and send it again."
    ),
    "TABLE_TOO_SPARSE": gettext_lazy(
        "Most lines of the table have far fewer cells than its widest ones: check its separators, or delete the columns"
        " that you do not need."
    ),
    "ARCHIVE_EMPTY": gettext_lazy("The ZIP file holds no file: send the workbook or CSV file itself."),
    "ARCHIVE_SEVERAL": gettext_lazy("The ZIP file holds several files: extract it and send the one with the contacts."),
    "ARCHIVE_NESTED": gettext_lazy(
        "The compressed file holds another compressed file: extract it and send the workbook or CSV file itself."
    ),
    "LIST_GONE": gettext_lazy(
        "The list was deleted meanwhile. Nothing was imported: restore it from the bin and try again."
    ),
    "FILE_MISSING": gettext_lazy("The file is no longer there: send it again."),
    "PERSON_DELETED": gettext_lazy(
        "Somebody who is in this file was deleted before it was imported: nothing was written and the file is deleted. Send it"
        " again without them."
    ),
    "CRASHED": gettext_lazy("The import was interrupted several times. Nothing was imported: try again later."),
    "UNEXPECTED": gettext_lazy("An error on our side stopped the import. Nothing was imported: try again later."),
}


def reason_text(code: str, value: str) -> str:
    """Return the sentence, in the active language, for why a line was refused. `value`: its number as written."""
    if code in LINE_REASONS:
        return str(LINE_REASONS[code])
    words = " ".join(value.split())
    shown = words if len(words) <= VALUE_CHARACTERS else words[: VALUE_CHARACTERS - 1] + "…"
    return _(MESSAGES[Reason(code)]).format(value=shown)


def reject_titles(import_id: int) -> tuple[str, str, str]:
    """Return the titles of the columns added to a file of refused lines; the first says whose lines they are."""
    return _("Line (import %(id)d)") % {"id": import_id}, _("Reason"), _("Suggestion")


@cache
def every_reject_title() -> Titles:
    """Return what `reject_titles` may have written, in whatever language its reader has."""
    patterns: list[str] = []
    others: set[str] = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            line, *rest = reject_titles(0)
        patterns.append(re.escape(line).replace("0", r"(?P<id>\d+)", 1))
        others.update(rest)
    line_titles = dict.fromkeys(patterns)
    return Titles([re.compile(pattern) for pattern in line_titles], frozenset(others))


@cache
def every_line_reason() -> frozenset[str]:
    """Return, in every language, why lines are refused whatever their number is."""
    found: set[str] = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.update(map(str, LINE_REASONS.values()))
    return frozenset(found)


def reason_label(code: str) -> str:
    """Return what all the lines refused for one reason have in common."""
    return str(LABELS[code])


def detection_reason(code: str, params: Mapping[str, Any]) -> str:
    """Return the sentence for why detection answered what it did."""
    return _(TEMPLATES[code]) % params


def failure_text(code: str) -> str:
    """Return the sentence for why an import failed; "" for an import that did not."""
    limits = {"max_rows": settings.IMPORT_MAX_ROWS, "max_columns": MAX_COLUMNS}
    shown = {name: formats.number_format(limit, force_grouping=True) for name, limit in limits.items()}
    return str(FAILURES[code]) % shown if code else ""
