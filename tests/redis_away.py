"""A Redis that is away, or hung: it accepts connections and never answers."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache, caches

from smsplatform.lib import softcache
from smsplatform.lib.circuit import REDIS, REDIS_SECONDS

AWAY = "redis://127.0.0.1:1/0"  # nothing listens there


class Hung:
    """Counts the connections that were made, and answers none."""

    def __init__(self, listener: socket.socket) -> None:
        self.address = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        self.connections: list[socket.socket] = []
        self._listener = listener

    def listen(self) -> None:
        while True:
            try:
                self.connections.append(self._listener.accept()[0])
            except OSError:  # closed
                return


@contextmanager
def hung() -> Iterator[Hung]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        redis = Hung(listener)
        Thread(target=redis.listen, daemon=True).start()
        yield redis
        listener.shutdown(socket.SHUT_RDWR)
    for one in redis.connections:
        one.close()


@contextmanager
def redis_at(address: str, settings: Any, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the cache and the calls to the workers use the Redis at `address`, which the process takes to be there."""
    with patch.context() as inside:
        inside.setattr(current_app.conf, "broker_write_url", address)
        inside.setattr(REDIS, "is_away", False)
        options = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
        here = {"LOCATION": address, "OPTIONS": options, "KEY_PREFIX": cache.key_prefix}
        settings.CACHES = {"default": settings.CACHES["default"] | here}
        softcache.near.clear()
        yield
    caches.close_all()
