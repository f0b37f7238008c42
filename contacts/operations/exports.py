"""Files made of lists or of the exclusion list: at once when they are small, by a worker when they are big.

A worker's file waits for KEEP_FILES and then goes: it is full of personal data.
"""

import os
import tempfile
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.exports import files
from contacts.models import ContactList, Export
from contacts.operations import jobs, stored_files
from contacts.queries import exports as queries
from smsplatform.accounts import audit, tenancy
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

KEEP_FILES = timedelta(days=7)
NAME_CHARACTERS = 120
# Of a file that is made while the person waits: a second or two.
AT_ONCE = files.Most(cells=400_000, characters=8_000_000)
EXPORTS = jobs.Kind(Export, task="contacts.tasks.run_export", failed="EXPORT_FAILED")


class TooMuchAtOnce(Exception):
    """The file is a worker's to make: it has few rows, but many or long cells."""


class ExportGone(OperationError):
    """The file has expired, or is not there yet."""

    code = "EXPORT_GONE"


@dataclass(frozen=True)
class Order:
    """What somebody wants exported: some lists, contacts of the directory, or without either the exclusion list.

    `columns` as on Export. `contacts`: a selection as the directory stores it, with what to call it and how many it finds.
    """

    lists: tuple[ContactList, ...] = ()
    format: str = Export.Format.CSV
    columns: tuple[str, ...] | None = None
    with_excluded: bool = True
    contacts: Mapping[str, Any] | None = None
    contacts_name: str = ""
    contact_count: int = 0

    @property
    def is_exclusions(self) -> bool:
        return not self.lists and self.contacts is None

    @property
    def subject(self) -> Export.Subject:
        if self.contacts is not None:
            return Export.Subject.CONTACTS
        return Export.Subject.EXCLUSIONS if self.is_exclusions else Export.Subject.LISTS

    def export(self, account: Account) -> Export:
        """Return the order as an export that is not saved."""
        return Export(
            account=account,
            subject=self.subject,
            name=self._name()[:NAME_CHARACTERS],
            list_ids=[one.pk for one in self.lists],
            format=self.format,
            query=dict(self.contacts or {}),
            columns=None if self.columns is None else list(self.columns),
            with_excluded=self.with_excluded,
            total=self.row_count(account),
        )

    def _name(self) -> str:
        if self.is_exclusions:
            return _("Exclusion list")
        if self.contacts is not None:
            return self.contacts_name
        if len(self.lists) == 1:
            return self.lists[0].name
        return ngettext("%(n)s list", "%(n)s lists", len(self.lists)) % {"n": len(self.lists)}

    def row_count(self, account: Account) -> int:
        if self.is_exclusions:
            return queries.exclusion_count(account)
        if self.contacts is not None:
            return self.contact_count
        return queries.row_count(account, list(self.lists), with_excluded=self.with_excluded)

    def is_small(self, account: Account) -> bool:
        """Whether the file may be made while the person waits. A ZIP of several lists always is a worker's."""
        rows = self.row_count(account)
        width = len(self.lists[0].columns if self.lists else self.columns or ())
        return len(self.lists) < 2 and rows <= settings.EXPORT_AT_ONCE_ROWS and rows * width <= AT_ONCE.cells


@transaction.atomic
def at_once(account: Account, *, order: Order, by: User, now: datetime) -> tuple[Export, IO[bytes]]:
    """Make a small file now. Return what it is, unsaved, and the file, which is deleted as it is closed.

    Raise TooMuchAtOnce, with nothing done.
    """
    export = order.export(account)
    _record(account, order, by=by, now=now)
    with ExitStack() as closing:
        file = closing.enter_context(tempfile.TemporaryFile())
        try:
            files.write(account, export, list(order.lists), file, lambda rows: None, AT_ONCE)
        except files.TooMuch:
            raise TooMuchAtOnce from None
        file.seek(0)
        closing.pop_all()  # from now on the response closes it
    return export, file


@transaction.atomic
def request(account: Account, *, order: Order, by: User, now: datetime) -> Export:
    """Have a worker make the file."""
    export = order.export(account)
    export.author, export.created_at, export.heartbeat_at = by, now, now
    export.save(force_insert=True)
    _record(account, order, by=by, now=now)
    EXPORTS.call(account.pk, export.pk)
    return export


def _record(account: Account, order: Order, *, by: User, now: datetime) -> None:
    """Note who takes the numbers out."""
    if order.is_exclusions:
        counts = {"contacts": order.row_count(account)}
        audit.record(account, "EXCLUSIONS_EXPORTED", "", by=by, now=now, counts=counts)
    if order.contacts is not None:
        counts = {"contacts": order.contact_count}
        audit.record(account, "CONTACTS_EXPORTED", order.contacts_name, by=by, now=now, counts=counts)
    for one in order.lists:
        counts = {"contacts": queries.row_count(account, [one], with_excluded=order.with_excluded)}
        audit.record(account, "LIST_EXPORTED", one.name, by=by, now=now, counts=counts)


def run(account: Account, *, export_id: int, now: datetime) -> None:
    """Make the file of an export. Raise JobAlreadyStarted. Beyond the account's share of the workers it stays queued."""
    with EXPORTS.worked_on(account, export_id) as work:
        if work is None:
            return
        export, progress = work
        with tempfile.TemporaryFile() as file:
            with tenancy.account_context(account):
                _write(account, export, file, progress.saw)
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            path = stored_files.save(account, f"{folder_of(account)}/{uuid.uuid4()}", File(file))
        try:
            _finish(account, export, path=path, size_bytes=size, done=progress.done)
        except BaseException:
            default_storage.delete(path)
            raise


def _write(account: Account, export: Export, file: IO[bytes], saw: files.Saw) -> None:
    try:
        files.write(account, export, _lists(account, export), file, saw)
    except OperationError as error:  # a search that names an attribute which is gone
        raise jobs.JobFailed(error.code) from None


def _finish(account: Account, export: Export, *, path: str, size_bytes: int, done: int) -> None:
    ended = timezone.now()
    with tenancy.account_context(account):
        EXPORTS.write_if_mine(
            export,
            status=Export.Status.DONE,
            claim=None,
            path=path,
            size_bytes=size_bytes,
            done=done,
            total=done,
            finished_at=ended,
            expires_at=ended + KEEP_FILES,
        )


def _lists(account: Account, export: Export) -> list[ContactList]:
    """Return the lists in the order asked for; one that was deleted since fails the export, which would lack it."""
    found = ContactList.objects.for_account(account).in_bulk(export.list_ids)
    if len(found) < len(export.list_ids):
        raise jobs.JobFailed("LIST_DELETED")
    return [found[pk] for pk in export.list_ids]


@transaction.atomic
def open_file(account: Account, *, export: Export, by: User, now: datetime) -> File:
    """Open the file for somebody who downloads it. Raise ExportGone."""
    if not export.has_file(now):
        raise ExportGone(_("This file is no longer available: export again."))
    try:
        file = default_storage.open(export.path)
    except FileNotFoundError:
        raise ExportGone(_("This file is no longer available: export again.")) from None
    audit.record(account, "EXPORT_DOWNLOADED", export.name, by=by, now=now, counts={"contacts": export.done})
    return file


@transaction.atomic
def purge(account: Account, *, now: datetime) -> int:
    """Delete the files that have expired, and those that no export knows once they are a day old. Return how many.

    Safe to run again.
    """
    old = list(queries.expired(account, now=now).only("pk", "path"))
    for export in old:
        transaction.on_commit(partial(default_storage.delete, export.path), robust=True)
    Export.objects.filter(account=account, pk__in=[export.pk for export in old]).update(path="")
    return len(old) + _sweep(account, {export.path for export in old}, now)


def _sweep(account: Account, going: set[str], now: datetime) -> int:
    folder = folder_of(account)
    known = going | set(Export.objects.filter(account=account).exclude(path="").values_list("path", flat=True))
    names = default_storage.listdir(folder)[1] if default_storage.exists(folder) else []
    unknown = [path for name in names if (path := f"{folder}/{name}") not in known]
    lost = [path for path in unknown if default_storage.get_modified_time(path) < now - timedelta(days=1)]
    for path in lost:
        default_storage.delete(path)
    return len(lost)


def folder_of(account: Account) -> str:
    return f"exports/{account.pk}"
