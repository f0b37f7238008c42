"""Repair the refused lines of an import that waits to be confirmed: whole groups, or single numbers.

Both become part of the import's corrections, so that the file is analysed again and what people see is what is imported.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts import messages
from contacts.importer.plan import Plan
from contacts.importer.repairs import is_fix
from contacts.models import Import
from contacts.operations import imports
from contacts.queries import rejects
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError
from smsplatform.lib.phones import PhoneError, normalise

MOST_EDITS = 2_000  # numbers corrected one by one; more are for a spreadsheet and an import of their own
EDIT_CHARACTERS = 64


class RepairRefused(OperationError):
    """There is nothing that this repair could be applied to."""

    code = "REPAIR_REFUSED"


class TooManyEdits(OperationError):
    """More than MOST_EDITS numbers would be corrected one by one."""

    code = "TOO_MANY_EDITS"


class EditsRefused(OperationError):
    """Some numbers are still wrong; nothing was saved. `errors`: by line, why."""

    code = "EDITS_REFUSED"

    def __init__(self, message: str, errors: dict[int, str]) -> None:
        super().__init__(message)
        self.errors = errors


@transaction.atomic
def apply_fix(account: Account, *, imported: Import, fix: str, by: User, now: datetime) -> None:
    """Apply one offered repair to all lines that it makes valid. Raise RepairRefused or ImportChanged."""
    ready = lock_ready(account, imported)
    count = next((offer["count"] for offer in ready.preview.get("offers", []) if offer["fix"] == fix), 0)
    if not is_fix(fix) or not count:
        raise RepairRefused(_("This repair no longer applies to any line. Nothing was done."))
    fixes = [*ready.overrides.get("fixes", []), fix]
    _correct(account, ready, {"fixes": fixes}, by, now)
    audit.record(account, "IMPORT_REPAIRED", ready.list_name, by=by, now=now, counts={"lines": count})


@transaction.atomic
def remove_fix(account: Account, *, imported: Import, fix: str, by: User, now: datetime) -> None:
    """Take an applied repair back: its lines are refused again. Raise RepairRefused or ImportChanged."""
    ready = lock_ready(account, imported)
    fixes = ready.overrides.get("fixes", [])
    if fix not in fixes:
        raise RepairRefused(_("This repair was already taken back."))
    _correct(account, ready, {"fixes": [kept for kept in fixes if kept != fix]}, by, now)


@transaction.atomic
def edit(account: Account, *, imported: Import, numbers: Mapping[int, str], by: User, now: datetime) -> int:
    """Correct the numbers of single refused lines and return how many; unchanged and empty ones are left as they are.

    All or nothing. Raise EditsRefused, TooManyEdits, RepairRefused or ImportChanged.
    """
    ready = lock_ready(account, imported)
    if why_not := why_no_edits(ready):
        raise RepairRefused(why_not)
    refused = _refused(ready, numbers)
    typed = {line: one_line(number) for line, number in numbers.items() if number.strip()}
    changed = {line: number for line, number in typed.items() if number != one_line(refused[line].value)}
    errors = {line: why for line, number in changed.items() if (why := _why(refused[line], number, ready.region))}
    if errors:
        message = ngettext("%(n)d number is still wrong.", "%(n)d numbers are still wrong.", len(errors))
        raise EditsRefused(message % {"n": len(errors)} + " " + _("Nothing was saved yet."), errors)
    if changed:
        add_edits(account, ready, changed, by, now)
    return len(changed)


def why_no_edits(imported: Import) -> str:
    """Return why the lines of an import cannot be corrected one by one, "" where they can."""
    plan = Plan.from_json(imported.detection)
    if plan.is_one_line:
        return _("These values stand on one line: correct them in a list of your own, one per line.")
    return "" if plan.phone_column is not None else _("Choose the column of the mobile phones first.")


def add_edits(account: Account, ready: Import, numbers: Mapping[int, str], by: User, now: datetime) -> None:
    """Keep corrected numbers of a locked import with those before them. Raise TooManyEdits."""
    edits = ready.overrides.get("edits", {}) | {str(line): number for line, number in numbers.items()}
    refuse_too_many(len(edits))
    _correct(account, ready, {"edits": edits}, by, now)
    audit.record(account, "IMPORT_REPAIRED", ready.list_name, by=by, now=now, counts={"lines": len(numbers)})


def refuse_too_many(edits: int) -> None:
    if edits > MOST_EDITS:
        message = _(
            "At most %(most)s numbers can be corrected one by one. Import the valid lines first, then send the corrected"
            " file from the report of the import: it has no such limit."
        )
        raise TooManyEdits(message % {"most": formats.number_format(MOST_EDITS, force_grouping=True)})


@transaction.atomic
def remove_edits(account: Account, *, imported: Import, lines: list[int], by: User, now: datetime) -> None:
    """Take the corrected numbers of lines back. Raise RepairRefused or ImportChanged."""
    ready = lock_ready(account, imported)
    edits = ready.overrides.get("edits", {})
    kept = {line: number for line, number in edits.items() if int(line) not in set(lines)}
    if len(kept) == len(edits):
        raise RepairRefused(_("This repair was already taken back."))
    _correct(account, ready, {"edits": kept}, by, now)


def one_line(value: str) -> str:
    """Return a cell as a field of one line shows it."""
    return " ".join(value.split())


def why_refused(number: str, region: str) -> str:
    """Return the sentence for why a typed number is no mobile number, "" for one that is."""
    if len(number) > EDIT_CHARACTERS:
        return _("Enter one number only.")
    try:
        normalise(number, region)
    except PhoneError as error:
        return messages.reason_text(error.reason.value, number)
    return ""


def _why(row: rejects.Rejected, number: str, region: str) -> str:
    """Return why a line stays refused with this number, "" where it does not."""
    return row.reason if row.reason in messages.every_line_reason() else why_refused(number, region)


def lock_ready(account: Account, imported: Import) -> Import:
    """Lock the import as it is now, so that two people who repair at once add up. Raise ImportChanged."""
    row = Import.objects.select_for_update().get(account=account, pk=imported.pk)
    if row.status != Import.Status.READY:
        raise _changed(imported)
    return row


def _changed(imported: Import) -> imports.ImportChanged:
    message = _("The import of “%(name)s” has changed meanwhile. Nothing was done.")
    return imports.ImportChanged(message % {"name": imported.list_name})


def _refused(imported: Import, numbers: Mapping[int, str]) -> dict[int, rejects.Rejected]:
    """Return the refused lines of the numbers. Raise RepairRefused where some are no longer refused."""
    try:
        found = rejects.of_lines(imported, numbers)
    except FileNotFoundError:
        found = {}
    if missing := sorted(set(numbers) - set(found)):
        message = _("Line %(line)s is no longer among the refused lines. Nothing was saved; check the table again.")
        raise RepairRefused(message % {"line": formats.number_format(missing[0], force_grouping=True)})
    return found


def _correct(account: Account, imported: Import, repairs: dict[str, Any], by: User, now: datetime) -> None:
    overrides = {name: value for name, value in (imported.overrides | repairs).items() if value or name not in repairs}
    imports.correct(account, imported=imported, overrides=overrides, region=imported.region, by=by, now=now)
