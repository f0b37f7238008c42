"""Go on without a server that does not answer, and find out cheaply when it does again."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Circuit:
    """After a failure the server is left alone for `seconds`; then one caller tries it while the others still do not.

    One for all threads of a process. A race between two costs one try too many, so there is no lock.
    """

    def __init__(self, name: str, *, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._name, self._seconds, self._clock = name, seconds, clock
        self._left_alone_until = 0.0
        self.is_away = False

    def ask(
        self, do: Callable[[], T], *, otherwise: Callable[[], T], failures: tuple[type[Exception], ...] = (OSError,)
    ) -> T:
        """Return what `do` returns, or `otherwise` where it fails by one of `failures` or the server is left alone."""
        now = self._clock()
        if self.is_away:
            if now < self._left_alone_until:
                return otherwise()
            self._left_alone_until = now + self._seconds
        try:
            answer = do()
        except failures as error:
            self._failed(error)
            return otherwise()
        if self.is_away:
            self.is_away = False
            logger.warning("%s answers again", self._name)
        return answer

    def _failed(self, error: Exception) -> None:
        if not self.is_away:
            logger.warning("%s does not answer (%s): going on without it", self._name, type(error).__name__)
        self._left_alone_until = self._clock() + self._seconds
        self.is_away = True


REDIS_SECONDS = 0.2  # what a person may wait for Redis, to connect and for an answer
REDIS = Circuit("Redis", seconds=5)
