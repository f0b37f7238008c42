"""How many bodies of requests are received at once, where no proxy receives them whole.

The web server has a thread for each request, and a body that comes slowly keeps it: it has no deadline for bodies, and a
read that waits cannot be ended from Python. So some threads are never given to bodies.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from django.core.handlers.wsgi import WSGIRequest

from smsplatform import busy

AT_ONCE = 6  # of the eight threads of a process: `embedded.run`
OF_ONE_ADDRESS = 3

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class FewBodiesAtOnce:
    """The application, refusing with words the bodies beyond those that may be received at once."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lock = Lock()
        self._receiving: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length == "0" or not length.isdecimal():  # Django reads no body without a length
            return self._application(environ, start_response)
        address = environ.get("REMOTE_ADDR", "")
        if not self._has_begun(address):
            return _refused(environ, start_response)
        body = _Body(environ["wsgi.input"], int(length), lambda: self._has_ended(address))
        environ["wsgi.input"] = body
        try:
            return self._application(environ, start_response)
        finally:
            body.end()

    def _has_begun(self, address: str) -> bool:
        with self._lock:
            if self._receiving.total() >= AT_ONCE or self._receiving[address] >= OF_ONE_ADDRESS:
                return False
            self._receiving[address] += 1
            return True

    def _has_ended(self, address: str) -> None:
        with self._lock:
            self._receiving -= Counter([address])


class _Body:
    """What Django reads of a body; the place it takes is free once all of it has come."""

    def __init__(self, stream: Any, left: int, end: Callable[[], None]) -> None:
        self._stream, self._left, self._end = stream, left, end

    def read(self, size: int = -1) -> bytes:
        return self._came(self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._came(self._stream.readline(size))

    def end(self) -> None:
        end, self._end = self._end, lambda: None
        end()

    def _came(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left <= 0 or not data:
            self.end()
        return data


def _refused(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    response = busy.answer(WSGIRequest(environ), "crowded")
    start_response(f"{response.status_code} {response.reason_phrase}", [*response.items(), ("Connection", "close")])
    return [response.content]
