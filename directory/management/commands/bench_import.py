"""Measure imports from the file on disk to the committed rows, against plain COPY of the same rows."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from contacts.management import benchmark
from directory.management import import_benchmark


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=1_000_000, help="lines of the file (default: %(default)s)")
        parser.add_argument(
            "--kind", choices=["list", "directory"], default="list", help="what the file is imported into"
        )
        parser.add_argument("--runs", type=int, default=1, help="measure so many times, alternately")
        parser.add_argument(
            "--existing", type=int, default=0, help="also import into a directory of so many contacts, which is kept"
        )

    def handle(self, *args: Any, rows: int, kind: str, runs: int, existing: int, **options: Any) -> None:
        # Inside, as everywhere here: the processes it starts import this module before Django is set up.
        from smsplatform.accounts.management.commands.prepare import migrate

        migrate()  # on a fresh clone there are no tables yet
        if kind == "list":
            benchmark.measure_lists(rows, runs, self.stdout.write)
        else:
            import_benchmark.measure(rows, runs, existing, self.stdout.write)
