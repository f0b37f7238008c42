"""Contacts are only removed while nobody adds members to lists: every member of a diffusion list is a contact.

A key per member that the database checks would cost an import half as much again. Take these locks before any other.
"""

from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from smsplatform.lib.errors import OperationError

WAIT = "5s"  # for imports, which keep their lock until they are committed


class DirectoryBusy(OperationError):
    """An import is being written, which may need the contacts that somebody wants to remove."""

    code = "DIRECTORY_BUSY"


def add(account_id: int) -> None:
    """Keep contacts from being removed until the open transaction ends. Whoever writes contacts or members calls this."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(hashtextextended('directory', %s))", [account_id])


def remove(account_id: int, *, patient: bool = False) -> None:
    """Be alone until the open transaction ends, to remove contacts or give them other numbers.

    Raise DirectoryBusy when an import is still at it after WAIT, unless `patient`: workers can wait.
    """
    with connection.cursor() as cursor:
        if not patient:
            cursor.execute("select set_config('lock_timeout', %s, true)", [WAIT])
        try:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('directory', %s))", [account_id])
        except OperationalError:
            raise DirectoryBusy(_("An import is being written. Try again in a moment: nothing was changed.")) from None
        if not patient:
            cursor.execute("select set_config('lock_timeout', '0', true)")
