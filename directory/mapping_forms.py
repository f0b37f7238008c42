"""What people choose between the file and the directory: where each column goes, and how the import is done."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.forms import CorrectionForm, column_name
from contacts.importer.detect import extras
from contacts.importer.plan import Plan
from contacts.lifetime_forms import RADIOS, LifetimeForm
from contacts.models import Import
from directory.importer import mapping
from directory.models import Attribute

NOWHERE, PHONE, SECOND_PHONE, NEW = "", "PHONE", "PHONE2", "NEW"
COLUMNS_SHOWN = 100  # of a file, each with a choice; the others are not imported


class MappingForm(forms.Form):
    """Step 2: for each column of the file, the attribute it goes to, the mobile phone, or nothing."""

    @classmethod
    def of(
        cls,
        imported: Import,
        attributes: list[Attribute],
        data: Mapping[str, Any] | None = None,
        *,
        chosen: Mapping[int, str] | None = None,
        may_create: bool = False,
    ) -> "MappingForm":
        """Return the form with what is proposed, or with what was `chosen` since, by the column's index."""
        form = cls(data)
        form.imported = imported
        proposed = mapping.column_attributes(imported.account, imported) | _phones(imported)
        form.attributes = {attribute.key: attribute for attribute in attributes}
        choices = cls._choices(imported, attributes, may_create)
        for column in cls.columns_of(imported):
            index = column["index"]
            form.fields[f"column_{index}"] = forms.ChoiceField(
                label=column_name(column),
                choices=choices,
                initial=(chosen or {}).get(index, proposed.get(index, NOWHERE)),
                required=False,
                widget=forms.Select(
                    attrs={"class": "form-select", "data-mapping": index, "aria-labelledby": f"column-{index}"}
                ),
            )
        return form

    @staticmethod
    def columns_of(imported: Import) -> list[dict[str, Any]]:
        """Return the file's columns that the form asks about, as the detection has them."""
        plan = Plan.from_json(imported.detection)
        phones = {plan.phone_column, plan.second_phone}
        columns = imported.detection["columns"][: plan.width]
        return [column for number, column in enumerate(columns) if number < COLUMNS_SHOWN or number in phones]

    @staticmethod
    def _choices(imported: Import, attributes: list[Attribute], may_create: bool) -> list[tuple[str, str]]:
        choices = [(NOWHERE, gettext("Do not import")), (PHONE, gettext("Mobile phone (required)"))]
        if "second_phone" in CorrectionForm.of(imported).fields:
            choices.append((SECOND_PHONE, gettext("Mobile phone (second column)")))
        choices += [(one.key, f"{one.name} ({one.get_type_display()})") for one in attributes]
        return [*choices, (NEW, gettext("Create an attribute…"))] if may_create else choices

    def chosen(self) -> dict[int, str]:
        """Return the choice for each column by its index, what was typed into a form that is not valid too."""
        return {_index(name): str(self[name].value() or NOWHERE) for name in self.fields}

    def new_columns(self) -> list[int]:
        """Return the columns for which people want to create an attribute."""
        return [index for index, choice in self.chosen().items() if choice == NEW]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named: dict[str, str] = {}
        for name, choice in list(cleaned.items()):
            label = self.fields[name].label
            if choice in named and choice not in (NOWHERE, NEW):
                twice = _("“%(choice)s” is already chosen for the column “%(column)s”: a column each.")
                self.add_error(name, twice % {"choice": self._title(choice), "column": named[choice]})
            named.setdefault(choice, str(label))
        if PHONE not in named:
            self.add_error(None, _("Choose the column of the mobile phones: no contact can be imported without."))
        return cleaned

    def _title(self, choice: str) -> str:
        if choice in self.attributes:
            return self.attributes[choice].name
        return gettext("Mobile phone") if choice == PHONE else gettext("Mobile phone (second column)")

    @property
    def changed(self) -> set[str]:
        """The fields that differ from what the counts were made with: an attribute of a column's name may be new since."""
        in_force = dict(enumerate(self.imported.preview["mapping"]["keys"])) | _phones(self.imported)
        return {
            f"column_{index}" for index, choice in self.chosen().items() if choice != (in_force.get(index) or NOWHERE)
        }

    @property
    def phones(self) -> tuple[int | None, int | None]:
        """The column of the phones, and the second one. Needs a valid form."""
        places = {choice: index for index, choice in self.chosen().items()}
        return places[PHONE], places.get(SECOND_PHONE)

    @property
    def moves_phones(self) -> bool:
        """Whether the numbers come from other columns than those counted."""
        plan = Plan.from_json(self.imported.detection)
        return self.phones != (plan.phone_column, plan.second_phone)

    def overrides(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return `kept`, the other corrections, with these choices where they are not what is in force already.

        All of them then, the second phone that nobody wants too: what was seen is not to be found anew. Needs a valid
        form without NEW.
        """
        if not self.changed:
            return kept
        phone, second = self.phones
        goes_to = {
            str(index): NOWHERE if choice in (PHONE, SECOND_PHONE) else choice
            for index, choice in self.chosen().items()
        }
        phones = {"phone_column": phone, "second_phone": extras.NONE if second is None else second}
        return kept | phones | {"attributes": goes_to}


def _phones(imported: Import) -> dict[int, str]:
    """Return which columns hold the phones."""
    plan = Plan.from_json(imported.detection)
    columns = ((plan.second_phone, SECOND_PHONE), (plan.phone_column, PHONE))
    return {index: choice for index, choice in columns if index is not None}


def _index(name: str) -> int:
    return int(name.removeprefix("column_"))


class SettingsForm(forms.Form):
    """Step 3: what happens to contacts that are in the directory already."""

    EMPTY_CELLS = [
        ("KEEP", _("Keep the value of the contact")),
        ("ERASE", _("Erase the value of the contact")),
    ]

    updates_existing = forms.BooleanField(
        label=_("Update the attributes of existing contacts"),
        required=False,
        help_text=_("Otherwise they stay as they are, and only new contacts get the values of the file."),
    )
    empty_cells = forms.ChoiceField(
        label=_("Where a cell is empty"), choices=EMPTY_CELLS, required=False, widget=RADIOS
    )

    @classmethod
    def of(cls, imported: Import, data: Mapping[str, Any] | None = None) -> "SettingsForm":
        """Return the form of an import, with the lifetime of the list where it makes one."""
        form_class = NewListSettingsForm if imported.target == Import.Target.NEW else cls
        months = imported.expires_after_months
        return form_class(
            data,
            initial={
                "updates_existing": imported.updates_existing,
                "empty_cells": "ERASE" if imported.erases_empty else "KEEP",
                "lifetime": "EXPIRING" if months else "PERMANENT",
                "months": months or 3,
            },
        )

    def settings(self) -> dict[str, Any]:
        """Return what `imports.settle` takes. Needs a valid form."""
        chosen = self.cleaned_data
        return {
            "updates_existing": chosen["updates_existing"],
            "erases_empty": chosen["updates_existing"] and chosen["empty_cells"] == "ERASE",
        }

    def is_in_force(self, imported: Import) -> bool:
        """Return whether an import has these settings. Needs a valid form."""
        return all(getattr(imported, name) == value for name, value in self.settings().items())


class NewListSettingsForm(LifetimeForm, SettingsForm):
    def settings(self) -> dict[str, Any]:
        return super().settings() | {"expires_after_months": self.expires_after_months()}
