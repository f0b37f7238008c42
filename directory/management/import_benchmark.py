"""Imports into the directory, each against plain COPY of the same clean rows, contacts and members, in the same run."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, LiteralString

from django.db import connections
from django.utils import timezone

from contacts.importer.dedupe import Phones
from contacts.importer.sinks import Outcome
from contacts.importer.values import NOTHING
from contacts.management import benchmark as bench
from contacts.management import realistic
from contacts.management.benchmark import Measure

Write = Callable[[str], Any]

CHANGED_EVERY = 5  # lines
CONTACT_COLUMNS: LiteralString = "account_id, phone, attributes, source, created_at, updated_at"
MEMBER_COLUMNS: LiteralString = "account_id, list_id, phone"
TITLES = (
    "| step | ratio to COPY | seconds | preview | new / updated / unchanged | peak memory |\n|---|---|---|---|---|---|"
)


def measure(rows: int, runs: int, existing: int, write: Write) -> None:
    """Write a table of ratios; with `existing`, also of the import into a directory of that size."""
    with tempfile.TemporaryDirectory() as folder:
        files = _files(Path(folder), rows)
        for run in range(1, runs + 1):
            write(f"run {run}: {rows:,} lines\n\n{TITLES}")
            first = _of_an_empty_directory(Path(folder), files, write)
            if existing and run == runs:
                _into_many(files[0], existing, first, write)


def _files(folder: Path, rows: int) -> Sequence[Path]:
    """Write a file, and the same with every fifth line changed."""
    first, changed = folder / "first.csv", folder / "changed.csv"
    realistic.write_file(first, rows)
    other = {"oui": "non", "non": "oui"}
    with first.open(encoding="utf-8") as lines, changed.open("w", encoding="utf-8") as out:
        for number, line in enumerate(lines):
            start, _, last = line.rstrip("\n").rpartition(";")
            is_changed = number and number % CHANGED_EVERY == 0
            out.write(f"{start};{other[last]}\n" if is_changed else line)
    return first, changed


def _of_an_empty_directory(folder: Path, files: Sequence[Path], write: Write) -> float:
    first, changed = files
    with bench.throw_away_account(empty_account) as ids:
        account_id = ids[0]
        bench.in_fresh_process(make_directory, account_id)
        clean = [str(folder / name) for name in ("contacts.copy", "members.copy")]
        bench.in_fresh_process(write_clean_rows, str(first), *clean, account_id)
        copies = [plain_copy(*clean)]

        def step(name: str, file: Path) -> Measure:
            measured: Measure = bench.in_fresh_process(bench.import_file, str(file), *ids, None, True)
            # Against COPY right before and right after: other programs may use the machine.
            copies.append(plain_copy(*clean))
            _write_step(write, name, measured, (copies[-2] + copies[-1]) / 2)
            return measured

        measured = step("first import, into a new list", first)
        step("the same file again, into another new list", first)
        step("with every fifth line changed, into a third list", changed)
        _write_row(write, "that import undone", bench.in_fresh_process(undo_last, *ids), copies[-1])
        times = ", ".join(f"{copy:.2f} s" for copy in copies)
        write(f"\nplain COPY of {bench.line_count(Path(clean[0])):,} contacts and members: {times}")
    return measured.import_seconds


def _write_step(write: Write, name: str, measured: Measure, copy: float) -> None:
    counts = " / ".join(f"{measured.counts[key]:,}" for key in ("new", "updated", "unchanged"))
    preview = f"{measured.analysis_seconds / copy:.2f} | {counts} | {measured.peak_megabytes:.0f} MB"
    _write_row(write, name, measured.import_seconds, copy, preview)


def _write_row(write: Write, name: str, seconds: float, copy: float, rest: str = "| |") -> None:
    write(f"| {name} | {seconds / copy:.2f} | {seconds:.2f} | {rest} |")


def _into_many(file: Path, existing: int, first: float, write: Write) -> None:
    """Import into an account that has many contacts, and take that back."""
    account_id, author_id = bench.in_fresh_process(account_with, existing)
    measured: Measure = bench.in_fresh_process(bench.import_file, str(file), account_id, author_id, None, True)
    seconds = measured.import_seconds
    write(
        f"\ninto {existing:,} contacts: {seconds:.2f} s, {seconds / first:.2f} times the first import; preview"
        f" {measured.analysis_seconds:.2f} s; peak {measured.peak_megabytes:.0f} MB; {measured.counts}"
    )
    write(f"that import undone: {bench.in_fresh_process(undo_last, account_id, author_id):.2f} s")


def make_directory(account_id: int) -> None:
    """Switch the directory on, with an attribute for each column of the file."""
    from directory.models import Attribute, AttributeType
    from directory.operations import directories
    from smsplatform.accounts.models import Account
    from smsplatform.accounts.tenancy import account_context

    account, now = Account.objects.get(pk=account_id), timezone.now()
    account.mode = Account.Mode.DIRECTORY
    account.save(update_fields=["mode"])
    with account_context(account):
        directories.ensure(account, now=now)
        news = {"key": "a13", "name": "Newsletter", "type": AttributeType.BOOLEAN, "variable": "newsletter"}
        Attribute.objects.create(account=account, position=13, created_at=now, **news)


def account_with(contacts: int) -> tuple[int, int]:
    """Return an account with so many contacts, kept from an earlier measurement or made, and somebody to import."""
    from directory.management import big_base
    from smsplatform.accounts.models import User

    account = big_base.account_of(contacts)
    author, _is_new = User.objects.get_or_create(email="bench-import@example.com")
    return account.pk, author.pk


def undo_last(account_id: int, author_id: int) -> float:
    """Undo the newest import and return the seconds that it took."""
    from contacts.models import Import
    from contacts.operations import import_undo
    from smsplatform.accounts.models import Account, User
    from smsplatform.accounts.tenancy import account_context

    account, author = Account.objects.get(pk=account_id), User.objects.get(pk=author_id)
    start = time.perf_counter()
    with account_context(account):
        imported = Import.objects.filter(account=account).latest("pk")
        import_undo.undo(account, imported=imported, by=author, now=timezone.now())
    return time.perf_counter() - start


class _FilesSink:
    """Writes the contacts and members to keep, in the file's order, as COPY reads them."""

    needs_values = True

    def __init__(self, contacts: str, members: str, account_id: int) -> None:
        self._files = [Path(path).open("w", encoding="utf-8") for path in (contacts, members)]  # noqa: SIM115
        self._account_id = account_id
        self._now = timezone.now().isoformat()
        self._rows = 0

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        contacts, members = self._files
        account, now = self._account_id, self._now
        self._rows += len(phones)
        known = ["{}" if value == NOTHING else value for value in values]
        rows = list(zip(phones.tolist(), known, strict=True))
        contacts.writelines(f"{account}\t{p}\t{v}\tIMPORT\t{now}\t{now}\n" for p, v in rows)
        members.writelines(f"{account}\t1\t{p}\n" for p, _ in rows)

    def finish(self) -> Outcome:
        return Outcome(new=self._rows)

    def close(self) -> None:
        for file in self._files:
            file.close()


def write_clean_rows(file: str, contacts: str, members: str, account_id: int) -> None:
    import numpy as np

    from contacts.importer.detect import detect_stream
    from contacts.importer.pipeline import Pipeline
    from contacts.importer.plan import Plan, to_json
    from contacts.importer.rejects import Rejects
    from contacts.models import Import
    from directory.importer.mapping import mapping_now
    from smsplatform.accounts.models import Account
    from smsplatform.accounts.tenancy import account_context

    with Path(file).open("rb") as opened, tempfile.TemporaryFile() as refused, account_context(account_id):
        detection = to_json(detect_stream(opened))
        plan = Plan.from_json(detection)
        columns = mapping_now(Account.objects.get(pk=account_id), Import(detection=detection))
        opened.seek(0)
        rejects = Rejects(refused, names=plan.names, titles=("", ""), reason_text=lambda code, value: code)
        none, sink = np.empty(0, dtype=np.int64), _FilesSink(contacts, members, account_id)
        Pipeline(plan, columns, "FR", none, sink, rejects, bench.NoWatch(), max_rows=10**9).run(opened)


def plain_copy(contacts: str, members: str) -> float:
    """Return the seconds that COPY takes for the clean rows into tables like the real ones, committed."""
    return bench.plain_copy(Path(contacts), "directory_contact", CONTACT_COLUMNS) + bench.plain_copy(
        Path(members), "contacts_listentry", MEMBER_COLUMNS
    )


def empty_account(account_id: int) -> None:
    """Remove everything that the account owns, and the space that it took."""
    from django.db import connection

    from directory.models import Attribute, Contact, ContactChange, ContactTally, Directory, KeyBacklog
    from smsplatform.accounts.tenancy import account_context

    with account_context(account_id):
        # In one statement each, by its table: there are millions of rows.
        for model in (KeyBacklog, ContactChange, Contact, ContactTally, Attribute, Directory):
            with connection.cursor() as cursor:
                cursor.execute(f"delete from {model._meta.db_table} where account_id = %s", [account_id])
    bench.empty_account(account_id)
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum directory_contact, directory_contactchange, directory_contacttally")
