"""A wrong configuration is refused with the name of the variable."""

import os
import subprocess
import sys

import pytest

from tests.embedded.running import ROOT, SERVERS

REAL = {
    "DATABASE_URL": "postgresql://app@localhost/x",
    "DATABASE_OWNER_URL": "postgresql://owner@localhost/x",
    "REDIS_URL": "redis://localhost",
    "SECRET_KEY": "a-key-of-many-characters-that-is-only-used-here",
}


def check(**variables: str) -> tuple[int, str]:
    """Run the system checks under these variables; return the exit status and what was printed."""
    environment = {name: value for name, value in os.environ.items() if name not in SERVERS} | variables
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_complete_configuration_passes() -> None:
    assert check(**REAL) == (0, "System check identified no issues (0 silenced).\n")


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"DATABASE_URL": "foo"}, "DATABASE_URL is no PostgreSQL address"),
        ({"DATABASE_OWNER_URL": ""}, "DATABASE_OWNER_URL is not set"),
        ({"DATABASE_OWNER_URL": REAL["DATABASE_URL"]}, "DATABASE_URL and DATABASE_OWNER_URL use the same role"),
        ({"REDIS_URL": "nonsense"}, "REDIS_URL is no Redis address"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe'; expected 1 or 0"),
        ({"IMPORT_MAX_ROWS": "many"}, "IMPORT_MAX_ROWS is 'many'; expected a whole number"),
        ({"IMPORT_MAX_ROWS": "0"}, "IMPORT_MAX_ROWS is 0; it must be at least 1"),
    ],
)
def test_a_wrong_value_is_named(wrong: dict[str, str], message: str) -> None:
    status, printed = check(**REAL | wrong)

    assert status == 1
    assert message in printed
