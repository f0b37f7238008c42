"""Redis hangs under the running platform, a list is begun, Redis returns: the work is done without anybody asking again."""

import http.cookiejar
import re
import signal
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from smsplatform.embedded.demo_logins import LOGINS, PASSWORD
from tests.embedded.running import Run

BOUNDARY = "a-boundary"
PATIENCE = 180  # seconds: a minute until a call counts as lost, and the next look of the rescue


class Visitor:
    """A browser without the browser: keeps cookies, sends the token of the page it is on."""

    def __init__(self, address: str) -> None:
        self._address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def get(self, path: str) -> str:
        return self._ask(path, None)[1]

    def post(self, path: str, **fields: str) -> str:
        """Post the form of a page; return the path that it led to."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        assert token
        parts = fields | {"csrfmiddlewaretoken": token[1]}
        lines = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{parts[name]}' for name in parts
        ]
        return self._ask(path, "\r\n".join([*lines, f"--{BOUNDARY}--", ""]).encode())[0]

    def _ask(self, path: str, body: bytes | None) -> tuple[str, str]:
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} if body else {}
        request = urllib.request.Request(self._address + path, body, headers)
        with self._opener.open(request, timeout=60) as answer:
            return answer.url.removeprefix(self._address), answer.read().decode()


@pytest.mark.slow
def test_work_begins_by_itself_once_a_hung_redis_answers_again(tmp_path: Path) -> None:
    run = Run("--port", "0", "--data", str(tmp_path))
    redis = next(one for one in psutil.Process(run.process.pid).children(True) if "redis-server" in one.name())
    visitor = Visitor(run.address)
    visitor.post("/auth/login/", login=LOGINS[0][0], password=PASSWORD)

    redis.suspend()
    health = visitor.get("/health/")
    page = visitor.post("/lists/new/", name="Pendant la panne", source="PASTE", pasted="06 12 34 56 78")
    while_away = visitor.get("/lists/")
    redis.resume()
    shown = ""
    deadline = time.monotonic() + PATIENCE
    while "seen" not in shown and time.monotonic() < deadline:
        time.sleep(1)
        shown = visitor.get(page)
    run.end(signal.SIGINT)

    assert health == '{"status": "degraded", "redis": "away"}'
    assert re.fullmatch(r"/imports/\d+/", page)
    assert "sp-" in while_away
    assert 'name="seen"' in shown  # the summary, to be confirmed
