"""The proxy of docker-compose, run here with its own configuration: slow clients cost the platform nothing."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.embedded.running import ROOT

NGINX = shutil.which("nginx")
pytestmark = pytest.mark.skipif(not (NGINX and shutil.which("openssl")), reason="nginx is not installed here")

TEMPLATE = (ROOT / "docker" / "nginx.conf.template").read_text()
SERVER = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/1; uwsgi_temp_path {folder}/2; scgi_temp_path {folder}/3;
    include {folder}/platform.conf;
}}
"""
SLOW = 30  # connections, fewer than one address may have
SLOW_HEAD = b"POST /lists/new/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nabcd"


@dataclass
class Seen:
    """What reached the platform: one request at a time, so that a single slow body would stop it."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Proxy:
    http: int
    https: int
    seen: list[Seen] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        return self.ask("GET", path, None, **headers)

    def ask(self, method: str, path: str, body: bytes | None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection("127.0.0.1", self.https, timeout=20, context=trusting())
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def slow(self) -> ssl.SSLSocket:
        """Open a connection that sends four of five thousand bytes."""
        opened = trusting().wrap_socket(socket.create_connection(("127.0.0.1", self.https), timeout=20))
        opened.sendall(SLOW_HEAD)
        return opened


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


@pytest.fixture(scope="module")
def platform() -> Iterator[tuple[int, list[Seen]]]:
    seen: list[Seen] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append(Seen(self.command, self.path, body, dict(self.headers)))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, seen
        server.shutdown()


@pytest.fixture(scope="module")
def running(platform: tuple[int, list[Seen]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder: Path = tmp_path_factory.mktemp("nginx")
    upstream, seen = platform
    proxy = Proxy(free_port(), free_port(), seen)
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost".split()
    files = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    subprocess.run([*make, *files], check=True, capture_output=True)
    values = {
        "UPSTREAM": f"127.0.0.1:{upstream}",
        "HTTP_PORT": str(proxy.http),
        "HTTPS_PORT": str(proxy.https),
        "CERTIFICATES": str(folder),
        "MAX_BODY": "1m",
    }
    (folder / "platform.conf").write_text(re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], TEMPLATE))
    (folder / "nginx.conf").write_text(SERVER.format(folder=folder))
    assert NGINX
    process = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"])
    try:
        wait_for(proxy.https)
        yield proxy
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def proxy(running: Proxy) -> Proxy:
    running.seen.clear()
    return running


def test_slow_bodies_do_not_keep_a_visitor_waiting(proxy: Proxy) -> None:
    with ExitStack() as open_connections:
        for _ in range(SLOW):
            open_connections.enter_context(proxy.slow())
        visit = proxy.get("/auth/login/")

        assert visit.status == 200
        assert [(one.method, one.path) for one in proxy.seen] == [("GET", "/auth/login/")]


def test_a_slow_body_arrives_whole(proxy: Proxy) -> None:
    with proxy.slow() as connection:
        for _ in range(4):
            connection.sendall(b"x" * 1249)
        answer = connection.recv(15)

    assert answer == b"HTTP/1.1 200 OK"
    assert [len(one.body) for one in proxy.seen] == [5000]


def test_one_address_has_so_many_connections_at_once(proxy: Proxy) -> None:
    with ExitStack() as open_connections:
        for _ in range(45):
            open_connections.enter_context(proxy.slow())

        assert proxy.get("/auth/login/").status == 429
    assert proxy.seen == []


def test_a_body_above_the_limit_is_refused_before_it_is_sent(proxy: Proxy) -> None:
    with trusting().wrap_socket(socket.create_connection(("127.0.0.1", proxy.https), timeout=20)) as connection:
        connection.sendall(SLOW_HEAD.replace(b"5000", b"5000000"))
        answer = connection.recv(12)

    assert (answer, proxy.seen) == (b"HTTP/1.1 413", [])


def test_what_a_client_says_of_its_address_is_replaced(proxy: Proxy) -> None:
    proxy.get("/", **{"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"})

    headers = proxy.seen[0].headers
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "https")


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http, timeout=20)
    connection.request("GET", "/lists/?page=2", headers={"Host": "sms.example"})
    answer = connection.getresponse()
    connection.close()

    assert (answer.status, answer.getheader("Location")) == (301, "https://sms.example/lists/?page=2")


def test_the_health_page_is_not_for_the_street(proxy: Proxy) -> None:
    assert (proxy.get("/health/").status, proxy.seen) == (404, [])
