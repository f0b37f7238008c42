"""How a worker takes an import, keeps it while it works, and ends it, whatever happens."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.importer.pipeline import TooManyRowsError
from contacts.importer.sources import errors
from contacts.importer.sources.errors import SourceError
from contacts.models import Import
from contacts.operations import liveness, wakeups
from contacts.operations.heartbeats import DatabaseLost, log_error
from contacts.operations.import_progress import CancelAsked, ClaimLost, Progress, followed
from contacts.operations.import_targets import ListGone
from contacts.operations.stored_files import QuotaReached
from smsplatform.accounts import audit, tenancy
from smsplatform.accounts.models import Account
from smsplatform.lib import storage
from smsplatform.lib.errors import OperationError
from smsplatform.lib.waiting import take

logger = logging.getLogger(__name__)

Status = Import.Status


class ImportAlreadyStarted(OperationError):
    """Another worker is at it, or was: a task delivered twice, say."""

    code = "IMPORT_ALREADY_STARTED"


@contextmanager
def share_of_the_workers(
    account: Account, import_id: int, waiting: Status, working: Status, now: datetime
) -> Iterator[Import | None]:
    """Claim an import for the block; None when the account already has as many at work as it may.

    The next of the account's imports to end calls for the oldest that waits, at the end of the queue, so that other
    accounts come in between.
    """
    with tenancy.account_context(account):
        # One import of an account is claimed at a time, or two would both find the last free place.
        take("imports", account.pk)
        at_work = Import.objects.filter(account=account, status__in=Import.WORKING).exclude(pk=import_id).count()
        has_room = at_work < settings.IMPORTS_PER_ACCOUNT
        imported = _claim(account, import_id, waiting, working, now) if has_room else None
    try:
        yield imported
    finally:
        if imported is not None:
            _call_next(account)


def _claim(account: Account, import_id: int, waiting: Status, working: Status, now: datetime) -> Import:
    """Take the import for this worker: tasks may come twice, and workers back from the dead."""
    rows = Import.objects.filter(account=account, pk=import_id)
    taken = rows.filter(status=waiting).update(
        status=working,
        claim=uuid.uuid4(),
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", Value(now)) if working == Status.RUNNING else F("started_at"),
        heartbeat_at=timezone.now(),
    )
    if not taken:
        raise ImportAlreadyStarted(_("This import has already been started."))
    return rows.select_related("author").get()


def write_if_mine(imported: Import, **changes: Any) -> None:
    """Write the end of the work, in the transaction of the work itself. Raise when it is no longer ours to end."""
    row = Import.objects.filter(pk=imported.pk, account=imported.account_id)
    done = {"rows_done": imported.rows_done, "bytes_done": imported.bytes_done, "claim": None}
    if not row.filter(claim=imported.claim, cancel_asked=False).update(**done, **changes):
        raise CancelAsked if row.filter(claim=imported.claim).exists() else ClaimLost


@contextmanager
def worked_on(account: Account, imported: Import) -> Iterator[Progress]:
    """Open the transaction of the whole work, with signs of life beside it; what stops it ends the import."""
    assert imported.claim is not None
    with (
        liveness.held(imported.claim),
        _ended_if_it_fails(account, imported),
        followed(account.pk, imported.pk, imported.claim) as progress,
        tenancy.account_context(account),
    ):
        yield progress


@contextmanager
def _ended_if_it_fails(account: Account, imported: Import) -> Iterator[None]:
    """Turn what stops the work into the import's state. A lost database is left to `rescue`: nothing can be written."""
    try:
        with storage.said():
            yield
    except (storage.NoSpace, QuotaReached) as error:
        _fail(account, imported, error.code)
    except ClaimLost:
        logger.warning("import %d: given up, another worker has it", imported.pk)
    except CancelAsked:
        _end(account, imported, status=Status.CANCELLED)
    except TooManyRowsError:
        _fail(account, imported, "TOO_MANY_ROWS")
    except ListGone:
        _fail(account, imported, "LIST_GONE")
    except SourceError as error:
        _fail(account, imported, error.code)
    except MemoryError:
        _fail(account, imported, errors.TOO_LARGE)
    except FileNotFoundError:
        _fail(account, imported, "FILE_MISSING")
    except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
        raise DatabaseLost(f"import {imported.pk}: {type(error).__name__}") from None
    except Exception as error:
        log_error(f"import {imported.pk}", error)
        _fail(account, imported, "UNEXPECTED")


def _fail(account: Account, imported: Import, code: str) -> None:
    with tenancy.account_context(account):
        if _end(account, imported, status=Status.FAILED, error=code):
            audit.record(account, "IMPORT_FAILED", imported.list_name, by=imported.author, now=timezone.now())


def _end(account: Account, imported: Import, **changes: Any) -> bool:
    with tenancy.account_context(account):
        mine = Import.objects.filter(account=account, pk=imported.pk, claim=imported.claim)
        return mine.update(claim=None, finished_at=timezone.now(), **changes) == 1


def _call_next(account: Account) -> None:
    with tenancy.account_context(account):
        waiting = Import.objects.filter(account=account, status__in=wakeups.WAITING_FOR).order_by("pk").first()
        if waiting is not None:
            wakeups.call(wakeups.WAITING_FOR[Status(waiting.status)], account.pk, waiting.pk)
