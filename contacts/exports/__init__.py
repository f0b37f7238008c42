"""Lists as files that French Excel opens right and that our importer reads back."""

from collections.abc import Iterator
from urllib.parse import quote

from django.utils.text import slugify

from contacts.exports import tables
from contacts.models import ContactList
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib import csvfile, waiting


def csv_chunks(account: Account, contact_list: ContactList) -> Iterator[bytes]:
    """Return the whole list as CSV: the number as people write it, then the list's columns.

    Runs after the view has returned, so it opens the account itself; constant memory.
    """
    # Now, in the reader's language: the rows are made after the request has ended.
    table = tables.of_list(account, contact_list)
    return csvfile.chunks(_in_account(account, table))


def _in_account(account: Account, table: tables.Table) -> Iterator[list[str]]:
    yield table.headers
    with account_context(account):
        waiting.allow(idle=waiting.WHILE_SENDING)
        yield from table.rows


def attachment(name: str, extension: str) -> str:
    """Return a Content-Disposition that keeps accents in the file name, with a plain one for old browsers."""
    plain = slugify(name) or "export"
    return f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{quote(f'{name}.{extension}', safe='')}"
