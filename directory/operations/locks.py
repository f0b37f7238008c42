"""Contacts are only removed while nobody adds members to lists: every member of a diffusion list is a contact.

A key per member that the database checks would cost an import half as much again. Take these locks before any other.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from smsplatform.lib.errors import OperationError

WAIT = "5s"  # for imports, which keep their lock until they are committed
TRY, TRY_AGAIN_SECONDS = "1s", 3  # of those who can wait
LOCK_NOT_AVAILABLE = "55P03"

_ALONE = "select pg_advisory_xact_lock(hashtextextended('directory', %s))"


class DirectoryBusy(OperationError):
    """An import is being written, which may need the contacts that somebody wants to remove."""

    code = "DIRECTORY_BUSY"


def add(account_id: int) -> None:
    """Keep contacts from being removed until the open transaction ends. Whoever writes contacts or members calls this."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(hashtextextended('directory', %s))", [account_id])


def remove(account_id: int, *, patient: bool = False) -> None:
    """Be alone until the open transaction ends, to remove contacts or give them other numbers.

    Raise DirectoryBusy when an import is still at it after WAIT, unless `patient`: workers can wait. They ask again and
    again, since everybody who comes after one that waits for this lock would wait for the import too.
    """
    while True:
        try:
            with impatient(TRY if patient else WAIT), connection.cursor() as cursor:
                cursor.execute(_ALONE, [account_id])
            return
        except DirectoryBusy:
            if not patient:
                raise
        time.sleep(TRY_AGAIN_SECONDS)


@contextmanager
def impatient(wait: str = WAIT) -> Iterator[None]:
    """Do all or nothing, and raise DirectoryBusy rather than wait for a lock for longer."""
    try:
        with transaction.atomic():
            before = _set_timeout(wait)
            yield
            _set_timeout(before)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise DirectoryBusy(_("An import is being written. Try again in a moment: nothing was changed.")) from None


def _set_timeout(wait: str) -> str:
    """Set how long the transaction waits for each lock from now on, and return what it was."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('lock_timeout'), set_config('lock_timeout', %s, true)", [wait])
        return str(cursor.fetchone()[0])
