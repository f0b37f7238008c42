"""The exclusion list as a file that French Excel opens right and that our importer reads back."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.exports import BOM, LINES_PER_CHUNK
from contacts.models import Exclusion
from contacts.queries import exclusions
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib import csvsafe
from smsplatform.lib.phones import format_phone


def csv_lines(account: Account) -> Iterator[bytes]:
    """Return number, since, source and reason of every exclusion, as CSV.

    Runs after the view has returned, so it opens the account itself; constant memory.
    """
    # Now, in the reader's language and time zone: the lines are made after the request has ended.
    names = [_("Mobile phone"), _("Since"), _("Source"), _("Reason")]
    sources = {source.value: str(source.label) for source in Exclusion.Source}
    return _lines(account, names, sources, timezone.get_current_timezone())


def _lines(account: Account, names: list[str], sources: Mapping[str, str], zone: tzinfo) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    buffer.write(BOM)
    writer.writerow(map(csvsafe.cell, names))
    with account_context(account):
        for done, (phone, at, source, reason) in enumerate(exclusions.export_rows(account), start=1):
            day = f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
            writer.writerow([format_phone(phone, account.region), day, sources[source], csvsafe.cell(reason)])
            if done % LINES_PER_CHUNK == 0:
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
    yield buffer.getvalue().encode()
