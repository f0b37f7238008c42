"""What people type about lists: validation only, nothing is saved here."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import ContactList
from contacts.queries import lists


class ListFilterForm(forms.Form):
    """The table's address parameters; a wrong one counts as absent."""

    search = forms.CharField(required=False, max_length=120)
    status = forms.ChoiceField(
        required=False, choices=[("", _("All")), *ContactList.Status.choices, ("BIN", _("In the bin"))]
    )
    sort = forms.ChoiceField(
        required=False, choices=[(f"{sign}{key}", key) for key in lists.SORTS for sign in ("", "-")]
    )

    def values(self) -> dict[str, Any]:
        """Return search, status, sort and in_bin as `lists.list_rows` takes them."""
        self.is_valid()
        cleaned = {name: self.cleaned_data.get(name, "") for name in self.fields}
        in_bin = cleaned["status"] == "BIN"
        return {
            "search": cleaned["search"].strip(),
            "status": "" if in_bin else cleaned["status"],
            "sort": cleaned["sort"] or "-created",
            "in_bin": in_bin,
        }


class NewListForm(forms.Form):
    """Step 1: a name, and a file, pasted values or nothing yet."""

    SOURCES = [("FILE", _("A file")), ("PASTE", _("A list of values")), ("EMPTY", _("Empty list"))]

    name = forms.CharField(label=_("List name"), max_length=120)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.ChoiceField(label=_("Contacts"), choices=SOURCES, initial="FILE", widget=forms.RadioSelect)
    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True, max_length=255)
    pasted = forms.CharField(
        label=_("Values"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        source = cleaned.get("source")
        if source == "FILE" and not cleaned.get("file"):
            self.add_error("file", _("Choose a file, or paste values instead."))
        if source == "PASTE" and not cleaned.get("pasted", "").strip():
            self.add_error("pasted", _("Paste at least one number."))
        return cleaned
