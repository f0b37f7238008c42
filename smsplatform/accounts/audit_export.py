"""The journal as a file."""

from collections.abc import Iterator
from datetime import tzinfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from smsplatform.accounts import queries
from smsplatform.accounts.models import Account
from smsplatform.accounts.templatetags import journal
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib import csvfile, waiting

EVENTS_PER_FETCH = 2_000


def csv_chunks(account: Account, filters: queries.AuditFilters) -> Iterator[bytes]:
    """Return when, who, what, about what and how many of each event, newest first, as CSV.

    Runs after the view has returned, so it opens the account itself; constant memory.
    """
    names = [_("When"), _("Who"), _("E-mail address"), _("What"), _("About"), _("How many")]
    # Now, in the reader's language and time zone: the lines are made after the request has ended.
    rows = _rows(account, filters, translation.get_language() or "fr", timezone.get_current_timezone())
    return csvfile.chunks(_below(names, rows))


def _below(names: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield names
    yield from rows


def _rows(account: Account, filters: queries.AuditFilters, language: str, zone: tzinfo) -> Iterator[list[str]]:
    with account_context(account):
        waiting.allow(idle=waiting.WHILE_SENDING)
        for event in queries.audit_events(account, filters).iterator(chunk_size=EVENTS_PER_FETCH):
            with translation.override(language):
                what = journal.action(event)
                counts = ", ".join(journal.in_words(event, shown=str))
            who = (str(event.actor), event.actor.email) if event.actor else ("smsplatform", "")
            yield [f"{event.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", *who, what, event.subject, counts]
