"""What people type about an attribute: validation only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import variables
from directory.models import Attribute, AttributeType
from directory.operations.attributes import AttributeRefused
from smsplatform.lib.text import validate_one_line


class AttributeForm(forms.Form):
    """Name, type and variable. An empty variable is made of the name; the page shows it while the name is typed."""

    name = forms.CharField(label=_("Name"), max_length=60, validators=[validate_one_line])
    type = forms.ChoiceField(label=_("Type"), choices=AttributeType.choices, initial=AttributeType.TEXT)
    variable = forms.CharField(
        label=_("Variable"),
        max_length=variables.MAX_LENGTH,
        required=False,
        help_text=_("In a message, {variable} is replaced by each contact's value."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false", "class": "font-monospace"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["variable"].widget.attrs["data-variable-of"] = self["name"].id_for_label

    @classmethod
    def of(cls, attribute: Attribute, data: Any = None, *, is_fixed: bool = False) -> "AttributeForm":
        """Return the form of an attribute; its type `is_fixed` while contacts have values."""
        shown = {"name": attribute.name, "type": attribute.type, "variable": attribute.variable}
        form = cls(data, initial=shown)
        if is_fixed:
            form.fields["type"].disabled = True
            form.fields["type"].help_text = _(
                "Contacts have values of this type: it stays. For another type, create another attribute."
            )
        return form

    def refuse(self, error: AttributeRefused) -> None:
        """Say what is wrong beside the field it is about."""
        self.add_error(error.field, str(error.message))
