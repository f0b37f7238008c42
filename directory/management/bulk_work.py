"""Work on a tenth of a big directory's contacts, with the plain statement beside it."""

import time
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, connections
from django.utils import timezone

from contacts.models import ContactList
from directory.management.big_base import rule
from directory.models import Contact, ListMerge
from directory.operations import members, merges
from directory.queries import matching
from directory.queries.query import Query, Selection
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context


class Bulk:
    """Work on a tenth of the contacts, and the plain statement beside it."""

    def __init__(self, account: Account, author: User) -> None:
        self.account, self.author = account, author
        with account_context(account):
            newest = Contact.objects.filter(account=account).order_by("-created_at")[0].created_at
        self.newest = newest

    def all(self) -> list[tuple[str, int, float, float]]:
        lists = [self._list(f"Bench {name}") for name in ("A", "B")]
        rows = []
        for contact_list, query in zip(lists, (self._of_days(2, 0), self._of_days(3, 1)), strict=True):
            plain = self._plain_add(query)
            start = time.perf_counter()
            with account_context(self.account):
                now = timezone.now()
                added, _ = members.add(self.account, contact_list=contact_list, selection=Selection(query), now=now)
            rows.append(("add to an empty list", added, time.perf_counter() - start, plain))
        rows.append(self._merged(lists))
        return rows

    def _of_days(self, oldest: int, newest: int) -> Query:
        """Return the contacts of the imports of so many days before the newest, the first day not included."""
        after, before = (self._day(days) for days in (oldest, newest - 1))
        return Query(rule=rule("ALL", ("@created", "AFTER", after), ("@created", "BEFORE", before)))

    def _day(self, before: int) -> str:
        return timezone.localdate(self.newest - timedelta(days=before)).isoformat()

    def _list(self, name: str) -> ContactList:
        now = timezone.now()
        with account_context(self.account):
            return ContactList.objects.create(
                account=self.account,
                name=name,
                kind=ContactList.Kind.DIRECTORY,
                created_at=now,
                updated_at=now,
                last_used_at=now,
            )

    def _plain_add(self, query: Query) -> float:
        with account_context(self.account):
            where, parameters = matching.where(self.account, query)
        return self._plain(f"select c.account_id, 1, c.phone from directory_contact c where {where}", parameters)

    def _plain(self, select: str, parameters: dict[str, Any]) -> float:
        with connections["owner"].cursor() as cursor:
            cursor.execute("create table bench_members (like contacts_listentry including all)")
            cursor.execute("grant all on bench_members to public")
        try:
            start = time.perf_counter()
            with account_context(self.account), connection.cursor() as cursor:
                cursor.execute(f"insert into bench_members (account_id, list_id, phone) {select}", parameters)
            return time.perf_counter() - start
        finally:
            with connections["owner"].cursor() as cursor:
                cursor.execute("drop table bench_members")

    def _merged(self, lists: list[ContactList]) -> tuple[str, int, float, float]:
        ids = {"account": self.account.pk, "first": lists[0].pk, "second": lists[1].pk}
        union = (
            "select account_id, 1, phone from contacts_listentry where account_id = %(account)s and list_id = %(first)s union"
            " select account_id, 1, phone from contacts_listentry where account_id = %(account)s and list_id = %(second)s"
        )
        plain = self._plain(union, ids)
        now = timezone.now()
        for contact_list in lists:
            with account_context(self.account):
                contact_list.refresh_from_db()
        with account_context(self.account):
            merge = merges.start(
                self.account,
                first=lists[0],
                second=lists[1],
                target=None,
                name="Bench C",
                expires_after_months=None,
                source_after=ListMerge.SourceAfter.KEEP,
                by=self.author,
                now=now,
            )
        start = time.perf_counter()
        merges.run(self.account, merge_id=merge.pk, now=now)
        seconds = time.perf_counter() - start
        with account_context(self.account):
            merge.refresh_from_db()
            if merge.status != ListMerge.Status.DONE:
                raise CommandError(f"The merge failed: {merge.error}")
        return "merge two lists into a new one", int(merge.result["final"]), seconds, plain
