"""Steps 2 and 3 of an import into the directory, as their pages tell them."""

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

from contacts import check_page, import_words
from contacts.forms import CorrectionForm, column_name
from contacts.models import Import
from contacts.operations import import_targets
from directory import values
from directory.mapping_forms import MappingForm
from directory.models import Attribute, AttributeType
from smsplatform.accounts.models import Account

SAMPLES_SHOWN = 4  # cells of a column
CHANGED_SHOWN = 10  # contacts


def mapping_page(account: Account, imported: Import, form: MappingForm, correction: CorrectionForm) -> dict[str, Any]:
    """Return what step 2 shows: the counts, what was understood, and each column with an extract and its choice."""
    skipped = {column["index"]: column["text"] for column in import_words.skipped(imported)}
    columns = [_column(form, column, skipped.get(column["index"], "")) for column in form.columns_of(imported)]
    return {
        "import": imported,
        "form": form,
        "check": check_page.check(imported, correction),
        "columns": columns,
        "hidden_columns": len(imported.detection["columns"]) - len(columns),
        **import_words.check(account, imported),
    }


def _column(form: MappingForm, column: Mapping[str, Any], skipped: str) -> dict[str, Any]:
    return {
        "index": column["index"],
        "name": column_name(column),
        "has_name": bool(column["name"]),
        "samples": [sample for sample in column["samples"] if sample.strip()][:SAMPLES_SHOWN],
        "type": column["type"] if column["type"] in AttributeType.values else AttributeType.TEXT,
        "field": form[f"column_{column['index']}"],
        "skipped": skipped,
    }


def settings_page(imported: Import, attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    """Return what step 3 shows beside its form: what updating the existing contacts changes, with examples."""
    updating = _with(imported, updates=True, erases=False)
    erasing = _with(imported, updates=True, erases=True)
    existing = updating["updated"] + updating["unchanged"]
    return {
        "new": updating["new"],
        "existing": existing,
        "updated": updating["updated"],
        "erased_too": erasing["updated"] - updating["updated"],
        "removed": updating.get("removed", 0),
        "changed": _changed(updating["changed"], attributes),
    }


def _with(imported: Import, *, updates: bool, erases: bool) -> Mapping[str, Any]:
    """Return the preview as it would be with these settings."""
    supposed = copy(imported)
    supposed.updates_existing, supposed.erases_empty = updates, erases
    return {**imported.preview, **import_targets.directory().settled(supposed)}


def _changed(rows: list[Mapping[str, Any]], attributes: Mapping[str, Attribute]) -> dict[str, Any] | None:
    shown = [attributes[key] for key in _changed_keys(rows) if key in attributes]
    if not shown:
        return None
    return {
        "columns": [attribute.name for attribute in shown],
        "rows": [
            {"phone": row["phone"], "cells": [_cell(row, attribute) for attribute in shown]}
            for row in rows[:CHANGED_SHOWN]
        ],
    }


def _changed_keys(rows: list[Mapping[str, Any]]) -> list[str]:
    """Return the keys whose values change in some row, in order of appearance."""
    return list(dict.fromkeys(key for row in rows for key in _differing(row)))


def _differing(row: Mapping[str, Any]) -> Iterator[str]:
    before, after = row["before"] or {}, row["after"] or {}
    yield from (key for key in {**before, **after} if before.get(key) != after.get(key))


def _cell(row: Mapping[str, Any], attribute: Attribute) -> dict[str, Any]:
    before, after = (row[name] or {} for name in ("before", "after"))
    was, becomes = before.get(attribute.key), after.get(attribute.key)
    return {
        "before": values.shown(attribute, was),
        "after": values.shown(attribute, becomes),
        "is_changed": was != becomes,
    }
