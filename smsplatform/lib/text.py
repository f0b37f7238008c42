"""What a short text, such as a name, may hold."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Control characters, line separators and paragraph separators, as Unicode calls them.
NOT_ON_A_LINE = {"Cc", "Zl", "Zp"}


def validate_one_line(value: str) -> None:
    """Raise ValidationError for a text with line breaks, tabs or other control characters.

    Names appear in mail subjects and in files, where one of these starts something else.
    """
    if any(unicodedata.category(letter) in NOT_ON_A_LINE for letter in value):
        raise ValidationError(_("Write it on one line, without tabs or other invisible characters."), code="one_line")
