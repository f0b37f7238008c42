"""What is left of deleted people after their rows are gone: found in the background, and erased.

Files and the cells that pages quote are searched for their numbers; an import or an export that holds one loses its file
and its quotes. Names that people gave to things lose the numbers.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from contacts.models import Erasure, Excluded, Export, Import
from contacts.operations import erased_exclusions, exclusions, file_texts, import_details, jobs
from contacts.personal_data import TABLES
from smsplatform.accounts import audit, tenancy
from smsplatform.accounts.models import Account, User
from smsplatform.lib import personal_data, waiting
from smsplatform.lib.phones.traces import Numbers

PATIENCE = 1.0  # seconds, for those who bring numbers
MOST_NUMBERS = 100_000  # of one search; those deleted meanwhile are searched for together
# What waits for other work is called again by the rescue, not at once by itself.
ERASURES = jobs.Kind(Erasure, task="contacts.tasks.run_erasure", failed="ERASURE_FAILED", calls_next=False)

# By arrays and by the key: an import has millions of changes.
_CHANGES = """
delete from contacts_importchange where account_id = %s and import_id = any(%s) and phone = any(%s::bigint[])
"""
_AT_WORK = (Export.Status.QUEUED, Export.Status.RUNNING)

# (account, numbers): what another app erases; returns whether all of it could be.
Eraser = Callable[[Account, Numbers], bool]
_erasers: list[Eraser] = []


@dataclass
class Found:
    """`imports` and `exports` lost their files. `is_all`: nothing is left for later, when work that goes on has ended."""

    imports: int = 0
    exports: int = 0
    is_all: bool = True


def register(eraser: Eraser) -> None:
    _erasers.append(eraser)


@transaction.atomic
def begin(account: Account, *, phones: Iterable[int], by: User | None, now: datetime) -> None:
    """Erase what imports noted of numbers whose rows are gone, and have the rest searched for."""
    numbers = sorted(set(phones))
    if not numbers:
        return
    imports = list(Import.objects.filter(account=account).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [account.pk, imports, numbers])
    queued = Erasure.objects.filter(account=account, status=Erasure.Status.QUEUED).select_for_update(skip_locked=True)
    erasure = queued.order_by("pk").first()
    if erasure is not None and len(erasure.phones) < MOST_NUMBERS:
        erasure.phones, erasure.asked_at = sorted({*erasure.phones, *numbers}), now
        erasure.save(update_fields=["phones", "asked_at"])
        return
    erasure = Erasure(account=account, author=by, phones=numbers, created_at=now, asked_at=now)
    ERASURES.begin(erasure, is_small=False, do=lambda job: None)


def run(account: Account, *, erasure_id: int, now: datetime) -> None:
    """Search for what is left of people, as `jobs.Kind.run`. What is being worked on now is searched once that has ended."""
    ERASURES.run(account, erasure_id, lambda erasure, progress: _erase(account, erasure, progress))


def _erase(account: Account, erasure: Erasure, progress: "jobs.Progress[Erasure]") -> None:
    numbers, found = Numbers(erasure.phones), Found()
    with tenancy.account_context(account):
        old = Import.objects.filter(account=account, details_gone_at=None, created_at__lte=erasure.asked_at)
        imports = list(old.order_by("pk"))
        made = Export.objects.filter(account=account, created_at__lte=erasure.asked_at)
        exports = list(made.exclude(path=""))
        found.is_all = not made.filter(status__in=_AT_WORK).exists()
    for imported in imports:
        _look_at_import(account, imported, numbers, found, progress)
    for export in exports:
        _look_at_export(account, export, numbers, found, progress)
    _keep_excluded(account, erasure, found)
    with tenancy.account_context(account):
        personal_data.mask(TABLES, account.pk, numbers)
        made.filter(finished_at__isnull=False).update(**TABLES["contacts_export"].expires)
        for eraser in _erasers:
            found.is_all &= eraser(account, numbers)
        _end(account, erasure, found)


def _keep_excluded(account: Account, erasure: Erasure, found: Found) -> None:
    """Make digests of the exclusions. While lists are being written they stay as they are, until the next time."""
    try:
        with tenancy.account_context(account):
            if Excluded.objects.filter(account=account, phone__in=erasure.phones).exists():
                with exclusions.alone(account):
                    if not waiting.take_alone(erased_exclusions.RETURNING, account.pk, seconds=PATIENCE):
                        raise waiting.TooLong
                    erased_exclusions.keep(account, phones=erasure.phones)
    except exclusions.ExclusionsBusy:
        found.is_all = False


def _look_at_import(
    account: Account, imported: Import, numbers: Numbers, found: Found, progress: "jobs.Progress[Erasure]"
) -> None:
    if imported.status in Import.IN_PROGRESS:
        found.is_all = False
        return
    encoding = imported.detection.get("encoding") or "utf-8"
    paths = [path for path in (imported.file_path, imported.table_path, imported.rejects_path) if path]
    # Without its files nobody knows any more whose cells it quotes.
    if (
        paths
        and not _quotes(imported, numbers)
        and not any(_holds(path, numbers, progress, encoding) for path in paths)
    ):
        return
    with tenancy.account_context(account):
        rows = Import.objects.filter(account=account, pk=imported.pk).select_for_update()
        held = rows.exclude(status__in=Import.IN_PROGRESS).first()
        if held is None:
            found.is_all = False
            return
        rows.filter(status=Import.Status.READY).update(
            status=Import.Status.CANCELLED, error="PERSON_DELETED", finished_at=timezone.now()
        )
        import_details.forget(account, held, now=timezone.now())
    found.imports += 1


def _quotes(imported: Import, numbers: Numbers) -> bool:
    kept = [getattr(imported, name) for name in import_details.COLUMNS]
    return numbers.are_in(json.dumps(kept, ensure_ascii=False))


def _look_at_export(
    account: Account, export: Export, numbers: Numbers, found: Found, progress: "jobs.Progress[Erasure]"
) -> None:
    if not _holds(export.path, numbers, progress):
        return
    with tenancy.account_context(account):
        transaction.on_commit(partial(default_storage.delete, export.path), robust=True)
        Export.objects.filter(account=account, pk=export.pk).update(path="")
    found.exports += 1


def _holds(path: str, numbers: Numbers, progress: "jobs.Progress[Erasure]", encoding: str = "utf-8") -> bool:
    """Return whether a file holds one of the numbers, or may do."""
    read = 0
    try:
        with default_storage.open(path, "rb") as file:
            for piece in file_texts.pieces(cast(BinaryIO, file), encoding):
                read += len(piece)
                progress.saw(progress.done + 1)  # a piece read is a sign that it goes on
                if numbers.are_in(piece) or read > 2 * settings.IMPORT_MAX_EXPANDED_BYTES:
                    return True
    except FileNotFoundError:
        return False
    except file_texts.Unreadable:
        return True
    return False


def _end(account: Account, erasure: Erasure, found: Found) -> None:
    result: dict[str, Any] = {
        name: erasure.result.get(name, 0) + count for name, count in asdict(found).items() if name != "is_all"
    }
    if not found.is_all:
        # The rescue calls again in a while.
        ERASURES.write_if_mine(erasure, status=Erasure.Status.QUEUED, claim=None, attempts=0, result=result)
        return
    now = timezone.now()
    ERASURES.write_if_mine(erasure, status=Erasure.Status.DONE, claim=None, phones=[], result=result, finished_at=now)
    audit.record(account, "ERASURE_DONE", "", by=erasure.author, now=now, counts=result)


@transaction.atomic
def purge(account: Account, *, now: datetime) -> int:
    """Empty what has expired, as the register says, and have failed erasures begin again. Return how many rows."""
    failed = Erasure.objects.filter(account=account, status=Erasure.Status.FAILED).exclude(phones=[])
    for pk in list(failed.values_list("pk", flat=True)):
        failed.filter(pk=pk).update(
            status=Erasure.Status.QUEUED, attempts=0, heartbeat_at=now, finished_at=None, error=""
        )
        ERASURES.call(account.pk, pk)
    return personal_data.purge(TABLES, account.pk, now=now)
