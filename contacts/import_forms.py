"""What people choose when a file goes into a list that exists, and where its columns go."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.forms import NewListForm, column_name
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
        """Return the form with the mapping in force; it has no field for an import of exclusions."""
        form = cls(data)
        form.imported = imported
        if imported.target == Import.Target.EXCLUDE:
            return form
        plan = Plan.from_json(imported.detection)
        present = import_targets.column_mapping(imported)
        columns = imported.contact_list.columns if imported.contact_list else []
        known = {column["key"] for column in columns}
        choices = cls._choices(columns)
        for index, key in list(enumerate(present.keys))[:COLUMNS_SHOWN]:
            if index == plan.phone_column or index >= len(imported.detection["columns"]):
                continue
            initial = mapping.NOWHERE if key is None else key if key in known else mapping.NEW
            form.fields[f"column_{index}"] = forms.ChoiceField(
                label=column_name(imported.detection["columns"][index]),
                choices=choices,
                initial=initial,
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        return form

    @staticmethod
    def _choices(columns: list[dict[str, str]]) -> list[tuple[str, str]]:
        shown = [
            (column["key"], column["name"] or gettext("Column %(number)d") % {"number": number})
            for number, column in enumerate(columns, start=1)
        ]
        as_new = (mapping.NEW, gettext("New column") if columns else gettext("Import it"))
        return [*shown, as_new, (mapping.NOWHERE, gettext("Do not import"))]

    def chosen(self) -> dict[str, str]:
        """Return the choices that differ from what is in force, with those made before. Needs a valid form."""
        kept = dict(self.imported.overrides.get("columns", {}))
        for name in self.changed_data:
            kept[name.removeprefix("column_")] = self.cleaned_data[name]
        return kept
