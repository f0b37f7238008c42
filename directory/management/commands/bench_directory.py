"""Measure a directory of millions of contacts, and show that none of its pages reads a table through."""

import statistics
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from contacts.management.benchmark import owner_in
from contacts.queries import lists as list_queries
from directory.management import big_base
from directory.management.big_base import BORN, CITY, POINTS, rule
from directory.management.bulk_work import Bulk
from directory.management.plans import Spy, scans
from directory.models import Contact
from directory.operations import key_making, keys
from directory.queries import contacts, facets
from directory.queries.ordering import Place, token_of
from directory.queries.query import Query
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context

RUNS = 30
TARGET = 100  # ms, of a page by the 95th percentile
DEPTH = 100_000  # pages


@dataclass
class Step:
    name: str
    milliseconds: list[float]
    found: str = ""
    nodes: set[str] = field(default_factory=set)

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.milliseconds, n=20)[-1]


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contacts", type=int, default=1_000_000, help="of the directory (default: %(default)s)")
        parser.add_argument("--keep", action="store_true", help="leave the directory for the next measurement")
        parser.add_argument("--only", default="", help="steps whose name has this text")

    def handle(self, *args: Any, **options: Any) -> None:
        from smsplatform.accounts.management.commands.prepare import migrate

        migrate()  # on a fresh clone there are no tables yet
        current_app.conf.broker_url = "memory://localhost/"  # nobody else must hear of this work
        account = big_base.account_of(options["contacts"])
        author = User.objects.create_user(f"bench-{time.time_ns()}@example.com")
        try:
            self._make_keys(account)
            steps = list(Pages(account).steps(options["only"]))
            self._print(steps)
            if not options["only"]:
                self._print_bulk(Bulk(account, author))
        finally:
            clean(account, author)
            if not options["keep"]:
                big_base.remove(account)
        if any("Seq Scan" in node for step in steps for node in step.nodes):
            raise CommandError("A step reads a table through.", returncode=1)

    def _make_keys(self, account: Account) -> None:
        now = timezone.now()
        names = {"": "words", "#": "number ends", CITY: "order by town", BORN: "order by birthday", POINTS: "by points"}
        with account_context(account):
            made = set(facets.of(account).made)
            keys.register(account, set(names) - made - set(facets.of(account).unfinished), now)
        for facet in sorted(set(names) - made):
            start = time.perf_counter()
            key_making.make(account, facet=facet, now=now)
            self.stdout.write(f"in the background: keys of {names[facet]}: {time.perf_counter() - start:,.0f} s")
        if set(names) - made:
            big_base.analyse()

    def _print(self, steps: list[Step]) -> None:
        self.stdout.write("| page | found | median | p95 | how the big tables are read |\n|---|---|---|---|---|")
        for step in steps:
            nodes = ", ".join(sorted(step.nodes)) or "–"
            mark = "" if step.p95 <= TARGET else f" (over {TARGET})"
            self.stdout.write(
                f"| {step.name} | {step.found} | {step.median:,.1f} ms | {step.p95:,.1f} ms{mark} | {nodes} |"
            )

    def _print_bulk(self, bulk: Bulk) -> None:
        self.stdout.write("\n| work | rows | seconds | plain INSERT..SELECT | ratio |\n|---|---|---|---|---|")
        for name, rows, seconds, plain in bulk.all():
            self.stdout.write(f"| {name} | {rows:,} | {seconds:.1f} | {plain:.1f} | {seconds / plain:.2f} |")


def clean(account: Account, author: User) -> None:
    with owner_in(account.pk) as cursor:
        for table in ("directory_mergedentry", "directory_listmerge", "contacts_listentry", "contacts_contactlist"):
            cursor.execute(f"delete from {table} where account_id = %s", [account.pk])
        cursor.execute("delete from accounts_auditevent where account_id = %s", [account.pk])
        cursor.execute("delete from accounts_user where id = %s", [author.pk])


class Pages:
    """The pages of one directory. Each is read in a transaction of its own, as a request does."""

    def __init__(self, account: Account) -> None:
        self.account = account
        with account_context(account):
            row = contacts.page(account, Query(sort="PHONE"), token=self._token("PHONE", 0.4321), limit=1).contacts[0]
        self.digits = f"0{str(row.phone)[2:]}"
        self.name, self.town = row.attributes["a2"], row.attributes["a8"]

    def _queries(self) -> dict[str, Query]:
        digits = self.digits
        town, early = (CITY, "EQUALS", "Lyon"), (BORN, "BEFORE", "1960-01-01")
        return {
            "first page, the newest": Query(),
            "search a name": Query(self.name),
            "search the beginning of a name": Query(self.name[:4].lower()),
            "search a beginning that many have": Query("mar"),
            "search a name and a first name": Query(f"{self.name} cam"),
            "search a first name and a beginning": Query("camille mar"),
            "search a whole number": Query(digits),
            f"search the beginning {digits[:4]}": Query(digits[:4]),
            f"search the beginning {digits[:8]}": Query(digits[:8]),
            "search the last 5 digits": Query(digits[-5:]),
            "search 6 digits from the middle": Query(digits[3:9]),
            "search 4 digits from the middle": Query(digits[4:8]),
            "filter: a town that few have": Query(
                rule=rule("ALL", (CITY, "EQUALS", "Laval"), (BORN, "ON", "1961-05-05"))
            ),
            "filter: this contact's town": Query(rule=rule("ALL", (CITY, "EQUALS", self.town))),
            "filter: a town that many have": Query(rule=rule("ALL", town)),
            "filter: two conditions, AND": Query(rule=rule("ALL", town, early)),
            "filter: two conditions, OR": Query(rule=rule("ANY", town, early)),
            "filter: a day of birth": Query(rule=rule("ALL", (BORN, "ON", "1961-05-05"))),
            "filter: more than 19,000 points, most first": Query(
                rule=rule("ALL", (POINTS, "MORE", 19_000)), sort=f"-{POINTS}"
            ),
            "sort by town": Query(sort=CITY),
        }

    def steps(self, only: str) -> list[Step]:
        found = []
        for name, query in self._queries().items():
            if only in name:
                found.append(self._step(name, query))
        for name, sort in {"newest": "-CREATED", "number": "PHONE", "town": CITY}.items():
            if only in (full := f"page {DEPTH:,} of all, by {name}"):
                found.append(self._step(full, Query(sort=sort), self._token(sort, DEPTH * 50)))
        if only in "the table of lists":
            found.append(self._measured("the table of lists", lambda: list(list_queries.list_rows(self.account)[:50])))
        return found

    def _token(self, sort: str, offset: float) -> str:
        """Return what leads behind that many contacts, or behind that share of them."""
        with account_context(self.account), connection.cursor() as cursor:
            many = Contact.objects.filter(account=self.account).count()
            behind = int(many * offset) if offset < 1 else min(int(offset), many - 60)
            table = "directory_contact" if sort.endswith(("PHONE", "CREATED")) else "directory_contactkey"
            key, order = {
                "PHONE": ("''", "phone"),
                "-CREATED": ("created_at::text", "created_at desc, phone desc"),
            }.get(sort, ("key", "key, phone"))
            where = "account_id = %(account)s" + (
                "" if table.endswith("contact") else " and facet = %(facet)s and key > ''"
            )
            cursor.execute(
                f"select {key}, phone from {table} where {where} order by {order} offset %(behind)s limit 1",
                {"account": self.account.pk, "facet": sort, "behind": behind},
            )
            return token_of(self.account, Place(*cursor.fetchone()))

    def _step(self, name: str, query: Query, token: str = "") -> Step:
        def page() -> object:
            return contacts.page(self.account, query, token=token)

        with account_context(self.account):
            total = contacts.page(self.account, query, token=token).total
        step = self._measured(name, page)
        step.found = "many" if total is None else f"{total:,}"
        return step

    def _measured(self, name: str, work: Callable[[], object]) -> Step:
        print(name, file=sys.stderr)
        step, spy = Step(name, []), Spy()
        for _ in range(RUNS):
            with account_context(self.account):
                start = time.perf_counter()
                work()
                step.milliseconds.append((time.perf_counter() - start) * 1000)
        with account_context(self.account):
            with connection.execute_wrapper(spy):
                work()
            step.nodes = set(scans(spy.seen))
        return step
