"""How an audit event reads."""

from django import template
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts.audit import ACTIONS
from smsplatform.accounts.models import AuditEvent

register = template.Library()

COUNTS = {
    "lists": _("lists"),
    "contacts": _("contacts"),
    "merged": _("in several lists"),
    "created": _("of them new in the directory"),
    "added": _("contacts added"),
    "changed": _("contacts changed"),
    "removed": _("contacts removed"),
    "columns": _("columns changed"),
    "rejected": _("rejected lines"),
    "stops": _("of them by STOP"),
}


@register.filter
def action(event: AuditEvent) -> str:
    """Return the verb of an event. A code of a later version, met after going back, shows as it is."""
    return str(ACTIONS.get(event.action, event.action))


@register.filter
def counts(event: AuditEvent) -> list[tuple[str, int]]:
    """Return the event's numbers with their words, in reading order."""
    known = [(str(word), event.counts[key]) for key, word in COUNTS.items() if key in event.counts]
    return known + [(key, value) for key, value in event.counts.items() if key not in COUNTS]
