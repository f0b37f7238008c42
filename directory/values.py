"""Values of attributes as people write and read them. In `Contact.attributes` they are typed (`Attribute`)."""

from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from contacts.importer.typed import NotOfType, Value, parse_value
from directory.models import Attribute, AttributeType
from smsplatform.lib.errors import OperationError

MAX_CHARACTERS = 1_000  # of a text that people write, as in the cells of lists


class ValueRefused(OperationError):
    """A text that cannot be a value of this type."""

    code = "VALUE_REFUSED"


def read(attribute: Attribute, text: str, region: str) -> Value:
    """Return what a text means as a value of the attribute, None for nothing. Raise ValueRefused.

    It means the same in a cell of a file: the importer reads both, the day first in dates whatever the `region`.
    """
    if len(text) > MAX_CHARACTERS:
        refusal = _("%(name)s: write at most %(most)d characters.")
        raise ValueRefused(refusal % {"name": attribute.name, "most": MAX_CHARACTERS})
    try:
        return parse_value(text, attribute.type)
    except NotOfType:
        raise ValueRefused(refusal_of(attribute.type) % {"name": attribute.name, "text": text.strip()[:60]}) from None


def refusal_of(type: str) -> str:
    """Return what to say of a text that is no value of this type, with places for its "name" and "text"."""
    if type == AttributeType.INTEGER:
        return _("%(name)s: “%(text)s” is not an integer. Write for example 1250.")
    if type == AttributeType.DATE:
        return _("%(name)s: “%(text)s” is not a date. Write for example 12/03/1985.")
    return _("%(name)s: “%(text)s” is neither yes nor no.")


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
