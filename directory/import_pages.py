"""Steps 2 and 3 of an import into the directory, as their pages tell them."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from contacts import check_page, import_words
from contacts.forms import column_name
from contacts.models import Import
from contacts.operations import import_targets
from contacts.since_words import Since
from directory import values
from directory.map_forms import MapForms
from directory.mapping_forms import MappingForm
from directory.models import Attribute, AttributeType
from smsplatform.accounts.models import Account

SAMPLES_SHOWN = 4  # cells of a column


def mapping_page(account: Account, imported: Import, forms: MapForms, since: Since | None = None) -> dict[str, Any]:
    """Return what step 2 shows: the counts, what was understood, and each column with an extract and its choice."""
    form, check = forms.mapping, check_page.check(imported, forms.correction, since)
    skipped = {column["index"]: column["text"] for column in import_words.skipped(imported)}
    columns = [
        _column(form, column, skipped.get(column["index"], ""))
        | {"is_marked": f"column_{column['index']}" in check["since"].marked}
        for column in form.columns_of(imported)
    ]
    return {
        "import": imported,
        "form": form,
        "check": check,
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
        "erased": _changed(erasing["changed"], attributes) if erasing["changed"] != updating["changed"] else None,
        "skipped": import_words.skipped(imported),
    }


def _with(imported: Import, *, updates: bool, erases: bool) -> Mapping[str, Any]:
    """Return the preview as it would be with these settings."""
    supposed = copy(imported)
    supposed.updates_existing, supposed.erases_empty = updates, erases
    return {**imported.preview, **import_targets.directory().settled(supposed)}


def _changed(rows: list[Mapping[str, Any]], attributes: Mapping[str, Attribute]) -> dict[str, Any] | None:
    def name_of(key: str) -> str | None:
        return attributes[key].name if key in attributes else None

    def shown(key: str, value: Any) -> str:
        try:
            return values.shown(attributes[key], value)
        except (TypeError, ValueError):  # the attribute has another type since
            return str(value)

    return import_words.changed_table(rows, name_of, shown)
