"""Reads of the stored file of refused lines, a line at a time: it may have a million."""

import csv
import io
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from contacts.importer.plan import Plan
from contacts.models import Import
from smsplatform.accounts.models import Account
from smsplatform.lib import csvsafe

MOST_SHOWN = 100_000  # lines that can be paged through; more are for a spreadsheet

Status = Import.Status


@dataclass(frozen=True)
class Rejected:
    """A refused line: `cells` are those of the original file, `value` is its number as written."""

    line: int
    cells: list[str]
    value: str
    reason: str
    suggestion: str


@dataclass(frozen=True)
class Page:
    rows: list[Rejected]
    number: int
    has_next: bool


@contextmanager
def opened(imported: Import) -> Iterator[Iterator[list[str]]]:
    """Open the file's records, titles first, as it was written. Raise FileNotFoundError where there is none (any more)."""
    if not imported.rejects_path:
        raise FileNotFoundError
    with (
        default_storage.open(imported.rejects_path) as file,
        io.TextIOWrapper(file, "utf-8-sig", newline="") as text,
    ):
        yield csv.reader(text, delimiter=";")


def added_columns(titles: list[str], plan: Plan) -> int:
    """Return how many columns stand behind the file's own: line, reason and, in newer files, suggestion."""
    return len(titles) - plan.width


@contextmanager
def rows(imported: Import) -> Iterator[Iterator[Rejected]]:
    """Open the refused lines in the order of the file. Raise FileNotFoundError."""
    plan = Plan.from_json(imported.detection)
    with opened(imported) as records:
        added = added_columns(next(records), plan)
        yield (_rejected(record, plan, added) for record in records)


def _rejected(record: list[str], plan: Plan, added: int) -> Rejected:
    own, ours, extra = record[: plan.width], record[plan.width : plan.width + added], record[plan.width + added :]
    cells = [csvsafe.bare(cell) for cell in own + extra]
    value = "" if plan.phone_column is None else cells[plan.phone_column]
    return Rejected(int(ours[0]), cells, value, ours[1], "".join(ours[2:]))


def page(imported: Import, *, number: int, size: int) -> Page:
    """Return one page (from 1; a wrong number leads to the first), within the first MOST_SHOWN lines."""
    first = (number - 1) * size
    if not 0 <= first < MOST_SHOWN:
        first, number = 0, 1
    with rows(imported) as lines:
        found = list(islice(lines, first, first + size + 1))
    if not found and number > 1:
        return page(imported, number=1, size=size)
    return Page(found[:size], number, len(found) > size and first + size < MOST_SHOWN)


def of_lines(imported: Import, lines: Collection[int]) -> dict[int, Rejected]:
    """Return those of the given lines that are refused."""
    wanted, found = set(lines), dict[int, Rejected]()
    with rows(imported) as refused:
        for row in refused:
            if row.line in wanted:
                found[row.line] = row
                if len(found) == len(wanted):
                    break
    return found


def mends(account: Account, imported: Import) -> QuerySet[Import]:
    """Return the imports that corrected an import's refused lines, the newest first."""
    return Import.objects.filter(account=account, parent=imported).order_by("-created_at", "-pk")


def mend_at_work(account: Account, imported: Import) -> Import | None:
    """Return the newest mend that is not given up: its refused lines are what is left to repair."""
    given_up = (Status.FAILED, Status.CANCELLED)
    return mends(account, imported).exclude(status__in=given_up).filter(undone_at=None).first()
