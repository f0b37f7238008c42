"""How the entries of a list read in its editor."""

from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from contacts.models import Exclusion
from contacts.queries.exclusions import Known
from smsplatform.lib.sealed import Purpose, seal

register = template.Library()


@register.filter
def column_name(column: dict[str, Any]) -> str:
    """Return a column's name, or a number for one that the file did not name."""
    return str(column["name"] or _("Column %(number)d") % {"number": int(column["key"][1:])})


@register.filter
def since(known: Known) -> str:
    """Say since when and why a number is excluded."""
    day = formats.date_format(timezone.localtime(known.at), "SHORT_DATE_FORMAT")
    words = _("Since %(day)s: %(source)s") % {"day": day, "source": Exclusion.Source(known.source).label}
    return f"{words} ({known.reason})" if known.reason else words


@register.filter
def sealed(phone: int, account_id: int) -> str:
    """Return what names a contact of a list in an address, where its number must not be."""
    return seal(phone, purpose=Purpose.ENTRY, account=account_id)
