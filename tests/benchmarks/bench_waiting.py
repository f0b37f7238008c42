"""What people wait for while large imports are written: .venv/bin/python -m tests.benchmarks.bench_waiting [--rows 1000000].

Starts a platform of its own, has two accounts import at once, one in each mode, and meanwhile excludes numbers of the files and
loads pages, as four people do. Every exclusion is looked for right after its answer.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPErrorProcessor, Request, build_opener

from contacts.management import realistic
from tests.embedded.running import Run
from tests.support import signing_in

REQUESTS = 200  # of each kind
PEOPLE = 4
PAUSE_SECONDS = 0.3  # between two requests of a person, for a million lines: so that they last as long as the imports
DONE_WITHIN = 900  # seconds
COUNTED_WITHIN = 60  # seconds after the imports


class NoRedirects(HTTPErrorProcessor):
    def http_response(self, request: Any, response: Any) -> Any:
        return response


@dataclass
class Person:
    """Somebody signed in, who asks one thing after the other."""

    address: str
    cookies: str
    token: str

    def ask(self, path: str, form: dict[str, str] | None = None) -> int:
        body = None if form is None else urlencode({**form, "csrfmiddlewaretoken": self.token}).encode()
        request = Request(self.address + path, data=body, headers={"Cookie": self.cookies})
        try:
            with build_opener(NoRedirects).open(request, timeout=120) as response:
                response.read()
                return int(response.status)
        except HTTPError as error:
            return error.code


@dataclass
class Measured:
    """Seconds and statuses of requests of one kind, and how many were answered while imports were running."""

    what: str
    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    during: int = 0

    def line(self) -> str:
        ordered = sorted(self.seconds)
        p50, p95 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.95))
        others = [status for status in self.statuses if status not in (200, 302)]
        return (
            f"{self.what}: {len(ordered)}, {self.during} of them during imports; median {p50:.3f} s, p95 {p95:.3f} s,"
            f" slowest {ordered[-1]:.3f} s; other answers: {others or 'none'}"
        )


@contextmanager
def platform(folder: Path) -> Iterator[str]:
    """Serve a platform of its own, and use its servers here."""
    run = Run("--port", "0", "--data", str(folder))
    if not run.address:
        sys.exit(run.printed)
    try:
        os.environ["DATA_DIR"] = str(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "smsplatform.settings"
        import django

        django.setup()
        yield run.address
    finally:
        run.end(signal.SIGINT)


class Account:
    """An account with a person in it, a file that is being imported, and numbers of that file to exclude."""

    def __init__(self, address: str, mode: str, file: Path) -> None:
        from django.test import Client
        from django.utils import timezone

        from directory.operations import directories
        from smsplatform.accounts import models
        from smsplatform.accounts.tenancy import account_context

        self.file, self.mode = file, mode
        self.row = models.Account.objects.create(name=f"Mesure {mode}", mode=mode)
        self.by = models.User.objects.create_user(f"{mode.lower()}@bench.example")
        with account_context(self.row):
            models.Membership.objects.create(account=self.row, user=self.by, role=models.Role.MARKETER)
            if mode == "DIRECTORY":
                directories.ensure(self.row, now=timezone.now())
        client = Client()
        signing_in.sign_in(client, self.by)
        token = "t" * 32
        cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {"csrftoken": token}
        self.person = Person(address, "; ".join(f"{name}={value}" for name, value in cookies.items()), token)
        self.excluded: list[int] = []

    def ready(self, **given: Any) -> Any:
        """Have the file analysed by a worker, and return the import to be confirmed."""
        from django.core.files import File
        from django.utils import timezone

        from contacts.operations import imports
        from smsplatform.accounts.tenancy import account_context

        with account_context(self.row), self.file.open("rb") as content:
            given = {"list_name": "Mesure", "into_directory": self.mode == "DIRECTORY", **given}
            imported = imports.upload(
                self.row, file=File(content, "contacts.csv"), by=self.by, now=timezone.now(), **given
            )
        return self.reaches(imported, "READY")

    def confirm(self, imported: Any) -> None:
        from django.utils import timezone

        from contacts.operations import imports
        from smsplatform.accounts.tenancy import account_context

        with account_context(self.row):
            seen = imported.settings_digest
            imports.confirm(self.row, imported=imported, seen=seen, by=self.by, now=timezone.now())

    def reaches(self, imported: Any, *statuses: str) -> Any:
        """Wait until the import has one of these states."""
        deadline = time.monotonic() + DONE_WITHIN
        while self.status(imported) not in statuses:
            if imported.status in ("FAILED", "CANCELLED") or time.monotonic() > deadline:
                sys.exit(f"{self.mode}: the import is {imported.status} {imported.error}")
            time.sleep(0.2)
        return imported

    def status(self, imported: Any) -> str:
        from smsplatform.accounts.tenancy import account_context

        with account_context(self.row):
            imported.refresh_from_db()
        return str(imported.status)

    def is_in_force(self, phone: int) -> bool:
        from contacts.queries import exclusions
        from smsplatform.accounts.tenancy import account_context

        with account_context(self.row):
            return phone in exclusions.known(self.row, [phone])


def numbers(file: Path, count: int) -> list[int]:
    """Return distinct mobile numbers of the file."""
    from smsplatform.lib.phones import PhoneError, normalise

    found: dict[int, None] = {}
    with file.open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            try:
                found[normalise(line.split(";")[1], "FR").digits] = None
            except PhoneError:
                continue
            if len(found) == count:
                break
    return list(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contacts.csv"
        realistic.write_file(file, rows)
        with platform(Path(folder) / "data") as address:
            measure(address, file, rows)


def measure(address: str, file: Path, rows: int) -> None:
    accounts = [Account(address, mode, file) for mode in ("LISTS", "DIRECTORY")]
    waiting = [(account, account.ready()) for account in accounts]
    addresses = pages_of(accounts)
    for ask in 4 * addresses:
        ask()  # a server that has just started makes its first pages slowly
    begun = time.monotonic()
    for account, imported in waiting:
        account.confirm(imported)
        account.reaches(imported, "RUNNING", "DONE")
    exclusions, pages, late = Measured("exclusions"), Measured("pages"), []

    def timed(kind: Measured, ask: Callable[[], int]) -> None:
        started = time.monotonic()
        status = ask()
        kind.seconds.append(time.monotonic() - started)
        kind.statuses.append(status)
        time.sleep(PAUSE_SECONDS * rows / 1_000_000)
        kind.during += any(account.status(imported) == "RUNNING" for account, imported in waiting)

    def exclude(account: Account, phone: int) -> None:
        form = {"number": f"+{phone}", "reason": "Mesure"}
        timed(exclusions, lambda: account.person.ask("/exclusions/add/", form))
        if not account.is_in_force(phone):
            late.append(phone)

    work = [lambda n=n, phone=phone: exclude(accounts[n % 2], phone) for n, phone in enumerate(numbers(file, REQUESTS))]
    work += [lambda n=n: timed(pages, lambda: addresses[n % len(addresses)]()) for n in range(REQUESTS)]
    work = [work[at + half] for at in range(REQUESTS) for half in (0, REQUESTS)]  # one of each in turn
    with ThreadPoolExecutor(PEOPLE) as people:
        list(people.map(lambda do: do(), work))
    for account, imported in waiting:
        account.reaches(imported, "DONE")
    print(f"{rows:,} lines into two accounts at once: {time.monotonic() - begun:.1f} s")
    print(f"{exclusions.line()}; not in force at once: {len(late)}")
    print(pages.line())
    for account, imported in waiting:
        print(f"{account.mode}: {counted(account, imported)}")


def pages_of(accounts: list[Account]) -> list[Callable[[], int]]:
    visitor = Person(accounts[0].person.address, "", "")
    paths = {
        "LISTS": ["/lists/", "/exclusions/", "/imports/"],
        "DIRECTORY": ["/directory/contacts/", "/lists/", "/exclusions/"],
    }
    asks = [lambda a=account, p=path: a.person.ask(p) for account in accounts for path in paths[account.mode]]
    return [*asks, lambda: visitor.ask("/auth/login/")]


def counted(account: Account, imported: Any) -> str:
    """Return what became of the exclusions, once all are counted."""
    from django.db import connection

    from contacts.models import ExclusionInbox
    from contacts.queries import exclusions
    from smsplatform.accounts.tenancy import account_context

    deadline = time.monotonic() + COUNTED_WITHIN
    while time.monotonic() < deadline:
        with account_context(account.row):
            if not ExclusionInbox.objects.exists():
                break
        time.sleep(0.2)
    with account_context(account.row), connection.cursor() as cursor:
        in_force = exclusions.count(account.row)
        imported.contact_list.refresh_from_db()
        cursor.execute(
            "select count(*) from contacts_listentry e where e.account_id = %s and e.list_id = %s"
            f" and {exclusions.exists_sql('e')}",
            [account.row.pk, imported.contact_list.pk],
        )
        recounted = cursor.fetchone()[0]
    stored = imported.contact_list.excluded_count
    return f"{in_force} in force; on the list {stored} counted, {recounted} recounted"


if __name__ == "__main__":
    main()
