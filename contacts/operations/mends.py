"""Bring refused lines back: a corrected file for an import that waits, an import of their own for one that is done."""

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from contacts import messages
from contacts.importer import corrected, repair_rules
from contacts.importer.corrected import Corrected
from contacts.importer.plan import Plan
from contacts.importer.sources import kinds, reader
from contacts.importer.sources.errors import SourceError
from contacts.models import Import
from contacts.operations import imports, repairs
from contacts.operations.repairs import EDIT_CHARACTERS
from contacts.queries import rejects
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

Target = Import.Target

MOST_SECONDS = 20  # for a workbook, while the person waits
FLUSH_CHARACTERS = 2**18
# Corrections that hold for the same columns in another file.
KEPT_OVERRIDES = ("second_phone", "country_column")


class WrongFile(OperationError):
    """What was sent is not this import's file of refused lines, or cannot be read as one."""

    code = "WRONG_REJECTS_FILE"


class NotMendable(OperationError):
    """The import's refused lines have nowhere to go any more."""

    code = "NOT_MENDABLE"


@dataclass(frozen=True)
class Taken:
    """`taken`: lines corrected now. `still_wrong`: without a valid number. `not_refused`: no longer, or never.
    `contradictory`: there several times with different numbers."""

    taken: int
    still_wrong: int
    not_refused: int
    contradictory: int


@transaction.atomic
def take_file(account: Account, *, imported: Import, file: File, by: User, now: datetime) -> Taken:
    """Take the corrected numbers of a file of refused lines, by line, into the import that waits.

    Raise WrongFile, TooManyEdits or ImportChanged.
    """
    ready = repairs.lock_ready(account, imported)
    if why_not := repairs.why_no_edits(ready):
        raise WrongFile(why_not)
    with _opened(ready, file) as sent:
        numbers, still_wrong, contradictory = _numbers(ready, sent)
    refused = _refused(ready, numbers)
    known = {line: numbers[line] for line in refused}
    if known:
        repairs.add_edits(account, ready, known, by, now)
    return Taken(len(known), still_wrong, len(numbers) - len(known), contradictory)


def _numbers(ready: Import, sent: Corrected) -> tuple[dict[int, str], int, int]:
    """Return the valid numbers by line, and how many lines are still wrong or contradict each other."""
    phone = _phone_index(ready, sent.names)
    numbers: dict[int, str] = {}
    contradictory: set[int] = set()
    still_wrong = 0
    for line, cells in sent.rows:
        if line is None and not any(map(str.strip, cells)):
            continue
        text = cells[phone].strip() if phone < len(cells) else ""
        found = repair_rules.read(text, ready.region) if len(text) <= EDIT_CHARACTERS else None
        if line is None or found is None:
            still_wrong += 1
        elif line in numbers and repair_rules.read(numbers[line], ready.region) != found:
            contradictory.add(line)
        else:
            numbers[line] = text
            repairs.refuse_too_many(len(numbers))
    kept = {line: text for line, text in numbers.items() if line not in contradictory}
    return kept, still_wrong, len(contradictory)


def _refused(ready: Import, numbers: dict[int, str]) -> dict[int, rejects.Rejected]:
    try:
        found = rejects.of_lines(ready, numbers)
    except FileNotFoundError:
        return {}
    return {line: row for line, row in found.items() if row.reason not in messages.every_line_reason()}


@transaction.atomic
def start(account: Account, *, imported: Import, file: File | None = None, by: User, now: datetime) -> Import:
    """Return a new import of the refused lines of one that is done, into the same list: from the corrected `file`, or
    without one from the lines as they were refused, to be repaired on screen; for those, a mend at work is returned
    instead of a second one. Raise NotMendable, WrongFile or what `imports.upload` raises.
    """
    rows = Import.objects.select_for_update(of=("self",)).select_related("contact_list")
    done = rows.get(account=account, pk=imported.pk)
    _refuse_unmendable(done)
    if file is None and (at_work := rejects.mend_at_work(account, done)):
        return at_work
    with _lines(done, file) as (table, overrides):
        mend = imports.upload(
            account,
            target=Target.EXCLUDE if done.target == Target.EXCLUDE else Target.APPEND,
            contact_list=done.contact_list,
            parent=done,
            list_name=done.list_name,
            # A line that was refused was never first: it must not change what other lines brought.
            updates_existing=done.updates_existing and done.target == Target.APPEND,
            erases_empty=done.erases_empty,
            file=table,
            by=by,
            now=now,
        )
    mend.overrides, mend.region = overrides, done.region
    mend.save(update_fields=["overrides", "region"])
    return mend


def _refuse_unmendable(done: Import) -> None:
    if done.status != Import.Status.DONE or done.undone_at:
        raise NotMendable(
            _("Only the refused lines of an import that is done, and was not undone, can be brought back.")
        )
    gone = done.contact_list is None or done.contact_list.deleted_at
    if done.target != Target.EXCLUDE and gone:
        message = _(
            "The list “%(name)s” was deleted. Restore it first, or download the refused lines and import them into"
            " another list."
        )
        raise NotMendable(message % {"name": done.list_name})
    if Plan.from_json(done.detection).phone_column is None:
        raise NotMendable(_("This import had no column of numbers: send the file again and choose one."))


@contextmanager
def _lines(done: Import, file: File | None) -> Iterator[tuple[File, dict[str, Any]]]:
    """Open a file with the refused lines alone, without our columns, and the corrections to read it with."""
    plan = Plan.from_json(done.detection)
    assert plan.phone_column is not None
    with tempfile.TemporaryFile() as table:
        if file is None:
            _write_stored(done, plan, table)
            phone, kept = plan.phone_column, _kept_overrides(done)
        else:
            with _opened(done, file) as sent:
                phone, names = _phone_index(done, sent.names), sent.names
                _write(table, [names] * plan.has_header, (cells for _line, cells in sent.rows))
            same = list(names[: plan.width]) == list(plan.names)
            kept = _kept_overrides(done) if same else {}
        read_with = {"encoding": "utf-8", "delimiter": ";", "has_header": plan.has_header, "phone_column": phone}
        name = _("%(name)s - rejected lines") % {"name": done.list_name}
        yield File(table, name=f"{name}.csv"), read_with | kept


def _write_stored(done: Import, plan: Plan, table: BinaryIO) -> None:
    try:
        with rejects.opened(done) as records:
            titles = next(records)
            end = plan.width + rejects.added_columns(titles, plan)
            rows = (record[: plan.width] + record[end:] for record in records)
            _write(table, [titles[: plan.width]] * plan.has_header, rows)
    except FileNotFoundError:
        raise NotMendable(_("The file of rejected lines is no longer there.")) from None


def _write(table: BinaryIO, header: list[list[str]], rows: Iterator[list[str]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerows(header)
    for row in rows:
        writer.writerow(row)
        if buffer.tell() > FLUSH_CHARACTERS:
            table.write(buffer.getvalue().encode("utf-8", "replace"))
            buffer.seek(0)
            buffer.truncate()
    table.write(buffer.getvalue().encode("utf-8", "replace"))
    table.seek(0)


def _kept_overrides(done: Import) -> dict[str, Any]:
    """Return the corrections that the same columns need; those that became columns of the list meet them by name."""
    kept = {name: done.overrides[name] for name in KEPT_OVERRIDES if name in done.overrides}
    columns = {index: key for index, key in done.overrides.get("columns", {}).items() if key != "NEW"}
    return kept | ({"columns": columns} if columns else {})


@contextmanager
def _opened(imported: Import, file: File) -> Iterator[Corrected]:
    """Open a corrected file, whatever program saved it. Raise WrongFile unless it is this import's."""
    try:
        with _text_of(imported, file) as text, corrected.opened(text, messages.every_reject_title()) as sent:
            if sent.import_id != imported.pk:
                raise WrongFile(_("These are the rejected lines of another import. Send those of this one."))
            yield sent
    except corrected.NotOurs:
        line = messages.reject_titles(imported.pk)[0]
        message = _(
            "This is not the file of rejected lines: the column “%(line)s” is missing. Download the rejected lines,"
            " correct the numbers there without removing this column, and send that file."
        )
        raise WrongFile(message % {"line": line}) from None
    except SourceError as error:
        raise WrongFile(messages.failure_text(error.code)) from None
    except csv.Error:
        raise WrongFile(_("This file cannot be read: save it again as CSV or as a workbook.")) from None


@contextmanager
def _text_of(imported: Import, file: File) -> Iterator[BinaryIO]:
    """Open the file itself where it is text, else the table that a workbook holds. Raise SourceError."""
    source = cast(BinaryIO, file)
    file.seek(0)
    kind = kinds.kind_of(file.read(kinds.HEAD_BYTES))
    file.seek(0)
    if kind == kinds.TEXT:
        yield source
        return
    limits = reader.Limits(
        max_memory=settings.IMPORT_WORKBOOK_MEMORY,
        max_seconds=MOST_SECONDS,
        max_bytes=settings.IMPORT_MAX_BYTES,
        max_expanded=settings.IMPORT_MAX_EXPANDED_BYTES,
    )
    opened = reader.table_of(source, region=imported.region, sheet=None, limits=limits, watch=_Nobody())
    with opened as (table, _made):
        yield table


class _Nobody:
    def saw(self, rows: int, bytes_read: int) -> None:
        pass


def _phone_index(imported: Import, names: list[str]) -> int:
    plan = Plan.from_json(imported.detection)
    assert plan.phone_column is not None
    try:
        return corrected.phone_index(names, plan.names, plan.phone_column)
    except corrected.NoPhones:
        message = _(
            "The column of the numbers (“%(name)s”) is missing or was renamed. Put it back, and send the file again."
        )
        raise WrongFile(message % {"name": plan.names[plan.phone_column] or "–"}) from None
