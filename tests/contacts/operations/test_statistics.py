"""The planner learns of what was loaded as soon as it was."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from contacts import tasks
from contacts.operations import statistics
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.contacts.factories import FICTION, make_list
from tests.together import shared_account

TABLE = "public.contacts_listentry"


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    with shared_account(django_db_blocker) as (account, author):
        yield account, author


def load(account: Account, rows: int) -> None:
    with account_context(account):
        make_list(account, phones=[FICTION + row for row in range(rows)])
    say_what_changed()


def say_what_changed() -> None:
    """Have the connection report its changes now: a load that lasts for a second does so by itself."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")


def estimated_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select reltuples from pg_class where oid = 'contacts_listentry'::regclass")
        return int(cursor.fetchone()[0])


def test_tables_that_changed_much_are_looked_at_once(
    owner: tuple[Account, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "CHANGED_ROWS", 1_000)
    load(owner[0], 3_000)

    first, then = statistics.refresh(), statistics.refresh()

    assert (TABLE in first, TABLE in then) == (True, False)
    assert estimated_rows() >= 3_000


def test_tables_that_changed_little_are_left_to_the_database(
    owner: tuple[Account, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    say_what_changed()
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {TABLE}")
    monkeypatch.setattr(statistics, "CHANGED_ROWS", 1_000)
    load(owner[0], 10)

    assert TABLE not in statistics.refresh()


def test_every_job_looks_at_the_tables_when_it_has_ended(
    owner: tuple[Account, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(statistics, "refresh", lambda: done.append("looked"))

    tasks.once(lambda account, now: done.append("worked"), owner[0].pk)

    assert done == ["worked", "looked"]
