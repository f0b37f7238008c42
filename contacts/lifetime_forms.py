"""How long a diffusion list is to live: for good, or some months without use."""

from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contacts.forms import NewListForm
from smsplatform.lib import days

MONTHS = range(1, 13)
RADIOS = forms.RadioSelect(attrs={"class": "form-check-input"})


class LifetimeForm(forms.Form):
    """The choice, with the day each number of months would lead to today."""

    LIFETIMES = [
        ("PERMANENT", _("Dynamic and permanent list: it has no expiry date")),
        ("EXPIRING", _("Static list: it expires after some months without use")),
    ]

    lifetime = forms.ChoiceField(label=_("Lifetime of the list"), choices=LIFETIMES, initial="PERMANENT", widget=RADIOS)
    months = forms.TypedChoiceField(
        label=_("It expires after"),
        coerce=int,
        empty_value=None,
        initial="3",
        required=False,
        help_text=_("Each campaign that uses the list starts the time anew. The contacts stay in the directory."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"].choices = [(str(months), _shown(months)) for months in MONTHS]
        self.fields["months"].widget.attrs["class"] = "form-select"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("lifetime") == "EXPIRING" and not cleaned.get("months") and "months" not in self.errors:
            self.add_error("months", _("Choose after how many months."))
        return cleaned

    def expires_after_months(self) -> int | None:
        """Return the months of an expiring list, None for a permanent one. Needs a valid form."""
        months: int | None = self.cleaned_data["months"]
        return months if self.cleaned_data["lifetime"] == "EXPIRING" else None


class NewDiffusionListForm(LifetimeForm, NewListForm):
    """Step 1 of a new list where there is a directory: how long an empty list is to live is asked here."""

    lifetime = forms.ChoiceField(
        label=_("Lifetime of the list"),
        choices=LifetimeForm.LIFETIMES,
        initial="PERMANENT",
        required=False,
        widget=RADIOS,
    )


def _shown(months: int) -> str:
    day = formats.date_format(days.months_later(timezone.localtime(), months), "SHORT_DATE_FORMAT")
    # Short: a telephone shows some 20 characters of it.
    shown = ngettext("%(n)d month (on %(day)s)", "%(n)d months (on %(day)s)", months)
    return shown % {"n": months, "day": day}
