"""Pytest plugin (loaded before the settings): real PostgreSQL and Redis for the tests.

With DATABASE_URL and REDIS_URL set the tests use those servers; otherwise the embedded ones run for the session,
in a data directory of its own, so that two sessions do not meet.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from smsplatform import embedded
from smsplatform.embedded.servers import lock

ROOT = Path(__file__).resolve().parent.parent
SESSIONS = 20
_running = ExitStack()


def free_data_dir() -> Path:
    for number in range(SESSIONS):
        folder = ROOT / "var" / f"test-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        with lock(folder) as is_ours:
            if is_ours:
                return folder
    raise RuntimeError(f"{SESSIONS} test sessions are running already.")


if "DATABASE_URL" not in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DATA_DIR"] = str(free_data_dir())


def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if not is_worker and "DATABASE_URL" not in os.environ:
        _running.enter_context(embedded.servers(disposable=True, exclusive=True))


def pytest_unconfigure(config: pytest.Config) -> None:
    _running.close()
