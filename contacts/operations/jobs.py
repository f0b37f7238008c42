"""What exports and actions on many lists have in common as work of the workers: called, claimed, followed, rescued.

The rows are the truth, as for imports: a lost call is repeated, a repeated one finds nothing to do, and a worker that is
thought dead loses its claim, so that it can write nothing any more.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contacts.models.jobs import Job, JobStatus
from contacts.operations import liveness
from contacts.operations.heartbeats import ClaimLost, DatabaseLost, Heartbeat, beating, log_error
from contacts.operations.stored_files import QuotaReached
from smsplatform.accounts import audit, tenancy
from smsplatform.accounts.models import Account
from smsplatform.jobs import wakeups
from smsplatform.lib import storage
from smsplatform.lib.errors import OperationError
from smsplatform.lib.waiting import take

logger = logging.getLogger(__name__)

CALL_AGAIN_AFTER = timedelta(seconds=60)  # a job that still waits: its call may be lost
MAX_ATTEMPTS = 3

JobT = TypeVar("JobT", bound=Job)


class JobAlreadyStarted(OperationError):
    """Another worker is at it, or was: a task delivered twice, say."""

    code = "JOB_ALREADY_STARTED"


class JobFailed(Exception):
    """The job cannot be done, for a reason that `error` of its row names."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Progress(Heartbeat, Generic[JobT]):
    """Signs of life of a job. `saw` tells how much is done, and raises ClaimLost once the last beat found it out."""

    def __init__(self, kind: "Kind[JobT]", job: JobT) -> None:
        super().__init__(f"{kind.model.__name__} {job.pk}")
        self.done = job.done
        self._kind, self._job = kind, job
        self._is_lost = False

    @property
    def progress(self) -> int:
        return self.done

    def saw(self, done: int) -> None:
        self.done = done
        if self._is_lost:
            raise ClaimLost

    def _beat(self) -> None:
        account_id = self._job.account_id
        with tenancy.account_context(account_id):
            # A locked row is about to change hands or to end: never wait for it.
            rows = self._kind.rows(account_id, self._job.pk).select_for_update(skip_locked=True)
            found = rows.values_list("claim").first()
            if found is None:
                return
            self._is_lost = found[0] != self._job.claim
            if not self._is_lost:
                rows.update(done=self.done, heartbeat_at=timezone.now())


class Kind(Generic[JobT]):
    """One kind of job: its model, the task that works on one, and the journal's word for a failure ("" for none).

    `calls_next`: whether the end of one calls for the next. Not where a job may put itself back in the queue to wait.
    """

    def __init__(self, model: type[JobT], *, task: str, failed: str = "", calls_next: bool = True) -> None:
        self.model, self._task, self._failed, self._calls_next = model, task, failed, calls_next

    def rows(self, account_id: int, job_id: int) -> Any:
        return self.model._default_manager.filter(account=account_id, pk=job_id)

    def call(self, account_id: int, job_id: int) -> None:
        """Put the task at the end of the queue once the transaction is committed."""
        wakeups.call(self._task, account_id=account_id, job_id=job_id)

    def begin(self, job: JobT, *, is_small: bool, do: Callable[[JobT], None]) -> JobT:
        """Save a new job and return it: a small one done, as claimed by the person who waits, a big one called for."""
        job.status = JobStatus.RUNNING if is_small else JobStatus.QUEUED
        job.claim = uuid.uuid4() if is_small else None
        job.heartbeat_at = timezone.now()
        job.save(force_insert=True)
        if is_small:
            do(job)
            job.refresh_from_db()
        else:
            self.call(job.account_id, job.pk)
        return job

    def run(self, account: Account, job_id: int, do: "Callable[[JobT, Progress[JobT]], None]") -> None:
        """Do a job as its worker; what it refuses fails it by the refusal's code. Raise JobAlreadyStarted.

        Beyond the account's share of the workers it stays queued.
        """
        with self.worked_on(account, job_id) as work:
            if work is None:
                return
            try:
                do(*work)
            except OperationError as error:
                raise JobFailed(error.code) from None

    @contextmanager
    def worked_on(self, account: Account, job_id: int) -> Iterator[tuple[JobT, Progress[JobT]] | None]:
        """Claim a job for the block, with signs of life, in its author's language and time zone; what stops it ends it.

        None when the account already has as many jobs at work as it may: the next to end calls for the oldest that
        waits, at the end of the queue, so that other accounts come in between. Raise JobAlreadyStarted.
        """
        job = self._claim(account, job_id)
        if job is None:
            yield None
            return
        language = job.author.language if job.author else settings.LANGUAGE_CODE
        zone = job.author.time_zone if job.author else settings.TIME_ZONE
        try:
            with (
                liveness.held(job.claim),
                self._ended_if_it_fails(account, job),
                translation.override(language),
                timezone.override(zone),
                beating(Progress(self, job)) as progress,
            ):
                yield job, progress
        finally:
            if self._calls_next:
                self._call_next(account)

    def write_if_mine(self, job: JobT, **changes: Any) -> None:
        """Write what was done, in the transaction of the work itself. Raise ClaimLost when it is no longer ours."""
        mine = self.rows(job.account_id, job.pk).filter(claim=job.claim)
        if not mine.update(heartbeat_at=timezone.now(), **changes):
            raise ClaimLost

    def rescue(self, account: Account, *, now: datetime) -> int:
        """Call again for the jobs of dead workers and for those that wait too long. Return how many. Safe to repeat."""
        with tenancy.account_context(account):
            jobs = self.model._default_manager.filter(account=account)
            silent = jobs.filter(status=JobStatus.RUNNING, heartbeat_at__lt=now - liveness.STALE_AFTER)
            dead = [job for job in silent if liveness.is_over(job.claim, seen_at=job.heartbeat_at, now=now)]
            waiting = jobs.filter(status=JobStatus.QUEUED, heartbeat_at__lt=now - CALL_AGAIN_AFTER)
            return sum(self._take_back(account, job, now) for job in (*dead, *waiting))

    def _claim(self, account: Account, job_id: int) -> JobT | None:
        with tenancy.account_context(account):
            # One job of an account is claimed at a time, or two would both find the last free place.
            take("jobs", account.pk)
            running = self.model._default_manager.filter(account=account, status=JobStatus.RUNNING)
            if running.exclude(pk=job_id).count() >= settings.JOBS_PER_ACCOUNT:
                return None
            rows = self.rows(account.pk, job_id)
            taken = rows.filter(status=JobStatus.QUEUED).update(
                status=JobStatus.RUNNING,
                claim=uuid.uuid4(),
                attempts=F("attempts") + 1,
                heartbeat_at=timezone.now(),
            )
            if not taken:
                raise JobAlreadyStarted(_("This work has already been started."))
            claimed: JobT = rows.select_related("author").get()
            return claimed

    def _take_back(self, account: Account, job: JobT, now: datetime) -> bool:
        """Take a job from a worker that shows no life, or call again for one whose call was lost."""
        mine = self.rows(account.pk, job.pk).filter(status=job.status, claim=job.claim, heartbeat_at=job.heartbeat_at)
        if job.status == JobStatus.RUNNING and job.attempts >= MAX_ATTEMPTS:
            return self._fail(account, job, mine, "CRASHED")
        if not mine.update(status=JobStatus.QUEUED, claim=None, heartbeat_at=now):
            return False
        self.call(account.pk, job.pk)
        return True

    def _fail(self, account: Account, job: JobT, mine: Any, error: str) -> bool:
        now = timezone.now()
        ended = {"status": JobStatus.FAILED, "claim": None, "finished_at": now, "error": error}
        has_failed: bool = mine.update(**ended) == 1
        if has_failed and self._failed:
            audit.record(account, self._failed, str(job), by=job.author, now=now)
        return has_failed

    def _call_next(self, account: Account) -> None:
        with tenancy.account_context(account):
            waiting = self.model._default_manager.filter(account=account, status=JobStatus.QUEUED)
            oldest = waiting.order_by("pk").values_list("pk", flat=True).first()
            if oldest is not None:
                self.call(account.pk, oldest)

    @contextmanager
    def _ended_if_it_fails(self, account: Account, job: JobT) -> Iterator[None]:
        """Turn what stops the work into the job's state. A lost database is left to the rescue: nothing can be written."""
        try:
            with storage.said():
                yield
        except (storage.NoSpace, QuotaReached) as error:
            self._end(account, job, error.code)
        except ClaimLost:
            logger.warning("%s %d: given up, another worker has it", self.model.__name__, job.pk)
        except JobFailed as reason:
            self._end(account, job, reason.error)
        except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
            raise DatabaseLost(f"{self.model.__name__} {job.pk}: {type(error).__name__}") from None
        except Exception as error:
            log_error(f"{self.model.__name__} {job.pk}", error)
            self._end(account, job, "UNEXPECTED")

    def _end(self, account: Account, job: JobT, error: str) -> None:
        with tenancy.account_context(account):
            self._fail(account, job, self.rows(account.pk, job.pk).filter(claim=job.claim), error)
