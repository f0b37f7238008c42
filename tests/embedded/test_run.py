"""The supervisor behind `./run`: it serves, says clearly what is wrong, and leaves nothing behind."""

import os
import signal
import socket
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from smsplatform.embedded import servers
from smsplatform.embedded.processes import DataDirInUseError
from tests.embedded.running import Run


def children_of(run: Run) -> list[psutil.Process]:
    return psutil.Process(run.process.pid).children(recursive=True)


def test_a_busy_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        run = Run("--port", str(port), "--data", str(tmp_path))

    assert run.end() == (1, "")
    assert f"Port {port} on 127.0.0.1 cannot be used" in run.printed
    assert "--port" in run.printed
    assert list(tmp_path.iterdir()) == []


def test_a_data_directory_in_use_is_refused(tmp_path: Path) -> None:
    with servers(tmp_path, disposable=True):
        with pytest.raises(DataDirInUseError, match="--data"), servers(tmp_path, exclusive=True):
            pass
        with servers(tmp_path) as joined:
            started = list(joined)

    assert started == []


@pytest.mark.slow
def test_a_dead_child_stops_everything_with_its_name(tmp_path: Path) -> None:
    run = Run("--port", "0", "--data", str(tmp_path))
    with urllib.request.urlopen(f"{run.address}/health/") as answer:
        health = answer.read()
    others = children_of(run)
    beat = next(child for child in others if "beat" in child.cmdline())

    os.kill(beat.pid, signal.SIGKILL)
    status, printed = run.end()

    assert health == b'{"status": "ok"}'
    assert status == 1
    assert printed.startswith("beat stopped unexpectedly (exit status -9)")
    assert [child for child in others if child.is_running() and child.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.slow
def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    run = Run("--port", "0", "--data", str(tmp_path))
    others = children_of(run)

    run.end(signal.SIGKILL)
    gone, alive = psutil.wait_procs(others, timeout=30)

    assert (len(gone), alive) == (len(others), [])


def slow_post(address: str, cookie: str) -> socket.socket:
    """Open a connection that sends four of five thousand bytes, and says no more."""
    host, port = address.removeprefix("http://").split(":")
    opened = socket.create_connection((host, int(port)), timeout=20)
    head = f"POST /auth/login/ HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: 5000\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    opened.sendall(f"{head}{kind}\r\nlogi".encode())
    return opened


@pytest.mark.slow
def test_slow_bodies_keep_neither_visitors_out_nor_the_platform_from_stopping(tmp_path: Path) -> None:
    run = Run("--port", "0", "--data", str(tmp_path))
    login = f"{run.address}/auth/login/"
    with urllib.request.urlopen(login) as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0]

    with ExitStack() as held:
        for _ in range(32):
            held.enter_context(slow_post(run.address, cookie))
        seen = []
        for _ in range(20):
            with urllib.request.urlopen(login, timeout=20) as answer:
                seen.append(answer.status)
        status, printed = run.end(signal.SIGTERM)

    assert seen == [200] * 20
    assert (status, printed) == (0, "Stopped.")
