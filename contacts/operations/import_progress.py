"""Show how far a worker is, and tell it when it must stop, from a second connection while the import's is busy."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection
from django.db.utils import Error as DatabaseError
from django.utils import timezone

from contacts.models import Import
from smsplatform.accounts import tenancy

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0


class CancelAsked(Exception):
    """A person cancelled the import."""


class ClaimLost(Exception):
    """The import was taken from this worker, which was thought dead: it may write nothing more."""


class Progress:
    """Where the pipeline is. `saw` raises CancelAsked or ClaimLost once the last beat found it out."""

    def __init__(self, account_id: int, import_id: int, claim: UUID) -> None:
        self.rows = 0
        self.bytes = 0
        self._ids = (account_id, import_id)
        self._claim = claim
        self._stop: type[Exception] | None = None
        self._is_over = threading.Event()

    def saw(self, rows: int, bytes_read: int) -> None:
        self.rows, self.bytes = rows, bytes_read
        if self._stop:
            raise self._stop

    def beat_until_over(self) -> None:
        try:
            while not self._is_over.wait(BEAT_SECONDS):
                try:
                    self._beat()
                except DatabaseError as error:
                    logger.warning("import %d: no heartbeat (%s)", self._ids[1], type(error).__name__)
                    connection.close()
        finally:
            connection.close()

    def end(self) -> None:
        self._is_over.set()

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
    """Give a sign of life every BEAT_SECONDS during the block."""
    progress = Progress(account_id, import_id, claim)
    thread = threading.Thread(target=progress.beat_until_over, name="import-heartbeat", daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        progress.end()
        thread.join()
