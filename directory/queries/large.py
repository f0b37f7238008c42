"""A page of a directory that is too large to be read whole, found in a bounded number of steps.

Few candidates by the most selective condition: all are looked at and sorted. Many: contacts are walked in the page's order,
for the page is full soon. Where that is not so (conditions that many meet each and hardly anybody both), what all conditions
give is intersected. Without any that has keys ("contains") the page shows what the walk came past, and goes on from there.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from directory.models import Attribute
from directory.queries import matching, number_ranges, search, sources
from directory.queries.conditions import Parameters
from directory.queries.facets import Facets
from directory.queries.ordering import CREATED, PHONE, Order, Place
from directory.queries.query import Query
from directory.queries.terms import Term, Terms
from directory.queries.walks import Walk, contact_of
from smsplatform.accounts.models import Account

FEW = 500  # candidates: then no other condition is asked
CANDIDATES = 8_000  # at most that are all looked at
WALKED = 10_000  # contacts, each looked at
WALKED_ON = 60_000  # contacts, of which those are looked at that meet a condition by their keys
KNOWN = 400_000  # keys at most that such a walk reads beforehand
WALKED_WITHOUT_KEYS = 100_000
WORK_MEMORY = "64MB"

# Plans of many small look-ups, or of hashes: what the planner believes of columns that hang together is wrong.
LOOKING_UP = {"enable_hashjoin": "off", "enable_mergejoin": "off", "work_mem": WORK_MEMORY}
HASHING = {"enable_nestloop": "off", "work_mem": WORK_MEMORY}


@dataclass
class Found:
    """`places`: of the contacts found, in their order. `total`: how many there are in all, where that came out by itself.

    `stopped_at`: how far contacts were looked at, when others that may be found follow.
    """

    places: list[Place] = field(default_factory=list)
    total: int | None = None
    stopped_at: Place | None = None


class Finder:
    """Finds the contacts of one query in one order."""

    def __init__(
        self,
        account: Account,
        query: Query,
        order: Order,
        known: Mapping[str, Attribute],
        facets: Facets,
        now: datetime,
    ) -> None:
        self._account, self._order, self._parameters = account, order, Parameters()
        self._where = matching.condition(account, query, known, self._parameters, now)
        self._terms = Terms(account, known, facets, self._parameters, now).of(query)
        self._is_all = not query.is_narrowed and query.list_id is None
        self._is_search_only = not query.rule and query.excluded is None and query.list_id is None
        text = query.search.strip()
        self.misses_middles = bool(text) and not sources.has_all_middles(
            search.read(text, account.region), account.region
        )

    def page(self, place: Place | None, limit: int) -> Found:
        """Return the places of `limit` contacts behind a place, and of one more if there is one."""
        smallest = None if self._is_all else self._smallest()
        if smallest is not None:
            return self._looked_at(smallest.sql, place, limit)
        by_number = self._by_number(place, limit)
        if by_number is not None:
            return by_number
        walk = Walk(self._account.pk, self._order, self._parameters, place, self._members())
        found = Found()
        for size, known in self._steps():
            self._walk(walk, found, limit, size, known)
            if len(found.places) > limit or walk.is_done:
                return found
        if self._terms:
            return self._looked_at(" intersect ".join(f"({term.sql})" for term in self._terms), place, limit)
        found.stopped_at = walk.place
        return found

    def _by_number(self, place: Place | None, limit: int) -> Found | None:
        """Return the page of a search for a part of a number that many have, None for other queries."""
        term = self._terms[0] if self._is_search_only and len(self._terms) == 1 else None
        if term is None or self._order.field not in (PHONE, CREATED) or not any(one.ranges for one in term.sources):
            return None
        account_id, many = self._account.pk, number_ranges.MANY
        sizes = self._values(number_ranges.sizes(account_id, term, many + 1, self._parameters))
        large = [(low, high) for low, high, size in sizes if size > many]
        small = [(low, high) for low, high, size in sizes if size <= many]
        rest = number_ranges.others(account_id, term, small, self._parameters)
        if not 0 < len(large) <= number_ranges.MAX_RANGES or self._size(rest, CANDIDATES) > CANDIDATES:
            return None
        statement = number_ranges.page(
            account_id, self._order, large, rest, self._where, place, limit + 1, self._parameters
        )
        with _planned(LOOKING_UP | number_ranges.IN_ORDER):
            return Found([Place(*values) for values in self._values(statement)])

    def count(self) -> int | None:
        """Return how many contacts there are, None where they are too many to look at each."""
        smallest = self._smallest()
        if smallest is None:
            return None
        with _planned(LOOKING_UP):
            return int(self._values(f"{self._matched(smallest.sql)} select count(*) from matched")[0][0])

    def _smallest(self) -> Term | None:
        """Return the condition that the fewest contacts meet, None when more than CANDIDATES meet each."""
        best: tuple[int, Term] | None = None
        for term in self._terms:
            size = self._size(term, CANDIDATES)
            if size <= CANDIDATES and (best is None or size < best[0]):
                best = size, term
            if best is not None and best[0] <= FEW:
                break
        return best[1] if best else None

    def _size(self, term: Term, most: int) -> int:
        if not term.sources:
            return 0
        return int(self._values(f"select count(*) from (select from ({term.sql}) s limit {most + 1}) s")[0][0])

    def _members(self) -> str:
        """Return the phones that a walk by number can keep to."""
        is_by_phone = self._order.field == PHONE
        return next((term.sql for term in self._terms if is_by_phone and term.is_sorted), "")

    def _steps(self) -> Iterator[tuple[int, Term | None]]:
        """Yield how many contacts to walk past, and what is read beforehand of those that may be found."""
        yield WALKED, None
        if not self._terms:
            yield WALKED_WITHOUT_KEYS, None
            return
        sizes = [(self._size(term, KNOWN), at) for at, term in enumerate(self._terms)]
        size, at = min(sizes)
        yield WALKED_ON, self._terms[at] if size <= KNOWN else None

    def _walk(self, walk: Walk, found: Found, limit: int, size: int, known: Term | None) -> None:
        """Walk on past so many contacts, or until the page is full."""
        while not walk.is_done:
            contacts = walk.contacts(size, known.sql if known else "")
            missing = limit + 1 - len(found.places)
            statement = f"select c.place, c.phone from {contacts} where {self._where} {walk.sorting} limit {missing}"
            with _planned(HASHING if known else LOOKING_UP):
                found.places += [Place(*values) for values in self._values(statement)]
            if len(found.places) > limit:
                return
            edge = self._values(walk.edge(size))
            walk.go_on(Place(*edge[0]) if edge else None)
            if edge:
                return

    def _looked_at(self, phones: str, place: Place | None, limit: int) -> Found:
        """Look at all candidates, and sort those that are found."""
        behind = self._order.behind(place, self._parameters)
        with _planned(LOOKING_UP):
            rows = self._values(
                f"{self._matched(phones)} select {self._order.key_sql}, c.phone, c.total from matched c"
                f" where true{behind} {self._order.sql} limit {limit + 1}"
            )
        total = int(rows[0][2]) if rows else (0 if place is None else None)
        return Found([Place(key, phone) for key, phone, _ in rows], total)

    def _matched(self, phones: str) -> str:
        contacts = contact_of(self._account.pk, "(select distinct s.phone from (" + phones + ") s offset 0) w")
        return f"with matched as (select c.*, count(*) over () as total from {contacts} where {self._where})"

    def _values(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self._parameters.values)
            return cursor.fetchall()  # type: ignore[no-any-return]


@contextmanager
def _planned(settings: Mapping[str, str]) -> Iterator[None]:
    """Have statements planned with these settings; what was set before comes back."""
    with connection.cursor() as cursor:
        names = list(settings)
        cursor.execute(f"select {', '.join(['current_setting(%s)'] * len(names))}", names)
        before = cursor.fetchone()
        _set(cursor, dict(settings))
        yield
        _set(cursor, dict(zip(names, before, strict=True)))


def _set(cursor: Any, settings: Mapping[str, str]) -> None:
    values = [text for pair in settings.items() for text in pair]
    cursor.execute(f"select {', '.join(['set_config(%s, %s, true)'] * len(settings))}", values)
