"""Calls to the workers. The rows are the truth: a lost call is repeated, a repeated one finds nothing to do.

A broker that is away, or that accepts and never answers, fails nothing and costs whoever calls 0.2 seconds, once.
"""

from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from kombu import pools
from kombu.exceptions import OperationalError

from smsplatform.lib.circuit import REDIS, REDIS_SECONDS

# Of the connections that calls go out by; workers wait longer on theirs. Kombu's own retries would wait for seconds.
TRANSPORT = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS, "max_retries": 0}


def call(task: str, **ids: Any) -> None:
    """Put a task at the end of the queue once the transaction is committed."""
    transaction.on_commit(partial(send, task, **ids), robust=True)


def send(task: str, **ids: Any) -> None:
    """Put a task at the end of the queue now, or let the call be lost: what waits is called again by its rescue."""
    REDIS.ask(partial(_send, task, ids), otherwise=lambda: None, failures=(OperationalError,))


def _send(task: str, ids: dict[str, Any]) -> None:
    connection = current_app.connection_for_write(transport_options=TRANSPORT)
    with pools.producers[connection].acquire(block=True) as producer:
        current_app.send_task(task, kwargs=ids, producer=producer, retry=False)
