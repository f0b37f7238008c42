"""Reads about actions on many lists."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from contacts.models import ContactList, ListBatch
from smsplatform.accounts.models import Account


@dataclass(frozen=True)
class Chosen:
    """The lists that an action is asked for, in the table's order, and their contacts together."""

    lists: list[ContactList]
    contact_count: int


def by_ids(account: Account, ids: Iterable[int]) -> Chosen:
    """Return chosen lists in the order of the ids, deleted ones too; those of other accounts are left out."""
    wanted = list(dict.fromkeys(ids))
    rows = ContactList.objects.filter(account=account).shown(account)
    found = rows.in_bulk(wanted)
    total = rows.filter(pk__in=wanted).aggregate(total=Sum("contact_count"))["total"]
    return Chosen([found[pk] for pk in wanted if pk in found], total or 0)


def result_rows(batch: ListBatch) -> list[dict[str, object]]:
    """Return the results with what went wrong first: that is what somebody has to look at."""
    return sorted(batch.results, key=lambda line: bool(line["ok"]))
