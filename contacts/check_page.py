"""Step 2 of an import as its page shows it: the counts, what was understood and why, an extract, and what looks wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from contacts import messages, reports, since_words, source_words
from contacts.forms import CorrectionForm, column_name
from contacts.importer import extract, readings
from contacts.importer.plan import Plan
from contacts.models import Import
from contacts.since_words import Since
from smsplatform.lib import regions

SURE, FAIRLY_SURE = 0.8, 0.5  # confidences
SEPARATORS = ";,\t|"


def check(imported: Import, form: CorrectionForm, since: Since | None = None) -> dict[str, Any]:
    """Return the context of the page. `rows` are the first lines of the file, `columns` those of them that are shown.

    `since`: what is not as people last saw it; without, what the last analysis found otherwise.
    """
    since = since or since_words.analysis(imported)
    detection, numbers = imported.detection, reports.counts(imported)
    is_exclusions = imported.target == Import.Target.EXCLUDE
    shown = extract.shown_columns(Plan.from_json(detection))
    phone = detection["phone_column"]
    columns = [{"name": column_name(detection["columns"][index]), "is_phone": index == phone} for index in shown]
    rows = [
        [{"text": cell, "is_phone": index == phone} for index, cell in zip(shown, cells, strict=True)]
        for cells in imported.preview["extract"]
    ]
    return {
        "counts": numbers,
        "final_label": _("Numbers to exclude") if is_exclusions else _("Contacts to import"),
        "since": since,
        "table": readings.table_digest(detection),
        "answers": [
            _answer(form, name, detection) | {"is_marked": name in since.marked}
            for name in form.ORDER
            if name in form.fields
        ],
        "source": source_words.described(imported),
        "notes": list(source_words.notes(imported.preview)),
        "columns": columns,
        "hidden_columns": len(detection["columns"]) - len(columns),
        "rows": rows,
        "problems": list(_problems(imported, numbers, rows)),
        **(reports.rejects(imported) if phone is not None else {}),
    }


def _problems(imported: Import, numbers: Mapping[str, Any], rows: list[list[dict[str, Any]]]) -> Iterator[str]:
    """Yield what people should look at before they confirm."""
    detection = imported.detection
    if detection["phone_column"] is None:
        yield _("No column with mobile numbers was found. Choose it, or cancel and send another file.")
    elif not numbers["final"]:
        yield _("No valid mobile number in this column. Choose another column or country, or send another file.")
    why = detection["why"].get("phone_column", {})
    if why.get("code") == "PHONE_FOREIGN_MOBILES" and why["params"]["region"] != imported.region:
        country = regions.name_of(why["params"]["region"], get_language() or "fr")
        yield _("These numbers look like those of another country: %(country)s. Choose it as the default country.") % {
            "country": country
        }
    yield from source_words.problems(imported)
    if separator := _swallowed_separator(detection, rows):
        yield _("Each number is mixed with other data around “%(separator)s”: the separator is probably wrong.") % {
            "separator": separator
        }
    if unreadable := imported.preview.get("undecodable"):
        yield ngettext(
            "%(count)d character cannot be read in this encoding: choose another.",
            "%(count)d characters cannot be read in this encoding: choose another.",
            unreadable,
        ) % {"count": unreadable}


def _swallowed_separator(detection: Mapping[str, Any], rows: list[list[dict[str, Any]]]) -> str:
    """Return the separator that every shown number has beside it in its cell, or ""."""
    if (detection.get("source") or {}).get("sheets"):
        return ""
    cells = [cell["text"] for row in rows for cell in row if cell["is_phone"]]
    found = (
        mark for mark in SEPARATORS if mark != detection["delimiter"] and cells and all(mark in cell for cell in cells)
    )
    return next(found, "")


def _answer(form: CorrectionForm, name: str, detection: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"field": form[name], "tone": "", "certainty": "", "reason": form.fields[name].help_text}
    why = detection["why"].get(name)
    if why is None:
        return answer
    answer["reason"] = messages.detection_reason(why["code"], why["params"])
    if name == "has_header" and (skipped := detection["first_row"]):
        lines = ngettext(
            "%(count)d line above the table is left out.", "%(count)d lines above the table are left out.", skipped
        )
        answer["reason"] += " " + lines % {"count": skipped}
    if why["code"] == "OVERRIDDEN":
        return answer
    if why["code"] == "PHONE_NONE":
        return answer | {"tone": "danger", "certainty": _("To be chosen")}
    return answer | _certainty(why["confidence"])


def _certainty(confidence: float) -> dict[str, str]:
    if confidence >= SURE:
        return {"tone": "success", "certainty": _("Sure")}
    if confidence >= FAIRLY_SURE:
        return {"tone": "info", "certainty": _("Probable")}
    return {"tone": "warning", "certainty": _("To be checked")}
