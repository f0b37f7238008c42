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


def check(*command: str, **variables: str) -> tuple[int, str]:
    """Run the system checks, or another command, under these variables; return the exit status and what was printed."""
    environment = {name: value for name, value in os.environ.items() if name not in SERVERS} | variables
    done = subprocess.run(
        [sys.executable, "manage.py", *(command or ["check"])],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_complete_configuration_passes() -> None:
    assert check(**REAL) == (0, "System check identified no issues (0 silenced).\n")


def test_what_serves_needs_no_address_of_the_owner() -> None:
    assert check(**REAL | {"DATABASE_OWNER_URL": ""})[0] == 0


def test_prepare_asks_for_the_address_of_the_owner() -> None:
    status, printed = check("prepare", **REAL | {"DATABASE_OWNER_URL": ""})

    assert status == 1
    assert "DATABASE_OWNER_URL is not set" in printed


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"DATABASE_URL": "foo"}, "DATABASE_URL is no PostgreSQL address"),
        ({"DATABASE_OWNER_URL": REAL["DATABASE_URL"]}, "DATABASE_URL and DATABASE_OWNER_URL use the same role"),
        ({"REDIS_URL": "nonsense"}, "REDIS_URL is no Redis address"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe'; expected 1 or 0"),
        ({"IMPORT_MAX_ROWS": "many"}, "IMPORT_MAX_ROWS is 'many'; expected a whole number"),
        ({"PROCESS": "web", "WEB_LOCK_SECONDS": "long"}, "WEB_LOCK_SECONDS is 'long'; expected a number"),
        ({"IMPORT_MAX_ROWS": "0"}, "IMPORT_MAX_ROWS is 0; it must be at least 1"),
    ],
)
def test_a_wrong_value_is_named(wrong: dict[str, str], message: str) -> None:
    status, printed = check(**REAL | wrong)

    assert status == 1
    assert message in printed


SHOW = """
from django.db import connection
names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
with connection.cursor() as cursor:
    print(*(cursor.execute(f"show {name}").fetchone()[0] for name in names))
"""


@pytest.mark.parametrize(
    "variables, waits",
    [
        ({"PROCESS": "web"}, "2s 15s 30s"),
        ({"PROCESS": "web", "WEB_LOCK_SECONDS": "0.5", "WEB_STATEMENT_SECONDS": "60"}, "500ms 1min 30s"),
        ({}, "30min 1h 30min"),
    ],
    ids=["a page", "a page as it is configured", "a worker"],
)
def test_a_page_waits_for_the_database_for_seconds_and_a_worker_for_jobs(
    django_db_setup: None, variables: dict[str, str], waits: str
) -> None:
    """The connections themselves are asked, of a process that starts with these variables."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(){SHOW}"],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "smsplatform.settings"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.strip(), done.stderr) == (waits, "")


def test_the_web_servers_entry_point_says_that_it_is_one() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import smsplatform.wsgi; from django.conf import settings; print(settings.PROCESS)"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PROCESS"} | REAL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "web"
