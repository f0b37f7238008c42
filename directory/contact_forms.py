"""What people type of one contact: validation only, nothing is saved here."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import messages
from contacts.exclusion_forms import NUMBER_CHARACTERS, reason_field
from contacts.models import ContactList
from directory import values
from directory.models import Attribute, AttributeType
from directory.operations.contact_errors import ContactChanged
from smsplatform.lib import phones

_BOOLEAN_CHOICES = (("", gettext_lazy("Not known")), ("true", gettext_lazy("Yes")), ("false", gettext_lazy("No")))
# What a browser offers to fill in, for the attributes that everybody starts with; about others than oneself, so off.
_INPUT_TYPES = {"email": "email"}


def field_of(attribute: Attribute) -> forms.Field:
    """Return the field in which a value of an attribute is typed. Its text is what `values.read` understands."""
    options: dict[str, Any] = {"label": attribute.name, "required": False}
    if attribute.type == AttributeType.BOOLEAN:
        return forms.ChoiceField(choices=_BOOLEAN_CHOICES, **options)
    if attribute.type == AttributeType.DATE:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date", "max": "9999-12-31"}), **options)
    attrs = {"autocomplete": "off"}
    if attribute.type == AttributeType.INTEGER:
        return forms.CharField(max_length=30, widget=forms.TextInput(attrs=attrs | {"inputmode": "numeric"}), **options)
    widget = forms.TextInput(attrs=attrs | {"type": _INPUT_TYPES.get(attribute.standard, "text")})
    return forms.CharField(max_length=values.MAX_CHARACTERS, widget=widget, **options)


def typed(attribute: Attribute, value: Any) -> str:
    """Return a stored value as its field holds it."""
    if value is None:
        return ""
    return str(value).lower() if attribute.type == AttributeType.BOOLEAN else str(value)


class ContactForm(forms.Form):
    """One contact, with a field for each attribute. `wanted()` is what the person asks for."""

    number = forms.CharField(
        label=gettext_lazy("Mobile phone"),
        max_length=NUMBER_CHARACTERS,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy("In any notation: 06 12 34 56 78, +33612345678…"),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        attributes: list[Attribute],
        region: str,
        phone: int | None = None,
        stored: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.attributes, self._region, self._phone = attributes, region, phone
        if phone:
            self.initial["number"] = phones.format_phone(phone, region)
        for attribute in attributes:
            self.fields[attribute.key] = field_of(attribute)
            self.initial[attribute.key] = typed(attribute, (stored or {}).get(attribute.key))

    def clean_number(self) -> int:
        number: str = self.cleaned_data["number"]
        if self._phone and number == self.initial["number"]:
            return self._phone
        try:
            return phones.normalise(number, self._region).digits
        except phones.PhoneError as error:
            raise forms.ValidationError(messages.reason_text(error.reason, number)) from None

    def clean(self) -> dict[str, Any]:
        for attribute in self.attributes:
            text = self.cleaned_data.get(attribute.key)
            if text is None:
                continue  # refused already
            try:
                self.cleaned_data[attribute.key] = values.read(attribute, text, self._region)
            except values.ValueRefused as error:
                self.add_error(attribute.key, str(error.message))
        return self.cleaned_data

    def wanted(self) -> dict[str, Any]:
        """Return the typed values by key, None for nothing."""
        return {attribute.key: self.cleaned_data[attribute.key] for attribute in self.attributes}

    def refuse_number(self, url: str) -> None:
        """Say that the number is another contact's, which `url` shows."""
        link = format_html('<a href="{}">{}</a>', url, _("Open this contact"))
        self.add_error("number", format_html("{} {}", _("This number is already a contact."), link))

    def refuse_changes(self, error: ContactChanged, seen: Mapping[str, Any]) -> None:
        """Show at each field what somebody else stored meanwhile; what the person typed stays, the rest is as it is now."""
        self.add_error(None, str(error.message))
        data = dict(self.data.items())
        for attribute in self.attributes:
            if self.cleaned_data.get(attribute.key) == seen.get(attribute.key):
                data[attribute.key] = typed(attribute, error.now.get(attribute.key))
        self.data = data
        for attribute in self.attributes:
            if attribute.key in error.fields:
                theirs = values.shown(attribute, error.now.get(attribute.key)) or _("(empty)")
                message = _("Stored meanwhile by somebody else: %(value)s") % {"value": theirs}
                self.add_error(attribute.key, message)


class NewContactForm(ContactForm):
    """A contact to be added, and the list that it joins, if any."""

    contact_list = forms.ModelChoiceField(
        label=gettext_lazy("Add to a list"),
        required=False,
        queryset=ContactList.objects.none(),
        empty_label=gettext_lazy("No list"),
    )

    def __init__(self, *args: Any, lists: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_list"].queryset = lists  # type: ignore[attr-defined]
        self.order_fields(["number", *(attribute.key for attribute in self.attributes), "contact_list"])


class ExcludeForm(forms.Form):
    """Why a contact is put on the exclusion list."""

    reason = reason_field(
        required=False, help_text=gettext_lazy("For example: asked in the shop not to be written to any more.")
    )


class ColumnsForm(forms.Form):
    """The columns that a person chose: keys, in their order."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.order = data.getlist("column")
        self.chosen = set(data.getlist("shown"))

    def columns(self) -> list[str]:
        """Return the chosen keys in order; a button may have moved one of them first: "up:a3", "down:a3"."""
        return [key for key in self.moved() if key in self.chosen]

    def moved(self) -> list[str]:
        order = list(dict.fromkeys(self.order))
        direction, _colon, key = str(self.data.get("move", "")).partition(":")
        if key in order:
            place = order.index(key)
            other = max(0, place - 1) if direction == "up" else min(len(order) - 1, place + 1)
            order[place], order[other] = order[other], order[place]
        return order
