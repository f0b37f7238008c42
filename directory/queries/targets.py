"""Lists that people may add contacts to."""

from dataclasses import dataclass

from django.db.models import F

from contacts.models import ContactList
from contacts.queries.lists import fold, folded
from smsplatform.accounts.models import Account

LISTS_OFFERED = 20


@dataclass(frozen=True)
class Targets:
    """`lists`: some of those found, the last modified first. `has_more`: the search must be narrower to show the others."""

    lists: list[ContactList]
    has_more: bool


def targets(account: Account, search: str = "") -> Targets:
    """Return the diffusion lists with a name like `search` that people fill: none that keeps itself up to date."""
    rows = ContactList.objects.for_account(account).filter(kind=ContactList.Kind.DIRECTORY, rule__isnull=True)
    if search:
        rows = rows.annotate(folded=folded(F("name"))).filter(folded__contains=fold(search))
    found = list(rows.order_by("-updated_at", "-pk")[: LISTS_OFFERED + 1])
    return Targets(found[:LISTS_OFFERED], has_more=len(found) > LISTS_OFFERED)
