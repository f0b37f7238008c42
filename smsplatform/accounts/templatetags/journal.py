"""How an audit event reads."""

from collections.abc import Callable

from django import template
from django.utils.translation import ngettext_lazy

from smsplatform.accounts.audit import ACTIONS
from smsplatform.accounts.models import AuditEvent
from smsplatform.ui.templatetags.ui import number

register = template.Library()

# In reading order.
COUNTS = {
    "lists": ngettext_lazy("%(shown)s list", "%(shown)s lists", "n"),
    "contacts": ngettext_lazy("%(shown)s contact", "%(shown)s contacts", "n"),
    "lines": ngettext_lazy("%(shown)s line", "%(shown)s lines", "n"),
    "merged": ngettext_lazy("%(shown)s in several lists", "%(shown)s in several lists", "n"),
    "created": ngettext_lazy("%(shown)s of them new in the directory", "%(shown)s of them new in the directory", "n"),
    "added": ngettext_lazy("%(shown)s contact added", "%(shown)s contacts added", "n"),
    "changed": ngettext_lazy("%(shown)s contact changed", "%(shown)s contacts changed", "n"),
    "removed": ngettext_lazy("%(shown)s contact removed", "%(shown)s contacts removed", "n"),
    "left": ngettext_lazy("%(shown)s contact left the list", "%(shown)s contacts left the list", "n"),
    "restored": ngettext_lazy("%(shown)s contact as before", "%(shown)s contacts as before", "n"),
    "kept": ngettext_lazy("%(shown)s changed since and kept", "%(shown)s changed since and kept", "n"),
    "held": ngettext_lazy("%(shown)s kept for other lists", "%(shown)s kept for other lists", "n"),
    "columns": ngettext_lazy("%(shown)s column changed", "%(shown)s columns changed", "n"),
    "rejected": ngettext_lazy("%(shown)s rejected line", "%(shown)s rejected lines", "n"),
    "imports": ngettext_lazy("%(shown)s import lost its file", "%(shown)s imports lost their files", "n"),
    "exports": ngettext_lazy("%(shown)s export lost its file", "%(shown)s exports lost their files", "n"),
    "stops": ngettext_lazy("%(shown)s of them by STOP", "%(shown)s of them by STOP", "n"),
}


@register.filter
def action(event: AuditEvent) -> str:
    """Return the verb of an event. A code of a later version, met after going back, shows as it is."""
    return str(ACTIONS.get(event.action, event.action))


@register.filter
def counts(event: AuditEvent) -> list[str]:
    """Return the event's numbers with their words, in reading order."""
    return in_words(event, shown=number)


def in_words(event: AuditEvent, *, shown: Callable[[int], str]) -> list[str]:
    """Return the numbers as `shown` writes them, with their words. The code of a later version shows as it is."""
    known = [(word, event.counts[key]) for key, word in COUNTS.items() if key in event.counts]
    others = [f"{value} {key}" for key, value in event.counts.items() if key not in COUNTS]
    return [str(word % {"n": count, "shown": shown(count)}) for word, count in known] + others
