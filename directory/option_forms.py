"""Where the columns of lists go when the directory is switched on."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Attribute, AttributeType, ModeSwitch
from directory.queries.option import NEW, NOWHERE

_NEW_OF_TYPE = {
    AttributeType.TEXT: _("New attribute: text"),
    AttributeType.INTEGER: _("New attribute: integer"),
    AttributeType.DATE: _("New attribute: date"),
    AttributeType.BOOLEAN: _("New attribute: true / false"),
}


class ChoicesForm(forms.Form):
    """One selector for each column of a trial, numbered: names of columns may be anything. A wrong choice is refused."""

    lists_win = forms.BooleanField(
        label=_("The lists' values replace those of the directory"),
        required=False,
        help_text=_("Otherwise they only fill in what the directory does not know."),
    )

    def __init__(self, data: Any = None, *, trial: ModeSwitch, attributes: Sequence[Attribute]) -> None:
        super().__init__(data, initial={"lists_win": trial.choices["lists_win"]})
        self._columns = trial.result["columns"]
        offered = _offered(attributes)
        for number, column in enumerate(self._columns):
            self.fields[f"column{number}"] = forms.ChoiceField(
                choices=offered,
                required=False,
                initial=column["choice"],
                widget=forms.Select(attrs={"class": "form-select", "aria-labelledby": f"column{number}-name"}),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return the columns, each with its selector."""
        return [
            column | {"field": self[f"column{number}"], "id": f"column{number}-name"}
            for number, column in enumerate(self._columns)
        ]

    def choices(self) -> dict[str, str]:
        """Return the columns' choices by their folded names. Of a form that is valid."""
        return {column["key"]: self.cleaned_data[f"column{number}"] for number, column in enumerate(self._columns)}


def _offered(attributes: Sequence[Attribute]) -> list[tuple[str, Any]]:
    new = [(f"{NEW}{kind.value}", _NEW_OF_TYPE[kind]) for kind in AttributeType]
    known = [(attribute.key, attribute.name) for attribute in attributes]
    return [(NOWHERE, _("Do not take over")), (_("Attributes"), known), (_("With the column's name"), new)]
