"""How much memory a worker takes over all mutated uploads: .venv/bin/python -m tests.contacts.mutated_memory [COUNT].

Everything a worker does with a file but the database, in one process, as a worker lives on from file to file.
"""

import io
import os
import resource
import sys
from collections import Counter
from typing import BinaryIO

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smsplatform.settings")
django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402

from contacts.importer import mapping, sinks  # noqa: E402
from contacts.importer.detect import detect_stream  # noqa: E402
from contacts.importer.pipeline import Pipeline  # noqa: E402
from contacts.importer.plan import Plan, to_json  # noqa: E402
from contacts.importer.rejects import Rejects  # noqa: E402
from contacts.importer.sources import kinds, reader  # noqa: E402
from contacts.importer.sources.errors import SourceError  # noqa: E402
from tests.contacts import mutations  # noqa: E402
from tests.contacts.importer.reading import NoWatch  # noqa: E402


def main(path: str) -> None:
    """Read the files of a folder and print how they ended and the peak memory of this process and of its children."""
    ended: Counter[str] = Counter()
    for name in sorted(os.listdir(path)):
        with open(os.path.join(path, name), "rb") as file:
            ended[_outcome(file)] += 1
    for what, who in (("worker", resource.RUSAGE_SELF), ("opener", resource.RUSAGE_CHILDREN)):
        print(f"{what}: {resource.getrusage(who).ru_maxrss / 1024:.0f} MB at most")
    print(dict(sorted(ended.items())))


def _outcome(file: BinaryIO) -> str:
    kind = kinds.kind_of(file.read(kinds.HEAD_BYTES))
    file.seek(0)
    if kind == kinds.OTHER:
        return "REFUSED"
    if kind == kinds.TEXT:
        return _imported(file, is_table=False)
    limits = reader.Limits(
        max_memory=settings.IMPORT_WORKBOOK_MEMORY,
        max_seconds=settings.IMPORT_WORKBOOK_SECONDS,
        max_bytes=settings.IMPORT_MAX_BYTES,
        max_expanded=settings.IMPORT_MAX_EXPANDED_BYTES,
    )
    try:
        with reader.table_of(file, region="FR", sheet=None, limits=limits, watch=NoWatch()) as (table, made):
            return _imported(table, is_table=made["kind"] != kinds.TEXT)
    except SourceError as error:
        return error.code


def _imported(file: BinaryIO, *, is_table: bool) -> str:
    plan = Plan.from_json(to_json(detect_stream(file, "FR", is_table=is_table)))
    file.seek(0)
    rejects = Rejects(io.BytesIO(), names=plan.names, titles=("Line", "Reason"), reason_text=lambda code, value: code)
    report = Pipeline(
        plan=plan,
        mapping=mapping.mapped(plan.names, plan.phone_column),
        region="FR",
        exclusions=np.zeros(0, dtype=np.int64),
        sink=sinks.CountingSink(),
        rejects=rejects,
        watch=NoWatch(),
        max_rows=settings.IMPORT_MAX_ROWS,
    ).run(file)
    return "IMPORTED" if report.counts.new else "NOTHING TO IMPORT"


def write(path: str, count: int) -> None:
    """Write the mutated files; in a process of its own, or making them would count."""
    for seed in range(count):
        with open(os.path.join(path, f"{seed:04}"), "wb") as file:
            file.write(mutations.upload(seed).content)


if __name__ == "__main__":
    import subprocess
    import tempfile

    if len(sys.argv) > 2:
        {"write": lambda: write(sys.argv[2], int(sys.argv[3])), "read": lambda: main(sys.argv[2])}[sys.argv[1]]()
    else:
        count = sys.argv[1] if len(sys.argv) > 1 else str(mutations.COUNT)
        with tempfile.TemporaryDirectory() as folder:
            for arguments in (["write", folder, count], ["read", folder]):
                subprocess.run([sys.executable, "-m", "tests.contacts.mutated_memory", *arguments], check=True)
