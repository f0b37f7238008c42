"""How long somebody waits for others in the database: never longer than they were given."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, OperationalError, connection, transaction

LOCK_NOT_AVAILABLE = "55P03"
LOOKS_EVERY = 0.05  # seconds
WHILE_SENDING = "10min"  # between two parts of a file that somebody receives slowly


class TooLong(Exception):
    """Somebody else has had what is needed for longer than we wait. Nothing of the block was done."""


def sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's code of a database error, Django's or the driver's, "" without one."""
    return getattr(error.__cause__ if isinstance(error, Error) else error, "sqlstate", None) or ""


@contextmanager
def at_most(wait: str) -> Iterator[None]:
    """Do all or nothing, and raise TooLong rather than wait for a lock for longer, such as "2s"."""
    try:
        with transaction.atomic():
            before = _set_timeout(wait)
            yield
            _set_timeout(before)
    except OperationalError as error:
        if sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        raise TooLong from None


def _set_timeout(wait: str) -> str:
    """Set how long the transaction waits for each lock from now on, and return what it was."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('lock_timeout'), set_config('lock_timeout', %s, true)", [wait])
        return str(cursor.fetchone()[0])


def allow(*, statement: str = "", idle: str = "") -> None:
    """Give the open transaction more time than a page has: for one statement, or between two while a file is being sent."""
    with connection.cursor() as cursor:
        for name, time_given in (("statement_timeout", statement), ("idle_in_transaction_session_timeout", idle)):
            if time_given:
                cursor.execute("select set_config(%s, %s, true)", [name, time_given])


def take_alone(name: str, account_id: int, *, seconds: float) -> bool:
    """Take an account's advisory lock until the open transaction ends, and return whether it could be had in time.

    Looks again and again, and never stands in line: those who share the lock would have to wait behind.
    """
    deadline = time.monotonic() + seconds
    while not _try_alone(name, account_id):
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOOKS_EVERY)
    return True


def take(name: str, account_id: int) -> None:
    """Take an account's advisory lock until the open transaction ends, in line behind who has it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", [name, account_id])


def share(name: str, account_id: int) -> None:
    """Take an account's advisory lock beside others who share it, until the open transaction ends; wait for who has it alone."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(hashtextextended(%s, %s))", [name, account_id])


def _try_alone(name: str, account_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [name, account_id])
        return bool(cursor.fetchone()[0])
