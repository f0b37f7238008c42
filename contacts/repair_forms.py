"""What people send to the repair bench: read here, judged by the operations."""

import re
from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

NUMBER_FIELD = re.compile(r"number-(\d{1,9})")


class CorrectedFileForm(forms.Form):
    """The file of refused lines, corrected."""

    file = forms.FileField(
        label=_("Corrected file"),
        allow_empty_file=True,
        max_length=255,
        error_messages={"required": _("Choose the corrected file first.")},
    )


def typed_numbers(data: Mapping[str, str]) -> dict[int, str]:
    """Return the numbers of the table's fields by line."""
    return {int(found[1]): data[name] for name in data if (found := NUMBER_FIELD.fullmatch(name))}


def whole_number(text: str, default: int) -> int:
    """Return a number of an address or a field; a wrong one counts as absent."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else default
