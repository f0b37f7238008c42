"""A worker lives as long as its database session; what stands still is ended before its work is given away."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection

from contacts.models import Export, Import
from contacts.operations import exports, heartbeats, imports, liveness
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts.operations.importing import sent

SILENT, GONE = NOW + timedelta(seconds=21), NOW + timedelta(seconds=181)


@pytest.fixture
def worker() -> Iterator[Any]:
    """The database session of another process."""
    session = connection.copy()
    session.ensure_connection()
    yield session
    session.close()


def works_under(claim: UUID, session: Any) -> None:
    with session.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [liveness._key(claim)])


def import_at_work(account: Account, by: User, claim: UUID) -> Import:
    imported = sent(account, by)
    Import.objects.filter(pk=imported.pk).update(status="RUNNING", claim=claim, attempts=1, heartbeat_at=NOW)
    return imported


def export_at_work(account: Account, by: User, claim: UUID) -> Export:
    at_work = {"status": "RUNNING", "claim": claim, "attempts": 1}
    return Export.objects.create(account=account, name="x", author=by, created_at=NOW, heartbeat_at=NOW, **at_work)


KINDS: list[tuple[Callable[..., Any], Callable[..., int]]] = [
    (import_at_work, imports.rescue),
    (export_at_work, exports.EXPORTS.rescue),
]


@pytest.mark.parametrize("make, rescue", KINDS)
def test_a_worker_too_busy_for_signs_of_life_keeps_its_work(
    in_account: Account, marketer: User, worker: Any, make: Callable[..., Any], rescue: Callable[..., int]
) -> None:
    claim = uuid4()
    works_under(claim, worker)
    work = make(in_account, marketer, claim)

    rescued = rescue(in_account, now=SILENT)

    work.refresh_from_db()
    assert (rescued, work.status, work.claim) == (0, "RUNNING", claim)


@pytest.mark.parametrize("make, rescue", KINDS)
def test_work_is_given_away_once_its_worker_is_gone(
    in_account: Account, marketer: User, worker: Any, make: Callable[..., Any], rescue: Callable[..., int]
) -> None:
    claim = uuid4()
    works_under(claim, worker)
    work = make(in_account, marketer, claim)

    worker.close()
    rescued = until(lambda: rescue(in_account, now=SILENT))

    work.refresh_from_db()
    assert (rescued, work.status, work.claim) == (1, "QUEUED", None)


@pytest.mark.parametrize("make, rescue", KINDS)
def test_a_worker_that_stands_still_is_ended_before_its_work_is_given_away(
    in_account: Account, marketer: User, worker: Any, make: Callable[..., Any], rescue: Callable[..., int]
) -> None:
    claim = uuid4()
    works_under(claim, worker)
    work = make(in_account, marketer, claim)

    rescued = rescue(in_account, now=GONE)

    work.refresh_from_db()
    assert (rescued, work.status) == (1, "QUEUED")
    with pytest.raises(OperationalError), worker.cursor() as cursor:
        cursor.execute("select 1")


def test_the_sessions_of_other_work_go_on(in_account: Account, marketer: User, worker: Any) -> None:
    works_under(uuid4(), worker)
    import_at_work(in_account, marketer, uuid4())

    imports.rescue(in_account, now=GONE)

    with worker.cursor() as cursor:
        assert cursor.execute("select 1").fetchone() == (1,)


@pytest.mark.parametrize("error", [None, ValueError])
def test_a_claim_is_held_for_the_block_alone(in_account: Account, worker: Any, error: type[Exception] | None) -> None:
    claim = uuid4()

    try:
        with liveness.held(claim):
            during = is_free(claim, worker)
            if error is not None:
                raise error
    except ValueError:
        pass

    assert (during, is_free(claim, worker)) == (False, True)


def is_free(claim: UUID, session: Any) -> bool:
    with session.cursor() as cursor:
        return bool(liveness._is_free(cursor, claim))


def until(work: Callable[[], int]) -> int:
    """Return the first answer that is not 0: a server takes a moment to see that a client has left."""
    deadline = time.monotonic() + 20
    while not (answer := work()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return answer


class Beat(heartbeats.Heartbeat):
    beats = 0

    @property
    def progress(self) -> int:
        return self.beats if self.has_progress else 0

    def __init__(self, *, has_progress: bool) -> None:
        super().__init__("test")
        self.has_progress = has_progress

    def _beat(self) -> None:
        self.beats += 1


def end_of(work: Callable[[Beat], Any], *, has_progress: bool = True, starved: float = 0.3) -> int:
    """Return how a process of its own ends that does the work with signs of life: 0, or minus a signal."""
    pid = os.fork()
    if not pid:
        try:
            heartbeats.BEAT_SECONDS, heartbeats.STARVED_SECONDS, heartbeats.STALLED_SECONDS = 0.01, starved, starved
            with heartbeats.beating(Beat(has_progress=has_progress)) as beat:
                work(beat)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def wait_for_beats(beat: Beat) -> None:
    while beat.beats < 250:
        time.sleep(0.01)


def test_a_process_that_lets_no_other_thread_run_is_ended() -> None:
    assert end_of(lambda beat: 7 ** (10**9)) == -signal.SIGALRM


def test_work_without_progress_is_ended() -> None:
    assert end_of(lambda beat: signal.pause(), has_progress=False) == -signal.SIGALRM


def test_long_work_with_progress_is_left_alone() -> None:
    assert end_of(wait_for_beats, starved=2) == 0


def test_nothing_ends_the_process_once_the_work_is_over() -> None:
    with heartbeats.beating(Beat(has_progress=True)):
        during = signal.getitimer(signal.ITIMER_REAL)[0] > 0

    assert (during, signal.getitimer(signal.ITIMER_REAL)[0]) == (True, 0)
