"""Show how far a worker is with an import, and tell it when it must stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils import timezone

from contacts.models import Import
from contacts.operations.heartbeats import ClaimLost, Heartbeat, beating
from smsplatform.accounts import tenancy

__all__ = ["CancelAsked", "ClaimLost", "Progress", "followed"]


class CancelAsked(Exception):
    """A person cancelled the import."""


class Progress(Heartbeat):
    """Where the pipeline is. `saw` raises CancelAsked or ClaimLost once the last beat found it out."""

    def __init__(self, account_id: int, import_id: int, claim: UUID) -> None:
        super().__init__(f"import {import_id}")
        self.rows = 0
        self.bytes = 0
        self._ids = (account_id, import_id)
        self._claim = claim
        self._stop: type[Exception] | None = None

    @property
    def progress(self) -> tuple[int, int]:
        return self.rows, self.bytes

    def saw(self, rows: int, bytes_read: int) -> None:
        self.rows, self.bytes = rows, bytes_read
        if self._stop:
            raise self._stop

    def _beat(self) -> None:
        account_id, import_id = self._ids
        with tenancy.account_context(account_id):
            # A locked row is about to change hands or to end: never wait for it.
            rows = Import.objects.select_for_update(skip_locked=True).filter(account=account_id, pk=import_id)
            found = rows.values_list("claim", "cancel_asked").first()
            if found is None:
                return
            claim, cancel_asked = found
            if claim != self._claim:
                self._stop = ClaimLost
                return
            self._stop = CancelAsked if cancel_asked else None
            rows.update(rows_done=self.rows, bytes_done=self.bytes, heartbeat_at=timezone.now())


@contextmanager
def followed(account_id: int, import_id: int, claim: UUID) -> Iterator[Progress]:
    """Give signs of life during the block."""
    with beating(Progress(account_id, import_id, claim)) as progress:
        yield progress
