"""What a file of a list or of the exclusion list shows: headings, and rows of text, one at a time.

The columns are resources of django-import-export, without its data set: that one holds every row in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import Resource

from contacts.exports import registry
from contacts.models import ContactList, Exclusion
from contacts.queries import exclusions
from contacts.queries import exports as queries
from smsplatform.accounts.models import Account
from smsplatform.lib.phones import format_phone

# Columns besides a list's own, whose keys are "c1", "c2"...
PHONE, EXCLUDED, SINCE, SOURCE, REASON = "PHONE", "EXCLUDED", "SINCE", "SOURCE", "REASON"
OWN = "*"  # all the columns of the list, whichever list it is
OF_EXCLUSIONS = (PHONE, SINCE, SOURCE, REASON)

Reader = Callable[[Any], str]


@dataclass(frozen=True)
class Table:
    """`rows` are read as they are asked for, which needs the account's context; `close` ends the reading early."""

    name: str
    headers: list[str]
    rows: Iterator[list[str]]
    close: Callable[[], None] = lambda: None


class TextResource(Resource):
    """Rows of text, in the order of the columns given: each is a heading and what reads its cell."""

    def __init__(self, columns: Iterable[tuple[str, str, Reader]]) -> None:
        super().__init__()
        self.fields = {}
        self._readers: list[Reader] = []
        for key, heading, reader in columns:
            self.fields[key] = Field(attribute=key, column_name=heading)
            self._readers.append(reader)

    def export_resource(self, instance: Any, selected_fields: Any = None, **kwargs: Any) -> list[str]:
        return [read(instance) for read in self._readers]

    def table(self, name: str, instances: Iterable[Any]) -> Table:
        rows = iter(instances)
        return Table(
            name, self.get_export_headers(), map(self.export_resource, rows), getattr(rows, "close", lambda: None)
        )


def headings() -> dict[str, str]:
    """Return what the columns that are not a list's own are called, in the active language."""
    return {
        PHONE: _("Mobile phone"),
        EXCLUDED: _("On the exclusion list"),
        SINCE: _("Excluded since"),
        SOURCE: _("Source"),
        REASON: _("Reason"),
    }


def of_list(
    account: Account, contact_list: ContactList, *, columns: list[str] | None = None, with_excluded: bool = True
) -> Table:
    """Return a list as a table. `columns`: keys of its own, PHONE, EXCLUDED, SINCE and OWN; keys it no longer has are left out.

    Spaces in the numbers keep Excel from dropping their leading zero.
    """
    if maker := registry.of_kind(contact_list):
        return maker.table(account, contact_list, columns, with_excluded)
    own: dict[str, tuple[str, Reader]] = {
        column["key"]: (column["name"], _value_reader(column["key"])) for column in contact_list.columns
    }
    known = own | _common(account)
    wanted = [PHONE, OWN] if columns is None else columns
    keys = [key for asked in wanted for key in (own if asked == OWN else (asked,)) if key in known]
    resource = TextResource((key, *known[key]) for key in keys)
    return resource.table(contact_list.name, queries.entries(account, contact_list, with_excluded=with_excluded))


def _value_reader(key: str) -> Reader:
    return lambda entry: str(entry.values.get(key, ""))


def _common(account: Account) -> dict[str, tuple[str, Reader]]:
    yes, no, names, since = _("Yes"), _("No"), headings(), moment_writer()
    return {
        PHONE: (names[PHONE], lambda entry: format_phone(entry.phone, account.region)),
        EXCLUDED: (names[EXCLUDED], lambda entry: yes if entry.excluded_at else no),
        SINCE: (names[SINCE], lambda entry: since(entry.excluded_at) if entry.excluded_at else ""),
    }


def of_exclusions(account: Account, *, columns: list[str] | None = None) -> Table:
    """Return the account's exclusion list as a table. `columns`: of OF_EXCLUSIONS."""
    names, since = headings(), moment_writer()
    sources = {source.value: str(source.label) for source in Exclusion.Source}
    readers: dict[str, Reader] = {
        PHONE: lambda row: format_phone(row[0], account.region),
        SINCE: lambda row: since(row[1]),
        SOURCE: lambda row: sources[row[2]],
        REASON: lambda row: str(row[3]),
    }
    keys = [key for key in (OF_EXCLUSIONS if columns is None else columns) if key in readers]
    resource = TextResource((key, names[key], readers[key]) for key in keys)
    return resource.table(_("Exclusion list"), exclusions.export_rows(account))


def moment_writer() -> Callable[[datetime], str]:
    """Return what writes a moment in the active time zone."""
    zone = timezone.get_current_timezone()  # now: rows may be made after the request has ended
    return lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
