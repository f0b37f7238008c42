"""The exclusion list as a file that French Excel opens right and that our importer reads back."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Exclusion
from contacts.queries import exclusions
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib import csvfile
from smsplatform.lib.phones import format_phone


def csv_chunks(account: Account) -> Iterator[bytes]:
    """Return number, since, source and reason of every exclusion, as CSV.

    Runs after the view has returned, so it opens the account itself; constant memory.
    """
    # Now, in the reader's language and time zone: the lines are made after the request has ended.
    names = [_("Mobile phone"), _("Since"), _("Source"), _("Reason")]
    sources = {source.value: str(source.label) for source in Exclusion.Source}
    return csvfile.chunks(_rows(account, names, sources, timezone.get_current_timezone()))


def _rows(account: Account, names: list[str], sources: Mapping[str, str], zone: tzinfo) -> Iterator[list[str]]:
    yield names
    with account_context(account):
        for phone, at, source, reason in exclusions.export_rows(account):
            since = f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
            yield [format_phone(phone, account.region), since, sources[source], reason]
