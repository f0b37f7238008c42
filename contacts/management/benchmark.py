"""Measure imports from the file on disk to the committed rows, against COPY and against an ordinary loop."""

import csv
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import django
from celery import current_app
from django.core.files import File
from django.db import connection, connections, transaction
from django.utils import timezone

from contacts.importer.dedupe import Phones
from contacts.importer.sinks import Outcome
from contacts.management import realistic

COPY_BYTES = 2**18  # as psql sends
LOOP_ROWS = 100_000  # the ordinary loop is measured on no more, then scaled
LOOP_BATCH = 1_000


@dataclass(frozen=True)
class Measure:
    analysis_seconds: float
    import_seconds: float
    peak_megabytes: float
    counts: dict[str, Any]


def measure_lists(rows: int, runs: int, write: Callable[[str], Any]) -> None:
    """Import a file into a new list, `runs` times, and write the ratios."""
    with tempfile.TemporaryDirectory() as folder, throw_away_account() as (account_id, author_id):
        file, clean = Path(folder) / "contacts.csv", Path(folder) / "clean.copy"
        realistic.write_file(file, rows)
        in_fresh_process(write_clean_rows, str(file), str(clean), account_id)
        size = file.stat().st_size
        write(f"{rows:,} lines, {size / 1e6:.1f} MB, {line_count(clean):,} numbers to keep")
        loop = naive_loop(file, min(rows, LOOP_ROWS), account_id) * rows / min(rows, LOOP_ROWS)
        for run in range(1, runs + 1):
            # Alternate the order, so that neither side always has the warmer machine.
            copy_first = run % 2 == 0
            copy = plain_copy(clean) if copy_first else None
            measure = in_fresh_process(import_file, str(file), account_id, author_id)
            copy = copy or plain_copy(clean)
            empty_account(account_id)
            _write_run(write, run, rows, measure, copy, loop)


def _write_run(write: Callable[[str], Any], run: int, rows: int, measure: Measure, copy: float, loop: float) -> None:
    seconds = measure.import_seconds
    scaled = f" (measured on {LOOP_ROWS:,} lines, scaled)" if rows > LOOP_ROWS else ""
    write(
        f"run {run}: import {seconds:.2f} s, {rows / seconds:,.0f} lines/s, peak {measure.peak_megabytes:.0f} MB;"
        f" analysis {measure.analysis_seconds:.2f} s\n"
        f"       plain COPY of the clean rows {copy:.2f} s, ratio {seconds / copy:.2f}\n"
        f"       loop with bulk_create {loop:.1f} s{scaled}, {loop / seconds:.1f} times slower\n"
        f"       {measure.counts}"
    )


@contextmanager
def owner_in(account_id: int) -> Iterator[Any]:
    """A cursor of the owner of the tables, who alone removes accounts, people and the journal, in one account."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("select set_config('app.account_id', %s, true)", [str(account_id)])
        yield cursor


class throw_away_account:
    """Make an account and its author; remove both and all that they own, with `empty`."""

    def __init__(self, empty: Callable[[int], None] | None = None) -> None:
        self._empty = empty or empty_account

    def __enter__(self) -> tuple[int, int]:
        from smsplatform.accounts.models import Account, User

        self._account = Account.objects.create(name="bench_import")
        self._author = User.objects.create_user(f"bench-{uuid4().hex}@example.com")
        return self._account.pk, self._author.pk

    def __exit__(self, *error: object) -> None:
        self._empty(self._account.pk)
        with owner_in(self._account.pk) as cursor:
            cursor.execute("delete from accounts_user where id = %s", [self._author.pk])
            cursor.execute("delete from accounts_account where id = %s", [self._account.pk])


def in_fresh_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `work` returns in a process that has done nothing else, so that its memory is its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, initializer=django.setup) as pool:
        return pool.apply(work, arguments)


def import_file(
    file: str, account_id: int, author_id: int, list_id: int | None = None, into_directory: bool = False
) -> Measure:
    """Send, analyse, confirm and run the file as the workers do, into a new list or into an existing one."""
    from contacts.operations import imports
    from smsplatform.accounts.models import Account, User
    from smsplatform.accounts.tenancy import account_context

    current_app.conf.broker_url = "memory://localhost/"  # nobody else must hear of this import
    account, author = Account.objects.get(pk=account_id), User.objects.get(pk=author_id)
    now = timezone.now()
    with Path(file).open("rb") as opened, account_context(account):
        sent = File(opened, name="contacts.csv")
        into = existing(list_id) if list_id else {"list_name": "Bench", "into_directory": into_directory}
        imported = imports.upload(account, **into, file=sent, by=author, now=now)
    analysis = timed(imports.analyse, account, import_id=imported.pk, now=now)
    with account_context(account):
        imported.refresh_from_db()
        imports.confirm(account, imported=imported, seen=imported.settings_digest, by=author, now=now)
    seconds = timed(imports.run, account, import_id=imported.pk, now=now)
    with account_context(account):
        imported.refresh_from_db()
        assert imported.status == "DONE", imported.error
    counts = {name: value for name, value in imported.result.items() if name not in ("samples", "known", "offers")}
    return Measure(analysis, seconds, peak_megabytes(), counts)


def existing(list_id: int) -> dict[str, Any]:
    from contacts.models import ContactList, Import

    return {"target": Import.Target.APPEND, "contact_list": ContactList.objects.get(pk=list_id)}


def timed(work: Callable[..., Any], *arguments: Any, **named: Any) -> float:
    start = time.perf_counter()
    work(*arguments, **named)
    return time.perf_counter() - start


def peak_megabytes() -> float:
    """Return the most memory that this process ever had (getrusage would count its parent's too)."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


class _FileSink:
    """Writes the rows to keep, in the file's order, as COPY reads them."""

    needs_values = True

    def __init__(self, path: str, account_id: int) -> None:
        self._file = Path(path).open("w", encoding="utf-8")  # noqa: SIM115 - closed by close()
        self._ids = f"{account_id}\t1"
        self._rows = 0

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        self._rows += len(phones)
        self._file.writelines(f"{self._ids}\t{p}\t{v}\n" for p, v in zip(phones.tolist(), values, strict=True))

    def finish(self) -> Outcome:
        return Outcome(new=self._rows)

    def close(self) -> None:
        self._file.close()


class NoWatch:
    def saw(self, rows: int, bytes_read: int) -> None:
        pass


def write_clean_rows(file: str, clean: str, account_id: int) -> None:
    import numpy as np

    from contacts.importer.detect import detect_stream
    from contacts.importer.mapping import mapped
    from contacts.importer.pipeline import Pipeline
    from contacts.importer.plan import Plan, to_json
    from contacts.importer.rejects import Rejects

    with Path(file).open("rb") as opened, tempfile.TemporaryFile() as refused:
        plan = Plan.from_json(to_json(detect_stream(opened)))
        opened.seek(0)
        rejects = Rejects(refused, names=plan.names, titles=("", ""), reason_text=lambda code, value: code)
        none = np.empty(0, dtype=np.int64)
        sink = _FileSink(clean, account_id)
        columns = mapped(plan.names, plan.phone_column)
        Pipeline(plan, columns, "FR", none, sink, rejects, NoWatch(), max_rows=10**9).run(opened)


def line_count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


ENTRY_COLUMNS: LiteralString = "account_id, list_id, phone, values"


def plain_copy(
    clean: Path, table: LiteralString = "contacts_listentry", columns: LiteralString = ENTRY_COLUMNS
) -> float:
    """Return the seconds that COPY takes for the clean rows into a table like the real one, committed."""
    statement: LiteralString = f"copy bench_copy ({columns}) from stdin"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"create table bench_copy (like {table} including all)")
        try:
            start = time.perf_counter()
            with transaction.atomic(using="owner"), clean.open("rb") as file, cursor.copy(statement) as copy:
                while data := file.read(COPY_BYTES):
                    copy.write(data)
            return time.perf_counter() - start
        finally:
            cursor.execute("drop table bench_copy")


def naive_loop(file: Path, rows: int, account_id: int) -> float:
    """Return the seconds that a loop over the lines takes: parse, check, remember, bulk_create."""
    from contacts.models import ContactList, ListEntry
    from smsplatform.accounts.tenancy import account_context
    from smsplatform.lib.phones import PhoneError, normalise

    now = timezone.now()
    start = time.perf_counter()
    with account_context(account_id), file.open(encoding="utf-8", newline="") as opened:
        created = {"created_at": now, "updated_at": now, "last_used_at": now}
        contact_list = ContactList.objects.create(account_id=account_id, name="Loop", **created)
        seen: set[int] = set()
        batch: list[ListEntry] = []
        for row in islice(csv.DictReader(opened, delimiter=";"), rows):
            try:
                phone = normalise(row.pop("Mobile"), "FR").digits
            except PhoneError:
                continue
            if phone not in seen:
                seen.add(phone)
                batch.append(ListEntry(account_id=account_id, contact_list=contact_list, phone=phone, values=row))
            if len(batch) == LOOP_BATCH:
                ListEntry.objects.bulk_create(batch)
                batch = []
        ListEntry.objects.bulk_create(batch)
    seconds = time.perf_counter() - start
    empty_account(account_id)
    return seconds


def empty_account(account_id: int) -> None:
    """Remove everything that the account owns, files too, and the space that it took."""
    from django.core.files.storage import default_storage

    from contacts.models import ContactList, Import, ImportChange, ListEntry
    from smsplatform.accounts.tenancy import account_context

    with account_context(account_id):
        for imported in Import.objects.filter(account=account_id):
            for path in filter(None, (imported.file_path, imported.rejects_path, imported.table_path)):
                default_storage.delete(path)
        for model in (ListEntry, ImportChange, Import, ContactList):
            model.objects.filter(account=account_id).delete()
    with owner_in(account_id) as cursor:
        cursor.execute("delete from accounts_auditevent where account_id = %s", [account_id])
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum contacts_listentry")
    connection.close()
