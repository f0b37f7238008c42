"""A page of those whose number begins in a way that many numbers do.

An import's contacts follow each other by number in the order of the newest: walking that order passes long stretches without one.
The index of that order finds a range of numbers within each moment, if it is asked for one range at a time.
"""

from collections.abc import Sequence

from directory.queries import sources
from directory.queries.conditions import Parameters
from directory.queries.ordering import Order, Place
from directory.queries.sources import Source
from directory.queries.terms import Term
from directory.queries.walks import contact_of

MANY = 2_000  # numbers of a range that is read in the page's order; fewer are looked up
MAX_RANGES = 30
# Sorting would begin by reading a range whole.
IN_ORDER = {"enable_sort": "off", "enable_bitmapscan": "off", "enable_seqscan": "off"}


def sizes(account_id: int, term: Term, most: int, parameters: Parameters) -> str:
    """Return SQL for the (low, high, numbers) of a term's ranges that have numbers, counted no further than `most`."""
    ranges = [found for source in term.sources for found in source.ranges]
    lows, highs = (parameters.add([pair[side] for pair in ranges]) for side in (0, 1))
    return (
        f"select r.low, r.high, n.many from unnest({lows}::bigint[], {highs}::bigint[]) r(low, high) cross join lateral ("
        f"select count(*) as many from (select from directory_contact c where c.account_id = {account_id}"
        f" and c.phone >= r.low and c.phone < r.high limit {most}) s) n where n.many > 0"
    )


def others(account_id: int, term: Term, small: Sequence[tuple[int, int]], parameters: Parameters) -> Term:
    """Return what is left of a term beside its large ranges."""
    found: list[Source] = [source for source in term.sources if not source.ranges]
    return Term((*found, *([sources.numbers(account_id, small, parameters)] if small else [])))


def page(
    account_id: int,
    order: Order,
    large: Sequence[tuple[int, int]],
    rest: Term,
    where: str,
    place: Place | None,
    limit: int,
    parameters: Parameters,
) -> str:
    """Return SQL for the (key, phone) of the first contacts behind a place, of those in the ranges or in the rest."""
    behind = order.behind(place, parameters)
    parts = [
        f"(select c.created_at, c.phone from directory_contact c where c.account_id = {account_id}"
        f" and c.phone >= {parameters.add(low)} and c.phone < {parameters.add(high)}{behind} {order.sql} limit {limit})"
        for low, high in large
    ]
    if rest.sources:
        contacts = contact_of(account_id, f"(select distinct s.phone from ({rest.sql}) s offset 0) w")
        parts.append(f"(select c.created_at, c.phone from {contacts} where {where}{behind})")
    united = " union ".join(parts)
    return f"select {order.key_sql}, c.phone from ({united}) c {order.sql} limit {limit}"
