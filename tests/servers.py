"""Pytest plugin (loaded before the settings): real PostgreSQL and Redis for the tests.

With DATABASE_URL and REDIS_URL set the tests use those servers; otherwise the embedded ones run for the session.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from smsplatform import embedded

ROOT = Path(__file__).resolve().parent.parent
_running = ExitStack()

if "DATABASE_URL" not in os.environ and "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = str(ROOT / "var" / "test")


def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if not is_worker and "DATABASE_URL" not in os.environ:
        _running.enter_context(embedded.servers(disposable=True))


def pytest_unconfigure(config: pytest.Config) -> None:
    _running.close()
