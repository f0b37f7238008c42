"""Counting what is written to lists: by each statement, or for work that writes much once, as it ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# Done at the latest as the transaction ends: the database sees to that.
_COUNT = "set constraints contacts_recount immediate; set constraints contacts_recount deferred"


@contextmanager
def at_end() -> Iterator[None]:
    """Have the block's lists counted when it ends: until then it neither waits for exclusions nor keeps them waiting.

    The lists' `excluded_count` is out of date inside.
    """
    with transaction.atomic():
        before = _set("at end")
        yield
        with connection.cursor() as cursor:
            cursor.execute(_COUNT)
        _set(before)


def _set(counting: str) -> str:
    """Say when lists are counted in the open transaction from now on, and return what was said before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(current_setting('app.counting', true), ''), set_config('app.counting', %s, true)",
            [counting],
        )
        return str(cursor.fetchone()[0])
