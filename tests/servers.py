"""Pytest plugin (loaded before the settings): real PostgreSQL and Redis for the tests.

With DATABASE_URL and REDIS_URL set the tests use those servers; otherwise the embedded ones run for the
session, in a data directory of its own, so that two sessions do not meet.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from smsplatform import embedded
from smsplatform.embedded.processes import DataDirInUseError
from tools import translations

ROOT = Path(__file__).resolve().parent.parent
SESSIONS = 20
_running = ExitStack()


def start_servers() -> None:
    for number in range(SESSIONS):
        folder = ROOT / "var" / f"test-{number}"
        try:
            _running.enter_context(embedded.servers(folder, disposable=True, exclusive=True))
        except DataDirInUseError:
            continue
        os.environ["DATA_DIR"] = str(folder)
        return
    raise RuntimeError(f"{SESSIONS} test sessions are running already.")


if "PYTEST_XDIST_WORKER" not in os.environ:
    # Before Django reads a catalogue: it remembers what it found.
    translations.compile_all()
    # The workers of pytest-xdist inherit the session's environment.
    if "DATABASE_URL" not in os.environ:
        start_servers()


def pytest_unconfigure(config: pytest.Config) -> None:
    _running.close()
