"""What an import changes, in words: before it is confirmed, and in its report."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.forms import column_name
from contacts.importer import long_cells
from contacts.models import Exclusion, Import
from contacts.queries import imports as queries
from smsplatform.accounts.models import Account

CHANGED_SHOWN = 10  # contacts
COLUMNS_SHOWN = 8
SKIPPED_SHOWN = 3  # cells of a column
# What is no correction of the detection: "Back to the detection" leaves it.
NO_CORRECTIONS = {"recipe", "fixes", "edits"}


def check(account: Account, imported: Import) -> dict[str, Any]:
    """Return what step 2 shows beside the detection: `changes` in words, examples, known opt-outs and `notices`."""
    return {
        "changes": list(changes(imported, imported.preview)),
        "changed": _changed(imported),
        "notices": [*_notices(account, imported), *_shortened(imported)],
        "is_corrected": bool(imported.overrides.keys() - NO_CORRECTIONS),
        **known(imported.preview),
    }


def changes(imported: Import, counts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an import does to a list that exists, to the directory or to the exclusion list.

    Nothing for a new list that is all of it.
    """
    if (imported.target == Import.Target.NEW and not imported.into_directory) or "new" not in counts:
        return
    if imported.target == Import.Target.EXCLUDE:
        sentences = [
            (
                ngettext(
                    "%(n)s number joins the exclusion list", "%(n)s numbers join the exclusion list", counts["new"]
                ),
                "new",
            ),
            (ngettext("%(n)s was already on it", "%(n)s were already on it", counts["unchanged"]), "unchanged"),
        ]
    else:
        joined, removed = counts.get("joined", 0), counts.get("removed", 0)
        sentences = [
            (ngettext("%(n)s new contact", "%(n)s new contacts", counts["new"]), "new"),
            (ngettext("%(n)s contact updated", "%(n)s contacts updated", counts["updated"]), "updated"),
            (ngettext("%(n)s contact unchanged", "%(n)s contacts unchanged", counts["unchanged"]), "unchanged"),
            (ngettext("%(n)s contact added to the list", "%(n)s contacts added to the list", joined), "joined"),
            (
                ngettext("%(n)s contact removed from the list", "%(n)s contacts removed from the list", removed),
                "removed",
            ),
        ]
    for sentence, name in sentences:
        if count := counts.get(name, 0):
            yield sentence % {"n": _number(count)}


def skipped(imported: Import) -> list[dict[str, Any]]:
    """Return, for each column with cells that are not of its type or too long, its index, name and what to say of them."""
    columns = {column["index"]: column for column in imported.detection.get("columns", ())}
    counts = imported.result or imported.preview
    found = [*((each, _left_out(each)) for each in counts.get("skipped", ()))]
    found += [(each, _too_long(each)) for each in counts.get("shortened", ())]
    return [
        {"index": index, "name": column_name(columns.get(index, {"index": index, "name": ""})), "text": text}
        for each, text in found
        for index in [each["column"]]
    ]


def _left_out(column: Mapping[str, Any]) -> str:
    cells = ngettext(
        "%(n)s value cannot be read as this type and is left out: %(examples)s.",
        "%(n)s values cannot be read as this type and are left out: %(examples)s.",
        column["count"],
    )
    return cells % {"n": _number(column["count"]), "examples": _examples(column)}


def _too_long(column: Mapping[str, Any]) -> str:
    cells = ngettext(
        "%(n)s value has more than %(most)s characters: only its beginning is kept: %(examples)s.",
        "%(n)s values have more than %(most)s characters: only their beginning is kept: %(examples)s.",
        column["count"],
    )
    most = _number(long_cells.MAX_CHARACTERS)
    return cells % {"n": _number(column["count"]), "most": most, "examples": _examples(column)}


def _examples(column: Mapping[str, Any]) -> str:
    return ", ".join(
        _("“%(value)s” (line %(line)s)") % {"value": sample["value"], "line": _number(sample["line"])}
        for sample in column["samples"][:SKIPPED_SHOWN]
    )


def known(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the excluded numbers that an import met, one sentence each, and how many more there are."""
    shown = [
        {"line": number["line"], "phone": number["phone"], "text": _excluded(number)}
        for number in counts.get("known", ())
    ]
    return {"known": shown, "known_left": counts.get("excluded", 0) - len(shown)}


def _excluded(number: Mapping[str, Any]) -> str:
    names = {"day": _day(number["at"]), "source": Exclusion.Source(number["source"]).label}
    if number["source"] == Exclusion.Source.STOP:
        return _("STOP on %(day)s") % names
    return _("on the exclusion list since %(day)s (%(source)s)") % names


def _changed(imported: Import) -> dict[str, Any] | None:
    rows = imported.preview.get("changed") or []
    if not rows or imported.contact_list is None or imported.into_directory:
        return None
    columns = enumerate(imported.preview.get("columns", ()), start=1)
    names = {column["key"]: column["name"] or _("Column %(number)d") % {"number": number} for number, column in columns}
    return changed_table(rows, names.get, lambda key, value: value or "")


def changed_table(
    rows: list[Mapping[str, Any]], name_of: Callable[[str], str | None], shown: Callable[[str, Any], str]
) -> dict[str, Any] | None:
    """Return contacts that change as a table of the values that do, by key those with a name. `shown`: how they read."""
    rows = rows[:CHANGED_SHOWN]
    differing = dict.fromkeys(key for row in rows for key in _differing(row))
    keys = [key for key in differing if name_of(key)][:COLUMNS_SHOWN]
    if not keys:
        return None
    return {
        "columns": list(map(name_of, keys)),
        "rows": [{"phone": row["phone"], "cells": [_cell(row, key, shown) for key in keys]} for row in rows],
    }


def _differing(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the values that are others afterwards."""
    before, after = row["before"] or {}, row["after"] or {}
    yield from (key for key in {**before, **after} if before.get(key) != after.get(key))


def _cell(row: Mapping[str, Any], key: str, shown: Callable[[str, Any], str]) -> dict[str, Any]:
    before, after = ((row[name] or {}).get(key) for name in ("before", "after"))
    return {"before": shown(key, before), "after": shown(key, after), "is_changed": before != after}


def _shortened(imported: Import) -> Iterator[dict[str, str]]:
    """Yield what to say of the columns with values that are too long, where no page has a place beside the column."""
    for column in [] if imported.into_directory else skipped(imported):
        yield {"text": f"{column['name']}: {column['text']}"}


def _notices(account: Account, imported: Import) -> Iterator[dict[str, str]]:
    """Yield what people should know before they confirm, each with the address of more, or none."""
    if same := queries.same_file(account, imported):
        message = _("This file was already imported on %(day)s into “%(name)s”.")
        yield {
            "text": message % {"day": _day(same.created_at.isoformat()), "name": same.list_name},
            "url": reverse("contacts:import_show", args=[same.pk]),
            "label": _("See that import"),
        }
    recipe = imported.detection.get("recipe")
    if recipe and recipe["has_drifted"]:
        message = _(
            "On %(day)s a file with these columns was imported with another phone column, but that column no longer"
            " holds the numbers: the detection is proposed instead."
        )
        yield {"text": message % {"day": _day(recipe["at"])}}
    elif recipe:
        message = _("Same settings as for the last file with these columns (%(day)s).")
        yield {"text": message % {"day": _day(recipe["at"])}}
    elif imported.overrides.get("recipe") == "USED":  # corrected since
        yield {"text": _("Same settings as for the last file with these columns.")}


def _day(iso: str) -> str:
    return formats.date_format(timezone.localtime(datetime.fromisoformat(iso)), "SHORT_DATE_FORMAT")


def _number(value: int) -> str:
    return formats.number_format(value, force_grouping=True)
