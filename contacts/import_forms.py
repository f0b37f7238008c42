"""What people choose when a file goes into a list that exists, and where its columns go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.forms import CorrectionForm, NewListForm, column_name, complete
from contacts.importer import mapping
from contacts.importer.plan import Plan
from contacts.models import Import
from contacts.operations import import_targets

COLUMNS_SHOWN = 60  # of a file, each with a choice; the others go where they belong by name


class ImportContentForm(NewListForm):
    """Step 1 of an import that makes no list: a file or pasted values."""

    # How Django's forms drop a field that they inherit.
    name = None  # type: ignore[assignment]
    description = None  # type: ignore[assignment]
    source = forms.ChoiceField(
        label=_("Contacts"), choices=NewListForm.SOURCES[:2], initial="FILE", widget=forms.RadioSelect
    )


class ImportIntoListForm(ImportContentForm):
    """Step 1 of an import into a list."""

    TARGETS = [
        (Import.Target.APPEND, _("Add: the contacts of the list stay")),
        (Import.Target.REPLACE, _("Replace: contacts that are not in the file leave the list")),
    ]

    target = forms.ChoiceField(
        label=_("What to do"), choices=TARGETS, initial=Import.Target.APPEND, widget=forms.RadioSelect
    )
    updates_existing = forms.BooleanField(
        label=_("Update the contacts that are already in the list"), required=False, initial=True
    )
    erases_empty = forms.BooleanField(
        label=_("An empty cell erases the value in the list"),
        required=False,
        help_text=_("Otherwise an empty cell leaves the value as it is."),
    )


class ColumnsForm(forms.Form):
    """Step 2: one choice for each column of the file beside the phones'."""

    @classmethod
    def of(cls, imported: Import, data: Mapping[str, Any] | None = None) -> "ColumnsForm":
        """Return the form with what the preview was made with; it has no field for an import of exclusions."""
        form = cls(data)
        form.imported = imported
        if imported.target == Import.Target.EXCLUDE:
            return form
        plan = Plan.from_json(imported.detection)
        mapped = import_targets.column_mapping(imported)
        reading = imported.preview.get("reading") or import_targets.reading(imported, mapped)
        columns = imported.contact_list.columns if imported.contact_list else []
        known = {column["key"] for column in columns}
        choices = cls._choices(columns)
        for index, place in list(enumerate(reading["places"]))[:COLUMNS_SHOWN]:
            if index == plan.phone_column or index >= len(imported.detection["columns"]):
                continue
            initial = mapping.NOWHERE if place is None else place if place in known else mapping.NEW
            form.fields[f"column_{index}"] = forms.ChoiceField(
                label=column_name(imported.detection["columns"][index]),
                choices=choices,
                initial=initial,
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        complete(form)
        return form

    @staticmethod
    def _choices(columns: list[dict[str, str]]) -> list[tuple[str, str]]:
        shown = [
            (column["key"], column["name"] or gettext("Column %(number)d") % {"number": number})
            for number, column in enumerate(columns, start=1)
        ]
        as_new = (mapping.NEW, gettext("New column") if columns else gettext("Import it"))
        return [*shown, as_new, (mapping.NOWHERE, gettext("Do not import"))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named: dict[str, str] = {}
        for name, key in list(cleaned.items()):
            field = self.fields[name]
            if key in named and key not in (mapping.NEW, mapping.NOWHERE):
                twice = _("“%(choice)s” already gets the column “%(column)s”: choose another place.")
                title = dict(field.choices)[key]  # type: ignore[attr-defined]
                self.add_error(name, twice % {"choice": title, "column": named[key]})
            named.setdefault(key, str(field.label))
        return cleaned

    def overrides(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return `kept`, the other corrections, with the choices that differ from what is in force. Needs a valid form."""
        if not self.changed_data:
            return kept
        changes = {name.removeprefix("column_"): self.cleaned_data[name] for name in self.changed_data}
        return kept | {"columns": kept.get("columns", {}) | changes}


@dataclass(frozen=True)
class CheckForms:
    """Step 2 as it is sent: the answers of the detection, and where the columns go."""

    correction: CorrectionForm
    columns: ColumnsForm

    @classmethod
    def of(cls, imported: Import, data: QueryDict | None = None, *, is_locked: bool = False) -> "CheckForms":
        correction = CorrectionForm.of(imported, data, is_locked=is_locked)
        columns = ColumnsForm.of(imported, data)
        for field in columns.fields.values():
            field.disabled = is_locked
        return cls(correction, columns)

    def is_valid(self) -> bool:
        """Choices for columns that the file will no longer have are not asked about."""
        return self.correction.is_valid() and (self.correction.moves_columns or self.columns.is_valid())

    @property
    def changed(self) -> set[str]:
        """The fields that differ from what is in force."""
        return {*self.correction.changed_data, *self.columns.changed_data}

    def overrides(self) -> dict[str, Any]:
        """Return all corrections in force with these. Needs valid forms."""
        kept = self.correction.overrides()
        return kept if self.correction.moves_columns else self.columns.overrides(kept)
