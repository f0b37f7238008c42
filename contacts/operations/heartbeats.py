"""Signs of life of a worker, given from a second connection while the work's own is busy."""

import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection
from django.db.utils import Error as DatabaseError

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0


class ClaimLost(Exception):
    """The work was taken from this worker, which was thought dead: it may write nothing more."""


class DatabaseLost(Exception):
    """The connection broke or the server refused to go on; the work is taken up again by its rescue."""


def log_error(what: str, error: Exception) -> None:
    """Log where an error came from, and never its message: it may quote the values of a row."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s\n%s", what, type(error).__qualname__, frames)


class Heartbeat:
    """What `beating` calls every BEAT_SECONDS: subclasses write a sign of life in `_beat`."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._is_over = threading.Event()

    def _beat(self) -> None:
        raise NotImplementedError

    def beat_until_over(self) -> None:
        try:
            while not self._is_over.wait(BEAT_SECONDS):
                try:
                    self._beat()
                except DatabaseError as error:
                    logger.warning("%s: no heartbeat (%s)", self._what, type(error).__name__)
                    connection.close()
        finally:
            connection.close()

    def end(self) -> None:
        self._is_over.set()


HeartbeatT = TypeVar("HeartbeatT", bound=Heartbeat)


@contextmanager
def beating(heartbeat: HeartbeatT) -> Iterator[HeartbeatT]:
    """Give a sign of life every BEAT_SECONDS during the block."""
    thread = threading.Thread(target=heartbeat.beat_until_over, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield heartbeat
    finally:
        heartbeat.end()
        thread.join()
