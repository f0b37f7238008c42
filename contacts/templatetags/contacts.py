"""How contacts read on the screen."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from contacts import reports
from contacts.models import Import
from contacts.operations import stored_files
from smsplatform.accounts.models import Account
from smsplatform.lib import phones

register = template.Library()


@register.filter
def phone(digits: int, region: str) -> str:
    """Write a number as people of the region do: 06 39 98 12 34 at home, +32 470 12 34 56 abroad."""
    return phones.format_phone(digits, region)


@register.filter
def upload_refusal(account: Account) -> str:
    """Return why no file can be sent now, to be said before somebody sends one; "" when one can."""
    return stored_files.refusal(account)


@register.filter
def value_of(values: dict[str, str] | None, column: dict[str, Any]) -> str:
    """Return an entry's value in a column of its list, "" where it has none."""
    return (values or {}).get(column["key"], "")


@register.filter
def import_counts(imported: Import) -> dict[str, Any]:
    return reports.counts(imported)


@register.filter
def import_tone(imported: Import) -> str:
    """Return the badge's tone for an import's status."""
    tones = {"DONE": "success", "FAILED": "danger", "CANCELLED": "neutral", "READY": "warning"}
    return "neutral" if imported.undone_at else tones.get(imported.status, "info")


@register.filter
def import_status(imported: Import) -> str:
    """Return the badge's words: an import that was undone is no longer only finished."""
    return _("Undone") if imported.undone_at else str(imported.get_status_display())
