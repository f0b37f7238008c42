"""An import from the file to the list, as people steer it: send, correct, confirm, cancel.

The worker's side, which these operations call by task, is in `import_runs`.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.importer.detect import Overrides
from contacts.importer.plan import ENCODINGS
from contacts.models import ContactList, Import, ImportChange
from contacts.operations import import_details, import_files, import_targets, liveness, recipes, wakeups
from contacts.operations.import_claims import ImportAlreadyStarted
from contacts.operations.import_moves import ImportChanged, changed, move
from contacts.operations.import_runs import analyse, detected_only, run
from contacts.operations.import_settings import CorrectionRefused, settle
from smsplatform.accounts import audit, tenancy
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError
from smsplatform.lib.phones import PhoneColumn

__all__ = [
    "CorrectionRefused",
    "ImportAlreadyStarted",
    "ImportChanged",
    "NothingToImport",
    "analyse",
    "cancel",
    "confirm",
    "correct",
    "purge_files",
    "record_rejects_export",
    "rescue",
    "run",
    "settle",
    "upload",
]

Status = Import.Status
Target = Import.Target

CALL_AGAIN_AFTER = timedelta(seconds=60)  # an import that still waits: its call may be lost
MAX_ATTEMPTS = 3
KEEP_FILES = timedelta(days=settings.PERSONAL_DETAILS_DAYS)  # an uploaded file is full of personal data
_WAITS_AS = {Status.ANALYSING: Status.UPLOADED, Status.RUNNING: Status.QUEUED}


class NothingToImport(OperationError):
    """No line holds a valid number."""

    code = "NOTHING_TO_IMPORT"


class ListKeepsItself(OperationError):
    """The list is filled by its rule, not by files."""

    code = "LIST_KEEPS_ITSELF"


@transaction.atomic
def upload(
    account: Account,
    *,
    target: Target = Target.NEW,
    contact_list: ContactList | None = None,
    parent: Import | None = None,
    list_name: str = "",
    list_description: str = "",
    updates_existing: bool = True,
    erases_empty: bool = False,
    into_directory: bool = False,
    expires_after_months: int | None = None,
    file: File | None = None,
    pasted: str = "",
    by: User,
    now: datetime,
) -> Import:
    """Keep a file, or pasted values without one, and have it analysed. Raise FileEmpty, FileTooLarge or NotText.

    `list_name`: of a new list. `contact_list`: the list that APPEND and REPLACE write to; into a diffusion list people
    always come by way of the directory. Raise ListKeepsItself for one that follows a rule.
    """
    if contact_list is not None and contact_list.rule is not None:
        message = _("The list “%(name)s” keeps itself up to date: freeze it first, then change its contacts.")
        raise ListKeepsItself(message % {"name": contact_list.name})
    kept = import_files.keep(account, file) if file is not None else import_files.keep_pasted(account, pasted)
    imported = Import.objects.create(
        account=account,
        author=by,
        target=target,
        contact_list=contact_list,
        parent=parent,
        list_name=contact_list.name if contact_list else list_name,
        list_description=list_description,
        updates_existing=updates_existing,
        erases_empty=erases_empty,
        into_directory=into_directory or _is_diffusion(contact_list),
        expires_after_months=expires_after_months,
        file_name=kept.name,
        file_path=kept.path,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        region=account.region,
        created_at=now,
        heartbeat_at=now,
    )
    wakeups.call(wakeups.ANALYSE, account.pk, imported.pk)
    return imported


def _is_diffusion(contact_list: ContactList | None) -> bool:
    return contact_list is not None and contact_list.kind == ContactList.Kind.DIRECTORY


@transaction.atomic
def correct(
    account: Account, *, imported: Import, overrides: dict[str, Any], region: str, by: User, now: datetime
) -> None:
    """Analyse again with a person's corrections: `overrides` as detect.Overrides, an absent or null one is detected."""
    kept = {name: value for name, value in overrides.items() if value is not None}
    try:
        Overrides(**detected_only(kept))
        _check_columns(kept.get("columns", {}))
        _check_columns(kept.get("attributes", {}))
        PhoneColumn(region)
        if kept.get("encoding", "utf-8") not in ENCODINGS:
            raise ValueError(kept["encoding"])
    except (TypeError, ValueError):
        raise CorrectionRefused(_("This correction cannot be applied. The detection has not changed.")) from None
    _read_again(account, imported, now, overrides=kept, region=region.upper())


def _read_again(account: Account, imported: Import, now: datetime, **changes: Any) -> None:
    """Have an import analysed that was already."""
    again = {"attempts": 0, "rows_done": 0, "bytes_done": 0, "heartbeat_at": now}
    move(account, imported, (Status.READY,), status=Status.UPLOADED, **again, **changes)
    wakeups.call(wakeups.ANALYSE, account.pk, imported.pk)


@transaction.atomic
def confirm(account: Account, *, imported: Import, seen: str, by: User, now: datetime) -> None:
    """Have the import done as its preview shows it. Raise NothingToImport when that is nothing, and ImportChanged
    unless `seen` is the `settings_digest` of the import as it is: somebody may have corrected it since.

    Where the list's columns or the directory's attributes have changed since, the file is analysed again instead: the
    preview no longer holds.
    """
    if seen != imported.settings_digest:
        raise changed(imported)
    if imported.status == Status.READY:
        _refuse_nothing(imported)
        if not import_targets.confirmed(imported):
            _read_again(account, imported, now)
            return
    changes = {"status": Status.QUEUED, "attempts": 0, "rows_done": 0, "bytes_done": 0, "heartbeat_at": now}
    move(account, imported, (Status.READY,), **changes)
    recipes.remember(account, imported, now)
    audit.record(account, "IMPORT_STARTED", imported.list_name, by=by, now=now)
    wakeups.call(wakeups.RUN, account.pk, imported.pk)


def _check_columns(columns: Any) -> None:
    """Raise TypeError or ValueError for anything but {"2": "c1" or "NEW" or ""}, or "a1" for attributes."""
    if not isinstance(columns, dict):
        raise TypeError(columns)
    for index, key in columns.items():
        if not (index.isascii() and index.isdecimal()) or not isinstance(key, str):
            raise ValueError(index)


def _refuse_nothing(imported: Import) -> None:
    counts = imported.preview
    if not counts.get("new", 0) + counts.get("updated", 0) + counts.get("unchanged", 0):
        message = _("No line of this file holds a valid mobile number. Check the column of the numbers.")
        raise NothingToImport(message)
    if not counts["new"] + counts["updated"] + counts.get("removed", 0) + counts.get("joined", 0):
        raise NothingToImport(_("Every contact of this file is already there: nothing would change."))


@transaction.atomic
def cancel(account: Account, *, imported: Import, by: User, now: datetime) -> None:
    """End an import that has not ended. One that a worker is at leaves nothing and ends within seconds."""
    mine = Import.objects.filter(account=account, pk=imported.pk)
    waiting = mine.exclude(status__in=(*Import.ENDED, *Import.WORKING))
    asked = mine.filter(status__in=Import.WORKING, cancel_asked=False)
    if not waiting.update(status=Status.CANCELLED, finished_at=now) and not asked.update(cancel_asked=True):
        raise ImportChanged(
            _("The import of “%(name)s” has already ended or is being cancelled.") % {"name": imported.list_name}
        )
    audit.record(account, "IMPORT_CANCELLED", imported.list_name, by=by, now=now)
    imported.refresh_from_db()


@transaction.atomic
def record_rejects_export(account: Account, *, imported: Import, by: User, now: datetime) -> None:
    """Note who took the refused lines out."""
    counts = imported.result or imported.preview
    rejected = sum(counts["rejected"].values())
    audit.record(account, "REJECTS_EXPORTED", imported.list_name, by=by, now=now, counts={"rejected": rejected})


@transaction.atomic
def purge_files(account: Account, *, now: datetime) -> int:
    """Delete the files of the imports that ended, or were left lying, KEEP_FILES ago, and what they quote. Return how many.

    The counts of the reports stay. Files that belong to no import, as an undone transaction leaves them, go too.
    Safe to run again.
    """
    import_files.sweep(account, now=now)
    is_old = Q(finished_at__lt=now - KEEP_FILES) | Q(finished_at=None, created_at__lt=now - KEEP_FILES)
    old = Import.objects.filter(is_old, account=account).filter(details_gone_at=None)
    ids = []
    for imported in old.exclude(status__in=Import.IN_PROGRESS):
        import_details.forget(account, imported, now=now)
        ids.append(imported.pk)
    mine = Import.objects.filter(account=account, pk__in=ids)
    # Those too whose details went before, with a person whom they quoted.
    ended = Import.objects.filter(is_old, account=account).exclude(status__in=Import.IN_PROGRESS)
    ImportChange.objects.filter(account=account, imported__in=ended.values("pk")).delete()
    mine.filter(status=Status.READY).update(status=Status.CANCELLED, finished_at=now)
    return len(ids)


def rescue(account: Account, *, now: datetime) -> int:
    """Call again for the imports of dead workers and for those that wait too long. Return how many. Safe to repeat."""
    with tenancy.account_context(account):
        silent = Import.objects.filter(
            account=account, status__in=Import.WORKING, heartbeat_at__lt=now - liveness.STALE_AFTER
        )
        dead = [one for one in silent if liveness.is_over(one.claim, seen_at=one.heartbeat_at, now=now)]
        waiting = Import.objects.filter(
            account=account, status__in=wakeups.WAITING_FOR, heartbeat_at__lt=now - CALL_AGAIN_AFTER
        )
        rescued = sum(_take_back(account, imported, now) for imported in dead)
        return rescued + sum(_call_again(account, imported, now) for imported in waiting)


def _take_back(account: Account, imported: Import, now: datetime) -> bool:
    """Take an import from a worker that shows no life: its claim ends, so that it can commit nothing any more."""
    mine = Import.objects.filter(pk=imported.pk, claim=imported.claim, heartbeat_at=imported.heartbeat_at)
    ended = {"claim": None, "finished_at": now}
    if imported.cancel_asked:
        return mine.update(status=Status.CANCELLED, **ended) == 1
    if imported.attempts >= MAX_ATTEMPTS:
        has_failed = mine.update(status=Status.FAILED, error="CRASHED", **ended) == 1
        if has_failed:
            audit.record(account, "IMPORT_FAILED", imported.list_name, by=None, now=now)
        return has_failed
    waits_as = _WAITS_AS[Status(imported.status)]
    if not mine.update(status=waits_as, claim=None, heartbeat_at=now):
        return False
    wakeups.call(wakeups.WAITING_FOR[waits_as], account.pk, imported.pk)
    return True


def _call_again(account: Account, imported: Import, now: datetime) -> bool:
    mine = Import.objects.filter(pk=imported.pk, status=imported.status, heartbeat_at=imported.heartbeat_at)
    if not mine.update(heartbeat_at=now):
        return False
    wakeups.call(wakeups.WAITING_FOR[Status(imported.status)], account.pk, imported.pk)
    return True
