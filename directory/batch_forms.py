"""What people choose when they act on contacts of the directory: validation only, nothing is saved here."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts import pasted
from contacts.exclusion_forms import reason_field
from contacts.forms import RenameForm
from contacts.importer import paste
from contacts.lifetime_forms import LifetimeForm
from directory.models import ContactBatch
from directory.operations.contact_batches import MAX_CHOSEN
from directory.operations.numbers import MAX_NUMBERS
from directory.queries import selections
from directory.queries.query import Selection
from directory.queries.tokens import unseal_query
from smsplatform.accounts.models import Account, User
from smsplatform.lib.sealed import Purpose, phone, unseal

Action = ContactBatch.Action
EXPORT = "EXPORT"  # offered beside the actions of a batch, but makes a file
NUMBERS_CHARACTERS = 60_000  # of MAX_NUMBERS in whatever notation
TOKEN_CHARACTERS = 120_000  # of a sealed selection of MAX_CHOSEN numbers, and more


class ChosenForm(forms.Form):
    """What to do, with the contacts ticked in a table (`contact`), all that it found, or a selection sealed before."""

    action = forms.ChoiceField(choices=[*Action.choices, (EXPORT, _("Export"))])
    everything = forms.BooleanField(required=False)
    q = forms.CharField(required=False, max_length=TOKEN_CHARACTERS)
    selection = forms.CharField(required=False, max_length=TOKEN_CHARACTERS)

    def __init__(self, *args: Any, account: Account, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._account, self._person = account, person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                cleaned["selection"] = self._chosen(cleaned)
            except ValueError:
                raise forms.ValidationError(_("This page is too old: choose the contacts again.")) from None
        return cleaned

    def _chosen(self, cleaned: dict[str, Any]) -> Selection:
        """Return the selection. Raise ValueError for a token that was not made for it."""
        account = self._account
        if cleaned["selection"]:
            return selections.unsealed(account, self._person, cleaned["selection"])
        query = unseal_query(account, cleaned["q"])
        if cleaned["everything"]:
            return Selection(query)
        tokens = self.data.getlist("contact") if isinstance(self.data, QueryDict) else []
        of_contact: dict[str, Any] = {"purpose": Purpose.CONTACT, "account": account.pk}
        return Selection(query, tuple(unseal(token, phone, **of_contact) for token in tokens[: MAX_CHOSEN + 1]))


class ActionForm(forms.Form):
    """What an action needs besides the contacts; each action has its own subclass. `expected`: the number people saw."""

    expected = forms.IntegerField(min_value=0, max_value=10**12, widget=forms.HiddenInput)

    def options(self) -> dict[str, Any]:
        """Return what was told, as `contact_batches.start` takes it."""
        return {"expected": self.cleaned_data["expected"]}


class OfListForm(ActionForm):
    contact_list = forms.IntegerField(widget=forms.HiddenInput)


class NewListForm(LifetimeForm, ActionForm, RenameForm):
    def options(self) -> dict[str, Any]:
        names = {name: self.cleaned_data[name] for name in ("name", "description")}
        return super().options() | names | {"expires_after_months": self.expires_after_months()}


class ExcludeForm(ActionForm):
    reason = reason_field(required=False, help_text=_("For example: asked in the shop not to be written to any more."))

    def options(self) -> dict[str, Any]:
        return super().options() | {"reason": self.cleaned_data["reason"]}


class DeleteForm(ActionForm):
    confirmed = forms.BooleanField(
        label=_("I understand that this cannot be undone."),
        error_messages={"required": _("Tick this box to delete the contacts.")},
    )


FORMS: dict[str, type[ActionForm]] = {
    Action.ADD: OfListForm,
    Action.REMOVE: OfListForm,
    Action.NEW_LIST: NewListForm,
    Action.EXCLUDE: ExcludeForm,
    Action.DELETE: DeleteForm,
}


class NumbersForm(forms.Form):
    """Numbers pasted into a list."""

    numbers = forms.CharField(
        label=_("Numbers"),
        strip=False,
        max_length=NUMBERS_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
        help_text=_("In any notation, one per line or set apart by commas or semicolons."),
        error_messages={
            "required": _("Paste at least one number."),
            "max_length": _("Too much to be added at once: import it instead."),
        },
    )
    creates_unknown = forms.BooleanField(
        label=_("Create the contacts that are not in the directory yet"), required=False, initial=True
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._account, self._region = account, account.region

    def with_only(self, left: Iterable[str]) -> "NumbersForm":
        """Return the form as it was sent, with nothing but what is left to be corrected."""
        kept = {"numbers": "\n".join(left), "creates_unknown": self["creates_unknown"].value()}
        return NumbersForm(initial=kept, account=self._account)

    def clean_numbers(self) -> str:
        text: str = self.cleaned_data["numbers"]
        found = len(paste.tokens(text, self._region))
        if not found:
            raise forms.ValidationError(self.fields["numbers"].error_messages["required"])
        if found > MAX_NUMBERS:
            message = _("Add at most %(max)d numbers at a time, or import a file.")
            raise forms.ValidationError(message, params={"max": MAX_NUMBERS})
        return text

    def pasted(self) -> pasted.Pasted:
        """Return the numbers. Needs a valid form."""
        return pasted.read(self.cleaned_data["numbers"], self._region)
