"""Which search keys a directory has."""

from dataclasses import dataclass, field

from directory.models import Directory, KeyBacklog
from directory.queries.key_text import DIGITS, WORDS
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account

LARGE_CONTACTS = 20_000  # a smaller directory is read whole, faster than one notices
BEING_MADE = "~"  # before a facet's name in `Directory.key_facets`


@dataclass(frozen=True)
class Facets:
    """`made`: that hold every contact, with the last day each was used; `unfinished`: that do not yet."""

    made: dict[str, str] = field(default_factory=dict)
    unfinished: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> list[str]:
        """Return those that edits must keep up. Sorted: whoever writes keys takes facets in the same order."""
        return sorted({*self.made, *self.unfinished})


def of(account: Account) -> Facets:
    stored = Directory.objects.filter(account=account).values_list("key_facets", flat=True).first() or {}
    made = {facet: day for facet, day in stored.items() if not facet.startswith(BEING_MADE)}
    unfinished = {facet[1:]: day for facet, day in stored.items() if facet.startswith(BEING_MADE)}
    return Facets(made, unfinished)


def is_large(account: Account) -> bool:
    return contact_count(account) > LARGE_CONTACTS


def is_behind(account: Account) -> bool:
    """Say whether there are contacts that a search does not find yet, but will soon."""
    if not is_large(account):
        return False
    return not {WORDS, DIGITS} <= set(of(account).made) or KeyBacklog.objects.filter(account=account).exists()
