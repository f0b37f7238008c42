"""What people choose about diffusion lists: validation only, nothing is saved here."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms import RenameForm
from contacts.lifetime_forms import LifetimeForm
from contacts.models import ContactList
from directory.models import ListMerge
from directory.queries import living
from smsplatform.accounts.models import Account
from smsplatform.lib.text import validate_one_line

NAME_CHARACTERS = 120


def _lifetime(months: int | None) -> dict[str, Any]:
    """Return the initial answers of a LifetimeForm."""
    return {"lifetime": "EXPIRING", "months": str(months)} if months else {"lifetime": "PERMANENT"}


class ListSettingsForm(LifetimeForm, RenameForm):
    """Name, description and life of a list."""

    field_order = ("name", "description", "lifetime", "months")

    @classmethod
    def of(cls, contact_list: ContactList, data: Mapping[str, Any] | None) -> "ListSettingsForm":
        names = {"name": contact_list.name, "description": contact_list.description}
        return cls(data, initial=names | _lifetime(contact_list.expires_after_months))

    def changes(self) -> dict[str, Any]:
        """Return what `list_settings.save` takes. Needs a valid form."""
        names = {name: self.cleaned_data[name] for name in ("name", "description")}
        return names | {"expires_after_months": self.expires_after_months()}


class MergeForm(LifetimeForm):
    """Where the numbers of two lists go, and what becomes of the two."""

    into = forms.ChoiceField(label=_("Result"), initial="NEW", widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name of the result"), max_length=NAME_CHARACTERS, validators=[validate_one_line])
    source_after = forms.ChoiceField(
        label=_("What becomes of a list that is not the result"),
        choices=ListMerge.SourceAfter.choices,
        initial=ListMerge.SourceAfter.DELETE,
        widget=forms.RadioSelect,
    )

    @classmethod
    def of(cls, first: ContactList, second: ContactList, data: Mapping[str, Any] | None) -> "MergeForm":
        """Return the form with the safest answers: a new list, which lives as long as the longest-lived of the two."""
        half = (NAME_CHARACTERS - 3) // 2
        initial = {"name": f"{first.name[:half]} + {second.name[:half]}"} | _lifetime(longest(first, second))
        form = cls(data, initial=initial)
        form.names = {"NEW": str(initial["name"]), "FIRST": first.name, "SECOND": second.name}
        form.lists = {"NEW": None, "FIRST": first, "SECOND": second}
        # A list that keeps itself up to date would throw out what it received.
        ways = [way for way, one in form.lists.items() if one is None or not one.is_living]
        words = {"NEW": _("A new list"), "FIRST": first.name, "SECOND": second.name}
        form.fields["into"].choices = [(way, words[way]) for way in ways]
        return form

    def choices(self) -> dict[str, Any]:
        """Return what `merges.start` takes besides the two lists. Needs a valid form."""
        return {
            "target": self.lists[self.cleaned_data["into"]],
            "name": self.cleaned_data["name"],
            "expires_after_months": self.expires_after_months(),
            "source_after": ListMerge.SourceAfter(self.cleaned_data["source_after"]),
        }


def longest(first: ContactList, second: ContactList) -> int | None:
    """Return the months of the list that expires last, None when one of them never does."""
    dates = [(one.expires_at, one.expires_after_months) for one in (first, second)]
    dated = [(at, months) for at, months in dates if at is not None]
    return max(dated)[1] if len(dated) == len(dates) else None


class SaveRuleForm(LifetimeForm, RenameForm):
    """What a search and filter become: a list that follows them, one of those found now, or the rule of another list."""

    LIVING, FIXED, UPDATE = "LIVING", "FIXED", "UPDATE"

    field_order = ("way", "contact_list", "name", "description", "lifetime", "months")
    way = forms.ChoiceField(label=_("How the list is kept"), initial=LIVING, widget=forms.RadioSelect)
    contact_list = forms.ModelChoiceField(ContactList.objects.none(), label=_("List"), required=False)

    @classmethod
    def of(cls, account: Account, data: Mapping[str, Any] | None, *, updated: ContactList | None) -> "SaveRuleForm":
        """Return the form. `updated`: the list whose rule the person set out to change."""
        lists = living.of(account).order_by("name", "pk")
        initial = {"way": cls.UPDATE, "contact_list": updated} if updated else {}
        form = cls(data, initial=initial)
        ways = [
            (cls.LIVING, _("Keeps itself up to date: contacts join and leave the list as they meet the filter")),
            (cls.FIXED, _("Fixed: the contacts found now")),
        ]
        has_lists = lists.exists()
        form.fields["way"].choices = [*ways, (cls.UPDATE, _("Update the rule of a list"))] if has_lists else ways
        form.fields["contact_list"].queryset = lists
        form.fields["contact_list"].widget.attrs["class"] = "form-select"
        form.fields["lifetime"].required = False
        if data is not None and data.get("way") == cls.UPDATE:
            form.fields["name"].required = False
        return form

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("way") == self.UPDATE and not cleaned.get("contact_list"):
            self.add_error("contact_list", _("Choose the list whose rule is to change."))
        return cleaned

    def new_list(self) -> dict[str, Any]:
        """Return what a new list is made with. Needs a valid form."""
        names = {name: self.cleaned_data[name] for name in ("name", "description")}
        return names | {"expires_after_months": self.expires_after_months()}
