"""Contacts are only removed while nobody adds members to lists: every member of a diffusion list is a contact.

A key per member that the database checks would cost an import half as much again. Take these locks before any other.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from smsplatform.lib import waiting
from smsplatform.lib.errors import OperationError

WAIT = "1s"  # for rows that an import keeps until it is committed
WAIT_SECONDS = 1.0  # until the import has ended


class DirectoryBusy(OperationError):
    """An import is being written, which may need the contacts that somebody wants to remove."""

    code = "DIRECTORY_BUSY"


def add(account_id: int) -> None:
    """Keep contacts from being removed until the open transaction ends. Whoever writes contacts or members calls this."""
    waiting.share("directory", account_id)


def remove(account_id: int, *, patient: bool = False) -> None:
    """Be alone until the open transaction ends, to remove contacts or give them other numbers.

    Raise DirectoryBusy when an import is still at it after WAIT_SECONDS, unless `patient`: workers can wait.
    """
    if not waiting.take_alone("directory", account_id, seconds=math.inf if patient else WAIT_SECONDS):
        raise _busy()


@contextmanager
def impatient(wait: str = "") -> Iterator[None]:
    """Do all or nothing, and raise DirectoryBusy rather than wait for a lock for longer than `wait`, or else WAIT."""
    try:
        with waiting.at_most(wait or WAIT):
            yield
    except waiting.TooLong:
        raise _busy() from None


def _busy() -> DirectoryBusy:
    return DirectoryBusy(_("An import is being written. Try again in a moment: nothing was changed."))
