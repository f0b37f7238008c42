"""The repair bench as its page shows it: what a click repairs, what was repaired, and why the rest cannot be."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contacts import messages
from contacts.importer.plan import Plan
from contacts.importer.repairs import EDITED, OTHER_COUNTRY
from contacts.models import Import
from contacts.operations import repairs
from contacts.queries import rejects
from smsplatform.lib import regions
from smsplatform.lib.phones import Reason, format_phone

EDITS_LISTED = 50
CONTEXT_CELLS = 4  # beside a number, to know whose it is
CONTEXT_CHARACTERS = 40

TITLES: Mapping[str, Promise] = {
    "AMOUNT": gettext_lazy("Formatted as amounts by a spreadsheet"),
    "EXTRA_ZEROS": gettext_lazy("A + or zeros too many before the number"),
    "REPEATED_CODE": gettext_lazy("Country code written twice or after a zero"),
    "LETTERS": gettext_lazy("Letters instead of digits (O for 0, I for 1…)"),
    "SIGNS": gettext_lazy("Stray signs around or inside the number"),
    "GLUED_WORDS": gettext_lazy("A word that touches the number"),
    "OTHER_DIGITS": gettext_lazy("Other digits beside the number (rank, postcode, date…)"),
    "LOST_PLUS": gettext_lazy("Foreign numbers without their +"),
}

_ANOTHER = gettext_lazy("No other number can be guessed: ask the person for a mobile number.")
_LOOK_UP = gettext_lazy("Nobody can guess which digit is wrong: look the number up and correct it below.")
ADVICE: Mapping[str, Promise] = {
    Reason.EMPTY: gettext_lazy("There is nothing to repair: enter the number below if you know it."),
    Reason.NO_DIGITS: gettext_lazy("There is nothing to repair: enter the number below if you know it."),
    Reason.TOO_SHORT: _LOOK_UP,
    Reason.TOO_LONG: _LOOK_UP,
    Reason.INVALID: _LOOK_UP,
    Reason.UNKNOWN_COUNTRY: _LOOK_UP,
    Reason.NOT_MOBILE: _ANOTHER,
    Reason.PREMIUM: _ANOTHER,
    Reason.TOLL_FREE: _ANOTHER,
    Reason.VOIP: _ANOTHER,
    Reason.SHORT_CODE: _ANOTHER,
    Reason.LOST_DIGITS: gettext_lazy(
        "The last digits are no longer in the file: take the original, format the column as text, and save it again."
    ),
    Reason.NOT_A_PHONE: gettext_lazy(
        "This is something else than a phone number: enter the number below if you know it."
    ),
    Reason.SEVERAL: gettext_lazy("It cannot be told which digits are the number: keep one number below."),
    "LINE_TOO_LONG": gettext_lazy("Only the file itself can be corrected: look at its quotes and line ends."),
    "TOO_MANY_CELLS": gettext_lazy("Only the file itself can be corrected: look at its separators."),
}


def title(fix: str) -> str:
    """Return what the lines have in common that a fix repairs."""
    rule, _colon, region = fix.partition(":")
    if rule == OTHER_COUNTRY:
        country = regions.name_of(region, get_language() or "fr")
        return _("Mobile numbers of this country, as written there: %(country)s") % {"country": country}
    return str(TITLES[rule])


def bench(imported: Import) -> dict[str, Any]:
    """Return the context of the page, without the table of the refused lines. `reasons`: of those no offer repairs."""
    stored: Mapping[str, Any] = imported.result or imported.preview
    repaired: Mapping[str, int] = stored.get("repaired", {})
    rejected: Mapping[str, int] = stored["rejected"]
    others = Counter(rejected)
    for offer in stored.get("offers", []):
        others.subtract(offer.get("reasons", {}))  # none in what was analysed before they were noted
    return {
        "offers": [_offer(imported, offer) for offer in stored.get("offers", [])],
        "applied": [
            {"fix": fix, "title": title(fix), "count": repaired.get(fix, 0)}
            for fix in imported.overrides.get("fixes", [])
        ],
        "edits": _edits(imported),
        "edit_count": repaired.get(EDITED, 0),
        "has_more_edits": len(imported.overrides.get("edits", {})) > EDITS_LISTED,
        "reasons": [
            {"count": count, "label": messages.reason_label(code), "advice": ADVICE[code]}
            for code, count in sorted(others.items(), key=lambda item: (-item[1], item[0]))
            if count
        ],
        "refused": sum(rejected.values()),
        "most_edits": repairs.MOST_EDITS,
        "is_one_line": Plan.from_json(imported.detection).is_one_line,
    }


def _offer(imported: Import, offer: Mapping[str, Any]) -> dict[str, Any]:
    samples = [{**sample, "new": format_phone(sample["new"], imported.region)} for sample in offer["samples"]]
    return {"fix": offer["fix"], "title": title(offer["fix"]), "count": offer["count"], "samples": samples}


def _edits(imported: Import) -> list[dict[str, Any]]:
    """Return the numbers corrected by hand, the first lines first."""
    edits = sorted((int(line), number) for line, number in imported.overrides.get("edits", {}).items())
    return [{"line": line, "number": number} for line, number in edits[:EDITS_LISTED]]


def table(
    imported: Import, page: rejects.Page, typed: Mapping[int, str], errors: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Return the rows of a page of refused lines, with what a person typed instead of the numbers, and why it is wrong."""
    plan = Plan.from_json(imported.detection)
    fixed, can_edit = messages.every_line_reason(), not repairs.why_no_edits(imported)
    return [
        {
            "line": row.line,
            "context": _context(plan, row.cells),
            "value": typed.get(row.line, repairs.one_line(row.value)),
            "was": repairs.one_line(row.value),
            "reason": row.reason,
            "suggestion": row.suggestion,
            "error": errors.get(row.line, ""),
            "is_editable": row.reason not in fixed and can_edit,
        }
        for row in page.rows
    ]


def _context(plan: Plan, cells: list[str]) -> list[dict[str, str]]:
    """Return the first filled cells beside the number, with their columns' names."""
    filled = [
        {"name": plan.names[index] if index < plan.width else "", "text": cell[:CONTEXT_CHARACTERS]}
        for index, cell in enumerate(cells)
        if index != plan.phone_column and cell.strip()
    ]
    return filled[:CONTEXT_CELLS]
