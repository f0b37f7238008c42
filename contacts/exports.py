"""Lists as files: CSV that French Excel opens right and that our importer reads back."""

import csv
import io
from collections.abc import Iterator
from urllib.parse import quote

from django.utils.text import slugify
from django.utils.translation import gettext as _

from contacts.models import ContactList
from contacts.queries import lists
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib import csvsafe
from smsplatform.lib.phones import format_phone

BOM = "\ufeff"  # without it Excel reads UTF-8 as the old Windows encoding
LINES_PER_CHUNK = 2_000


def csv_lines(account: Account, contact_list: ContactList) -> Iterator[bytes]:
    """Return the list as CSV: the number as people write it, then the list's columns.

    Spaces in the numbers keep Excel from dropping their leading zero. Runs after the view has returned, so it opens the
    account itself; constant memory.
    """
    # Now, in the reader's language: the lines are made after the request has ended.
    return _lines(account, contact_list, [_("Mobile phone"), *(column["name"] for column in contact_list.columns)])


def _lines(account: Account, contact_list: ContactList, names: list[str]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    buffer.write(BOM)
    writer.writerow(map(csvsafe.cell, names))
    keys = [column["key"] for column in contact_list.columns]
    with account_context(account):
        for done, (phone, values) in enumerate(lists.export_rows(account, contact_list), start=1):
            cells = (csvsafe.cell(values.get(key, "")) for key in keys)
            writer.writerow([format_phone(phone, account.region), *cells])
            if done % LINES_PER_CHUNK == 0:
                yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data


def attachment(name: str, extension: str) -> str:
    """Return a Content-Disposition that keeps accents in the file name, with a plain one for old browsers."""
    plain = slugify(name) or "export"
    return f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{quote(f'{name}.{extension}', safe='')}"
