"""Values of attributes as people write and read them. In `Contact.attributes` they are typed (`Attribute`)."""

import re
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from directory.models import Attribute, AttributeType
from smsplatform.lib.errors import OperationError

Value = str | int | bool | None
MAX_TEXT = 1000  # characters, as in the cells of lists


class ValueRefused(OperationError):
    """A text that cannot be a value of this type."""

    code = "VALUE_REFUSED"


def read(attribute: Attribute, text: str, region: str) -> Value:
    """Return what a text means as a value of the attribute, None for nothing. Raise ValueRefused."""
    text = text.strip()
    if not text:
        return None
    try:
        return _parse(attribute.type, text, region)
    except ValueError:
        raise ValueRefused(_refusal(attribute.type) % {"name": attribute.name, "text": text[:60]}) from None


def shown(attribute: Attribute, value: Any) -> str:
    """Return a stored value as the reader writes it, "" for none."""
    if value is None:
        return ""
    if attribute.type == AttributeType.BOOLEAN:
        return _("Yes") if value else _("No")
    if attribute.type == AttributeType.INTEGER:
        return formats.number_format(value, force_grouping=True)
    if attribute.type == AttributeType.DATE:
        return formats.date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    return str(value)


def _refusal(kind: str) -> str:
    return {
        AttributeType.INTEGER: _("%(name)s: “%(text)s” is not an integer. Write for example 1250."),
        AttributeType.DATE: _("%(name)s: “%(text)s” is not a date. Write for example 12/03/1985."),
        AttributeType.BOOLEAN: _("%(name)s: “%(text)s” is neither yes nor no."),
    }.get(kind, _("%(name)s: “%(text)s…” is too long."))  # type: ignore[call-overload, no-any-return]


_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")


def _parse(kind: str, text: str, region: str) -> Value:
    """Raise ValueError."""
    if kind == AttributeType.TEXT:
        if len(text) > MAX_TEXT:
            raise ValueError(text)
        return text
    if kind == AttributeType.INTEGER:
        return int(re.sub(r"[\s\u00a0\u202f]", "", text))
    if kind == AttributeType.BOOLEAN:
        folded = text.lower()
        if folded in ("oui", "o", "yes", "y", "vrai", "true", "1"):
            return True
        if folded in ("non", "n", "no", "faux", "false", "0"):
            return False
        raise ValueError(text)
    if found := _DATE.fullmatch(text):
        first, second, year = map(int, found.groups())
        day, month = (second, first) if region == "US" else (first, second)
        return date(year, month, day).isoformat()
    return date.fromisoformat(text).isoformat()
