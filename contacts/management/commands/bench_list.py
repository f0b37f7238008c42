"""Measure the editor of a large list, and show that none of its steps reads a table through."""

import random
import statistics
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.utils import timezone

from contacts import exports
from contacts.management import benchmark as bench
from contacts.management import realistic
from contacts.models import ContactList, EntryKey, Exclusion, ListEntry
from contacts.operations import entries, entry_keys, exclusions
from contacts.operations.entry_changes import Cell, Changes, RowChange
from contacts.operations.entry_changes import Exclusion as ExclusionChange
from contacts.queries import entries as queries
from contacts.queries.entries import Shown
from contacts.queries.entry_text import DIGITS, WORDS
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context

RUNS = 7  # of each step; the median counts
PAGE = 50  # entries, as the editor shows
EDITED = 50
BIG_TABLES = ("contacts_listentry", "contacts_entrykey")
COLUMNS = [
    {"key": f"c{n}", "name": name} for n, name in enumerate(["Nom", "Ville", "Date de naissance", "Newsletter"], 1)
]

_FILL = """
insert into contacts_listentry (account_id, list_id, phone, "values")
select %(account)s, %(list)s, 33610000000 + n * (80000000 / %(entries)s) + n %% 7,
    jsonb_build_object(
        'c1', name,
        'c2', town,
        'c3', to_char(date '1940-01-01' + (n * 37 %% 24000)::int, 'DD/MM/YYYY'),
        'c4', case when n %% 5 < 3 then 'oui' else 'non' end)
from generate_series(0::bigint, %(entries)s - 1) n
join unnest(%(names)s::text[]) with ordinality a(name, i) on i = 1 + n * 7919 %% %(many)s
join unnest(%(towns)s::text[]) with ordinality b(town, j) on j = 1 + n * 31 %% %(towns_count)s
order by n
"""
_REFERENCE = """
select phone, "values" from contacts_listentry where account_id = %s and list_id = %s and phone > %s order by phone limit 51
"""


@dataclass
class Step:
    name: str
    seconds: list[float]
    nodes: set[str] = field(default_factory=set)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--entries", type=int, default=1_000_000, help="of the list (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        from smsplatform.accounts.management.commands.prepare import migrate

        migrate()  # on a fresh clone there are no tables yet
        with bench.throw_away_account() as (account_id, author_id):
            account, author = Account.objects.get(pk=account_id), User.objects.get(pk=author_id)
            try:
                steps = Measures(account, author, options["entries"]).all()
            finally:
                with account_context(account):
                    EntryKey.objects.filter(account=account).delete()
                    Exclusion.objects.filter(account=account).delete()
        page, copy = steps[0].median, steps[1].median
        self.stdout.write("| step | median | ratio | how the big tables are read |\n|---|---|---|---|")
        for step in steps:
            ratio = step.median / (copy if step.name.startswith(("COPY", "export")) else page)
            nodes = ", ".join(sorted(step.nodes)) or "–"
            self.stdout.write(f"| {step.name} | {step.median * 1000:,.1f} ms | {ratio:,.1f} | {nodes} |")
        if any("Seq Scan" in node for step in steps for node in step.nodes):
            raise CommandError("A step reads a table through.", returncode=1)


class Measures:
    """The steps on one list. Each runs in a transaction of its own, as a request does."""

    def __init__(self, account: Account, author: User, size: int) -> None:
        self.account, self.author, self.size = account, author, size
        self.source = random.Random(1)
        self.contact_list = self._made()

    def _made(self) -> ContactList:
        now = timezone.now()
        names = [realistic.a_name(self.source) for _ in range(20_011)]
        towns = realistic.CITIES
        with account_context(self.account), connection.cursor() as cursor:
            contact_list = ContactList.objects.create(
                account=self.account, name="Bench", columns=COLUMNS, created_at=now, updated_at=now, last_used_at=now
            )
            ids = {"account": self.account.pk, "list": contact_list.pk, "entries": self.size}
            words: dict[str, Any] = {"names": names, "many": len(names), "towns": towns, "towns_count": len(towns)}
            cursor.execute(_FILL, ids | words)
            phones = list(
                ListEntry.objects.filter(account=self.account).order_by("phone").values_list("phone", flat=True)[::500]
            )
            exclusions.add(self.account, phones=phones, source=Exclusion.Source.STOP, by=None, now=now)
        for table in (*BIG_TABLES, "contacts_exclusion"):
            with connections["owner"].cursor() as cursor:
                cursor.execute(f"vacuum analyze {table}")
        self.phones = phones
        return contact_list

    def all(self) -> list[Step]:
        steps = [self._step("one page by primary key (reference)", self._reference), self._copy()]
        for facet, name in ((WORDS, "words"), (DIGITS, "number ends"), ("c1", "order of a column")):
            steps.append(self._make(facet, name))
        with connections["owner"].cursor() as cursor:
            cursor.execute("vacuum analyze contacts_entrykey")
        steps += [self._step(name, self._page(**shown)) for name, shown in self._pages().items()]
        steps.append(self._step(f"edit {EDITED} cells and save", self._edit))
        steps.append(self._step(f"exclude {EDITED} and save", self._exclude))
        steps.append(self._once("export the whole list (CSV)", self._export, plans=True))
        return steps

    def _pages(self) -> dict[str, dict[str, Any]]:
        with account_context(self.account):
            middle = queries._token(self.account, "", self.phones[len(self.phones) // 2], False)
            by_name = queries.page(self.account, self._list(), shown=Shown(sort="c1"), limit=PAGE)
        digits = str(self.phones[7])
        return {
            "open: first page": {},
            "a page in the middle": {"token": middle},
            "excluded only": {"excluded_only": True},
            "search a whole number": {"search": f"+{digits}"},
            "search a beginning (06 12 3)": {"search": "06 12 3"},
            "search the last digits": {"search": digits[-5:]},
            "search a word": {"search": self.word()},
            "search the beginning of a word": {"search": "mar"},
            "search two words": {"search": f"{self.word()} laval"},
            "sort by a column, first page": {"sort": "c1"},
            "sort by a column, next page": {"sort": "c1", "token": by_name.next_token},
            "sort by a column, from the end": {"sort": "-c1"},
        }

    def word(self) -> str:
        with account_context(self.account):
            values = queries.rows(self.account, self.contact_list, self.phones[9:10])[0].values
        return values["c1"].split()[0]

    def _list(self) -> ContactList:
        return ContactList.objects.get(account=self.account, pk=self.contact_list.pk)

    def _page(self, **shown: Any) -> Callable[[], object]:
        return lambda: queries.page(self.account, self._list(), shown=Shown(**shown), limit=PAGE)

    def _reference(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_REFERENCE, [self.account.pk, self.contact_list.pk, self.source.choice(self.phones)])
            cursor.fetchall()

    def _some(self) -> list[int]:
        start = self.source.choice(self.phones[: -EDITED * 2 // 500 - 1])
        entries_ = ListEntry.objects.filter(account=self.account, contact_list=self.contact_list, phone__gt=start)
        return list(entries_.order_by("phone").values_list("phone", flat=True)[:EDITED])

    def _edit(self) -> None:
        rows = queries.rows(self.account, self.contact_list, self._some())
        values = [(row, row.values.get("c1", ""), f"{realistic.a_name(self.source)} Neuf") for row in rows]
        changes = [RowChange(str(row.phone), row.phone, None, {"c1": Cell(was, new)}) for row, was, new in values]
        self._save(changes)

    def _exclude(self) -> None:
        asked = ExclusionChange(True, "L'a demandé")
        self._save([RowChange(str(phone), phone, exclusion=asked) for phone in self._some()])

    def _save(self, rows: list[RowChange]) -> None:
        saved = entries.save(
            self.account,
            contact_list=self._list(),
            changes=Changes(rows=tuple(rows)),
            by=self.author,
            now=timezone.now(),
        )
        if saved.refused:
            raise CommandError("Some rows were refused.")

    def _export(self) -> None:
        for _ in exports.csv_chunks(self.account, self._list()):
            pass

    def _copy(self) -> Step:
        def copy() -> None:
            query = (
                'copy (select phone, "values" from contacts_listentry where account_id = %s and list_id = %s) to stdout'
            )
            with connection.cursor() as cursor, cursor.copy(query, [self.account.pk, self.contact_list.pk]) as data:
                for _ in data:
                    pass

        return self._once("COPY TO (reference of the export)", copy)

    def _make(self, facet: str, name: str) -> Step:
        make = lambda: entry_keys.make(self.account, list_id=self.contact_list.pk, facet=facet, now=timezone.now())  # noqa: E731
        return self._once(f"in the background: make the keys of {name}", make)

    def _once(self, name: str, work: Callable[[], object], plans: bool = False) -> Step:
        print(name, file=sys.stderr)
        with account_context(self.account):
            seen: list[tuple[str, Any]] = []
            with connection.execute_wrapper(_Spy(seen)):
                seconds = bench.timed(work)
            return Step(name, [seconds], set(_nodes(seen)) if plans else set())

    def _step(self, name: str, work: Callable[[], object]) -> Step:
        print(name, file=sys.stderr)
        step = Step(name, [])
        for _ in range(RUNS):
            seen: list[tuple[str, Any]] = []
            with account_context(self.account):
                start = time.perf_counter()
                work()
                step.seconds.append(time.perf_counter() - start)
        with account_context(self.account):
            with connection.execute_wrapper(_Spy(seen)):
                work()
            step.nodes = set(_nodes(seen))
        return step


class _Spy:
    """Remembers the statements of a step, to ask for their plans."""

    def __init__(self, seen: list[tuple[str, Any]]) -> None:
        self._seen = seen

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        # A cursor that is read bit by bit has a plan of its own, which gives the first rows soon.
        is_cursor = hasattr(context["cursor"].cursor, "name")
        self._seen.append((f"declare plan_only cursor for {sql}" if is_cursor else sql, params))
        return execute(sql, params, many, context)


def _nodes(seen: list[tuple[str, Any]]) -> Iterator[str]:
    """Yield how the plans of statements read the big tables."""
    for sql, params in seen:
        if not any(table in sql for table in BIG_TABLES):
            continue
        with _explained(sql, params) as plan:
            yield from _scans(plan)


@contextmanager
def _explained(sql: str, params: Any) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {sql}", params)
        yield cursor.fetchone()[0][0]["Plan"]


def _scans(node: dict[str, Any]) -> Iterator[str]:
    # A bitmap index scan names its index only; the heap scan above it names the table.
    if node.get("Relation Name") in BIG_TABLES and node["Node Type"] != "ModifyTable":
        yield f"{node['Node Type']} {node['Relation Name'].removeprefix('contacts_')}"
    for child in node.get("Plans", ()):
        yield from _scans(child)
