"""Measure imports into a list that exists, and taking one back, against plain COPY of the same rows."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from contacts.management import benchmark as bench
from contacts.management import realistic

CHANGED_EVERY = 5  # lines


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=1_000_000, help="lines of the file (default: %(default)s)")

    def handle(self, *args: Any, rows: int, **options: Any) -> None:
        from smsplatform.accounts.management.commands.prepare import migrate

        migrate()
        with tempfile.TemporaryDirectory() as folder, bench.throw_away_account() as (account_id, author_id):
            names = ("contacts.csv", "again.csv", "changed.csv", "clean.copy")
            file, again, changed, clean = (Path(folder) / name for name in names)
            realistic.write_file(file, rows)
            write_again(file, again)
            write_changed(file, changed)
            bench.in_fresh_process(bench.write_clean_rows, str(file), str(clean), account_id)
            copy = bench.plain_copy(clean)
            self.stdout.write(f"plain COPY of the {bench.line_count(clean):,} clean rows: {copy:.2f} s\n\n")
            self.stdout.write(
                "| step | ratio to COPY | preview | new / updated / unchanged | peak memory |\n|---|---|---|---|---|"
            )
            ids = account_id, author_id
            list_id = bench.in_fresh_process(empty_list, account_id)
            for name, source in (
                ("add to an empty list", file),
                ("add the same file again, with one more line", again),
                ("add it with every fifth line changed", changed),
            ):
                measure = bench.in_fresh_process(bench.import_file, str(source), *ids, list_id)
                self._print(name, measure, copy)
            seconds = bench.in_fresh_process(undo_last, *ids)
            self.stdout.write(f"| undo the last one | {seconds / copy:.2f} | | | |")

    def _print(self, name: str, measure: bench.Measure, copy: float) -> None:
        counts = " / ".join(f"{measure.counts[key]:,}" for key in ("new", "updated", "unchanged"))
        ratios = f"{measure.import_seconds / copy:.2f} | {measure.analysis_seconds / copy:.2f}"
        self.stdout.write(f"| {name} | {ratios} | {counts} | {measure.peak_megabytes:.0f} MB |")


def write_again(file: Path, again: Path) -> None:
    """Write the file with one number more: an import that changes nothing at all is refused."""
    text = file.read_text(encoding="utf-8")
    heading, first = text.split("\n", 2)[:2]
    index = heading.strip().split(";").index("Mobile")
    cells = first.split(";")
    cells[index] = "0600000001"
    again.write_text(text + ";".join(cells) + "\n", encoding="utf-8")


def write_changed(file: Path, changed: Path) -> None:
    """Write the file with another value in the last column of every fifth line."""
    with file.open(encoding="utf-8", newline="") as lines, changed.open("w", encoding="utf-8", newline="") as out:
        for number, line in enumerate(lines):
            out.write(line if number % CHANGED_EVERY or not number else line.rstrip("\r\n") + "2\n")


def empty_list(account_id: int) -> int:
    from contacts.models import ContactList
    from smsplatform.accounts.tenancy import account_context

    now = timezone.now()
    with account_context(account_id):
        created = {"created_at": now, "updated_at": now, "last_used_at": now}
        return int(ContactList.objects.create(account_id=account_id, name="Bench", **created).pk)


def undo_last(account_id: int, author_id: int) -> float:
    """Undo the newest import and return the seconds that it took."""
    from contacts.models import Import
    from contacts.operations import import_undo
    from smsplatform.accounts.models import Account, User
    from smsplatform.accounts.tenancy import account_context

    account, author = Account.objects.get(pk=account_id), User.objects.get(pk=author_id)
    with account_context(account):
        imported = Import.objects.filter(account=account).latest("pk")

        def undo() -> None:
            import_undo.undo(account, imported=imported, by=author, now=timezone.now())

        return bench.timed(undo)
