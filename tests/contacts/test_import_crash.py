"""A real worker killed at any moment of a large import: all of it is there, or nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files import File
from django.db import connection
from django.test.signals import setting_changed
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from contacts.management import realistic
from contacts.models import ContactList, Import, ListEntry
from contacts.operations import imports, liveness
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.together import shared_account

ROOT = Path(__file__).resolve().parents[2]
ROWS = 100_000
KILLS = 10
LOG_CHARACTERS = 2_000  # the end of the worker's log, shown when it never did what was awaited
PATIENCE_SECONDS = 120  # for a busy machine

pytestmark = pytest.mark.slow


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[tuple[Account, User]]:
    """An account that other processes see too."""
    with shared_account(django_db_blocker) as (account, author):
        yield account, author


def database_url(alias: str) -> str:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    database = settings.DATABASES[alias]
    return make_conninfo(**{word: str(database[name]) for name, word in names.items() if database[name]})


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    """Keep files where the worker looks for them, given this data directory."""
    default = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files", "base_url": None}}
    settings.STORAGES = settings.STORAGES | {"default": default}
    setting_changed.send(sender=None, setting="STORAGES", value=settings.STORAGES, enter=True)


@contextmanager
def worker(log: Path) -> Iterator[Callable[[], None]]:
    """Run a worker on the test's database and broker; yield what kills it and its children on the spot."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "smsplatform.celery",
        "worker",
        "--queues",
        "celery,upkeep",
        "--concurrency",
        "1",
        "--loglevel",
        "INFO",
    ]
    own = {
        "DATABASE_URL": database_url("default"),
        "DATABASE_OWNER_URL": database_url("owner"),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "DATA_DIR": str(log.parent),
    }
    environment = os.environ | own
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )

    def kill() -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    try:
        yield kill
    finally:
        if process.poll() is None:
            kill()


def wait_for(is_so: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()[-LOG_CHARACTERS:]
        time.sleep(0.02)


def state(account: Account, import_id: int) -> tuple[str, int]:
    """Return an import's status and how many numbers its list has, as one moment shows them."""
    with account_context(account):
        imported = Import.objects.get(pk=import_id)
        return imported.status, ListEntry.objects.filter(account=account, contact_list=imported.contact_list_id).count()


def is_alone() -> bool:
    """Return whether the server has noticed that the dead worker's connections are gone."""
    others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(f"{others} and usename = current_user")
        return cursor.fetchone() == (0,)


def confirmed_import(account: Account, author: User, file: Path) -> Import:
    with file.open("rb") as opened, account_context(account):
        sent = File(opened, name="contacts.csv")
        imported = imports.upload(account, list_name="Endurance", file=sent, by=author, now=timezone.now())
    imports.analyse(account, import_id=imported.pk, now=timezone.now())
    with account_context(account):
        imported.refresh_from_db()
        imports.confirm(account, imported=imported, seen=imported.settings_digest, by=author, now=timezone.now())
    return imported


def let_time_pass(account: Account, import_id: int) -> None:
    """Make the last sign of life old; a person would also give up before ten crashes, so attempts start again."""
    with account_context(account):
        old = timezone.now() - liveness.STALE_AFTER - timedelta(seconds=1)
        Import.objects.filter(pk=import_id, status__in=Import.WORKING).update(heartbeat_at=old, attempts=0)


def test_a_killed_worker_leaves_all_or_nothing_and_another_one_finishes(
    owner: tuple[Account, User], tmp_path: Path
) -> None:
    account, author = owner
    file, log = tmp_path / "contacts.csv", tmp_path / "worker.log"
    realistic.write_file(file, ROWS)
    source = random.Random()
    imported = confirmed_import(account, author, file)
    whole = imported.preview["new"]

    seen = []
    for _ in range(KILLS):
        if state(account, imported.pk)[0] == "DONE":
            imported = confirmed_import(account, author, file)
        with worker(log) as kill:
            wait_for(lambda pk=imported.pk: state(account, pk)[0] in ("RUNNING", "DONE"), log)
            time.sleep(source.uniform(0, 2.5))
            kill()
        seen.append(state(account, imported.pk))
        wait_for(is_alone, log)
        let_time_pass(account, imported.pk)

    assert set(seen) <= {("RUNNING", 0), ("DONE", whole)}
    with worker(log):
        wait_for(lambda: state(account, imported.pk)[0] == "DONE", log)
    assert state(account, imported.pk) == ("DONE", whole)
    with account_context(account):
        finished = Import.objects.filter(status="DONE").values_list("contact_list__contact_count", flat=True)
        assert set(finished) == {whole}
        assert ContactList.objects.count() == len(finished)
