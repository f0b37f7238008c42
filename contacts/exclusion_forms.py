"""What people type about the exclusion list: validation only, nothing is saved here."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts import pasted
from contacts.forms import NewListForm
from contacts.models import Exclusion
from contacts.operations.exclusions import REASON_CHARACTERS
from contacts.queries import exclusions
from smsplatform.accounts.models import Account
from smsplatform.lib import days
from smsplatform.lib.text import validate_one_line

NUMBER_CHARACTERS = 40  # of one number in whatever notation


class FilterForm(forms.Form):
    """What the table shows; a wrong answer counts as absent and is said at its field."""

    number = forms.CharField(label=_("Number, or a part of it"), required=False, max_length=NUMBER_CHARACTERS)
    source = forms.ChoiceField(
        label=_("Source"), required=False, choices=[("", _("Every source")), *Exclusion.Source.choices]
    )
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if number and len(exclusions.fragment(number)) < exclusions.FRAGMENT_DIGITS:
            raise forms.ValidationError(
                _("Type at least %(n)d digits of the number.") % {"n": exclusions.FRAGMENT_DIGITS}
            )
        return number

    def filters(self) -> exclusions.Filters:
        self.is_valid()
        cleaned = self.cleaned_data
        return exclusions.Filters(
            number=cleaned.get("number", ""),
            source=cleaned.get("source", ""),
            since=days.beginning(cleaned.get("since")),
            before=days.end(cleaned.get("until")),
        )


def reason_field(**options: Any) -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=REASON_CHARACTERS, validators=[validate_one_line], **options)


class AddForm(forms.Form):
    """One number, in any notation."""

    number = forms.CharField(
        label=_("Mobile phone"),
        max_length=NUMBER_CHARACTERS,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("In any notation: 06 12 34 56 78, +33612345678…"),
    )
    reason = reason_field(required=False, help_text=_("For example: asked in the shop not to be written to any more."))

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._region = account.region

    def clean_number(self) -> pasted.Pasted:
        """Return the number, or all of them where somebody wrote two: none is lost."""
        found = pasted.read(self.cleaned_data["number"], self._region, takes_unsure=True)
        if not found.phones:
            raise forms.ValidationError(found.refused[0].reason)
        return found


class ReadmitForm(AddForm):
    """A number that was erased, typed by whoever knows it, and why it leaves the exclusion list."""

    reason = reason_field(help_text=_("It stays in the activity log with your name. Do not write a number here."))
    including_stop = forms.BooleanField(
        label=_("If this person answered STOP, I confirm that they have since asked to be written to again."),
        required=False,
    )

    def clean_number(self) -> int:  # type: ignore[override]
        """Return the number, which must be sure and alone: nobody else is to leave the list."""
        found = pasted.read(self.cleaned_data["number"], self._region)
        if found.refused:
            raise forms.ValidationError(found.refused[0].reason)
        if len(found.phones) != 1:
            raise forms.ValidationError(_("Enter one number only."))
        return found.phones[0]


class AddManyForm(NewListForm):
    """A file or pasted values, as for a list."""

    # How Django's forms drop a field that they inherit.
    name = None  # type: ignore[assignment]
    description = None  # type: ignore[assignment]
    source = forms.ChoiceField(
        label=_("Contacts"), choices=NewListForm.SOURCES[:2], initial="FILE", widget=forms.RadioSelect
    )

    def read(self, region: str) -> pasted.Pasted | None:
        """Return the pasted numbers; None where a file was sent. Needs a valid form."""
        if self.cleaned_data["source"] != "PASTE":
            return None
        return pasted.read(self.cleaned_data["pasted"], region, takes_unsure=True)


class RemoveForm(forms.Form):
    """Why numbers leave the exclusion list, and an explicit yes where some answered STOP."""

    reason = reason_field(help_text=_("It stays in the activity log with your name. Do not write a number here."))
    including_stop = forms.BooleanField(
        label=_("I confirm that each person who answered STOP has since asked to be written to again."),
        error_messages={"required": _("Tick this box, or leave these numbers on the exclusion list.")},
    )

    def __init__(self, *args: Any, rows: Sequence[Exclusion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not any(row.source == Exclusion.Source.STOP for row in rows):
            del self.fields["including_stop"]
