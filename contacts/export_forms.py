"""What people choose when they export or act on several lists: validation only, nothing is saved here."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.exports import registry, tables
from contacts.models import ContactList, Export, ListBatch
from smsplatform.lib.text import validate_one_line

EXPORT = "EXPORT"  # offered beside the actions of a batch, but makes a file
ID_DIGITS = 18
IDS_CHARACTERS = 50_000


class FormatForm(forms.Form):
    format = forms.ChoiceField(
        label=_("Format"), choices=Export.Format.choices, initial=Export.Format.CSV, widget=forms.RadioSelect
    )


class ColumnsForm(FormatForm):
    """Format and columns of one file: of the exclusion list, or of a list with its own subclass."""

    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one column.")},
    )

    @classmethod
    def of_exclusions(cls, data: Mapping[str, Any] | None) -> "ColumnsForm":
        names = tables.headings()
        return cls(data).offering([(key, names[key]) for key in tables.OF_EXCLUSIONS], tables.OF_EXCLUSIONS)

    def offering(self, choices: list[tuple[str, str]], initial: Any) -> "ColumnsForm":
        """Offer these columns, some of them ticked; return the form itself."""
        self.fields["columns"].choices = choices
        self.initial["columns"] = list(initial)
        return self

    def order(self) -> dict[str, Any]:
        """Return what is wanted as `operations.exports.Order` takes it, the columns in the order that was offered."""
        chosen = set(self.cleaned_data["columns"])
        offered = [key for key, _name in self.fields["columns"].choices]
        return {
            "format": self.cleaned_data["format"],
            "columns": tuple(key for key in offered if key in chosen),
            "with_excluded": self.cleaned_data.get("with_excluded", True),
        }


class ListExportForm(ColumnsForm):
    with_excluded = forms.BooleanField(label=_("With the numbers of the exclusion list"), required=False, initial=True)

    @classmethod
    def of(cls, contact_list: ContactList, data: Mapping[str, Any] | None) -> "ListExportForm":
        names = tables.headings()
        if maker := registry.of_kind(contact_list):
            own = maker.columns(contact_list.account, contact_list)
            usual = maker.usual(contact_list.account, contact_list)
        else:
            own = [(column["key"], column["name"]) for column in contact_list.columns]
            usual = [key for key, _name in own]
        common = [(key, names[key]) for key in (tables.EXCLUDED, tables.SINCE)]
        form = cls(data)
        form.offering([(tables.PHONE, names[tables.PHONE]), *own, *common], [tables.PHONE, *usual])
        return form


class IdsField(forms.CharField):
    """Ids in one field, "3,7,12": a form may not have thousands of fields."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(max_length=IDS_CHARACTERS)

    def clean(self, value: Any) -> Any:
        words = super().clean(value).split(",")
        return ids_of(words)


def ids_of(words: list[str]) -> list[int]:
    """Return the ids among texts that somebody's browser sent."""
    return [int(word) for word in words if word.isascii() and word.isdecimal() and len(word) <= ID_DIGITS]


class SeveralListsForm(FormatForm):
    """Export of the lists that were chosen in the table."""

    lists = IdsField()
    with_excluded = forms.BooleanField(label=_("With the numbers of the exclusion list"), required=False, initial=True)
    with_exclusion_columns = forms.BooleanField(
        label=_("With a column telling who is on the exclusion list, and since when"), required=False
    )

    def order(self) -> dict[str, Any]:
        columns = (tables.PHONE, tables.OWN, tables.EXCLUDED, tables.SINCE)
        return {
            "format": self.cleaned_data["format"],
            "columns": columns if self.cleaned_data["with_exclusion_columns"] else None,
            "with_excluded": self.cleaned_data["with_excluded"],
        }


class SelectionForm(forms.Form):
    """What was ticked in the table of lists: `everything` stands for all the lists found."""

    action = forms.ChoiceField(choices=[*ListBatch.Action.choices, (EXPORT, _("Export"))])
    everything = forms.BooleanField(required=False)


class BatchForm(forms.Form):
    """What was confirmed."""

    action = forms.ChoiceField(choices=ListBatch.Action.choices)
    lists = IdsField()


class CopyForm(forms.Form):
    name = forms.CharField(label=_("Name of the copy"), max_length=120, validators=[validate_one_line])
