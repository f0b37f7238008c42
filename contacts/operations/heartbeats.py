"""Signs of life of a worker, given from a second connection while the work's own is busy.

The thread that gives them also holds off the end of the process: the system ends one whose work lets no other thread
run, or that makes no progress. It is then rescued like any other that died.
"""

import logging
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection
from django.db.utils import Error as DatabaseError

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
STARVED_SECONDS = 60  # without a turn for this thread: one call holds the whole process
STALLED_SECONDS = 15 * 60  # without progress: longer than any statement on ten million rows takes


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
        self._progress: object = None
        self._progress_at = time.monotonic()

    @property
    def progress(self) -> object:
        """How far the work is: anything that differs from what it was."""
        raise NotImplementedError

    def _beat(self) -> None:
        raise NotImplementedError

    def _is_stalled(self) -> bool:
        if self._progress != self.progress:
            self._progress, self._progress_at = self.progress, time.monotonic()
        return time.monotonic() - self._progress_at > STALLED_SECONDS

    def beat_until_over(self, *, holds_off_the_end: bool = False) -> None:
        try:
            while not self._is_over.wait(BEAT_SECONDS) and not self._is_stalled():
                if holds_off_the_end:
                    signal.setitimer(signal.ITIMER_REAL, STARVED_SECONDS)
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
    """Give a sign of life every BEAT_SECONDS during the block, without which the system ends this process.

    Only the main thread can have a process ended: workers work in it.
    """
    is_ended = threading.current_thread() is threading.main_thread()
    thread = threading.Thread(
        target=heartbeat.beat_until_over, kwargs={"holds_off_the_end": is_ended}, name="heartbeat", daemon=True
    )
    if is_ended:
        before = signal.signal(signal.SIGALRM, signal.SIG_DFL)
        alarm = signal.setitimer(signal.ITIMER_REAL, STARVED_SECONDS)
    thread.start()
    try:
        yield heartbeat
    finally:
        heartbeat.end()
        thread.join()
        if is_ended:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            signal.setitimer(signal.ITIMER_REAL, *alarm)
