"""Whether the worker that claimed some work is still there: nothing that it does can hide it, nothing that it left stays.

Its database session holds a lock under the claim, which the server takes back with the session: when the process ends, is
killed, or its machine is gone. Work is therefore never given to a second worker while the first one could still write.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.utils import Error as DatabaseError

STALE_AFTER = timedelta(seconds=20)  # a worker gives a sign of life every second
GONE_AFTER = timedelta(minutes=3)  # a session without signs of life for so long is ended: its machine stands still, say
END_MILLISECONDS = 5_000  # that a session has to end
# Without them the server learns after two hours that the machine at the other end is gone.
_KEEPALIVES = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
_HOLDER = (
    "select pg_terminate_backend(pid, %s) from pg_locks where locktype = 'advisory' and objsubid = 1 and granted"
    " and (classid::bigint << 32) | objid::bigint = %s"
    " and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()"
)


@contextmanager
def held(claim: UUID | None) -> Iterator[None]:
    """Show during the block that this process works under the claim."""
    assert claim is not None
    with connection.cursor() as cursor:
        for name, value in _KEEPALIVES.items():
            cursor.execute("select set_config(%s, %s, false)", [name, value])
        cursor.execute("select pg_advisory_lock(%s)", [_key(claim)])
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # a broken session holds nothing any more
            cursor.execute("select pg_advisory_unlock(%s)", [_key(claim)])


def is_over(claim: UUID | None, *, seen_at: datetime | None, now: datetime) -> bool:
    """Return, in a transaction, whether nobody works under a claim any more; end its session if it stands still."""
    if claim is None or seen_at is None:
        return True
    if now - seen_at <= STALE_AFTER:
        return False
    with connection.cursor() as cursor:
        if _is_free(cursor, claim):
            return True
        if now - seen_at <= GONE_AFTER:
            return False
        cursor.execute(_HOLDER, [END_MILLISECONDS, _key(claim)])
        return _is_free(cursor, claim)


def _is_free(cursor: CursorWrapper, claim: UUID) -> bool:
    cursor.execute("select pg_try_advisory_xact_lock(%s)", [_key(claim)])
    return bool(cursor.fetchone()[0])


def _key(claim: UUID) -> int:
    return claim.int >> 65  # 63 bits, so that the two halves of `pg_locks` make the same number
