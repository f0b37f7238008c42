"""Where a large directory finds contacts without looking at all of them: ranges of search keys, of numbers, of times; lists.

A source gives at least the contacts that it stands for; whoever reads them looks at each again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contacts.queries.entry_text import KEY_CHARACTERS
from contacts.queries.lists import fold
from directory.queries.conditions import Parameters
from directory.queries.key_text import DIGITS, LAST
from directory.queries.search import Search
from smsplatform.lib.phones.countries import country_code, general

MIDDLE_OPEN_DIGITS = 2  # at most, on one side of a piece from a number's middle: each is tried


@dataclass(frozen=True)
class Source:
    """`sql` selects phones, some of them more than once. `is_sorted`: by phone, at no cost. `ranges`: it is all numbers in these,
    which are exact."""

    sql: str
    is_sorted: bool = False
    ranges: tuple[tuple[int, int], ...] = ()


def keys(account_id: int, facet: str, ranges: Sequence[tuple[str, str]], parameters: Parameters) -> Source:
    """Return the contacts with a key from … to before … in one of the ranges."""
    of_facet = (
        f"select k.phone from directory_contactkey k where k.account_id = {account_id}"
        f" and k.facet = {parameters.add(facet)}"
    )
    if len(ranges) == 1:
        low, high = ranges[0]
        return Source(f"{of_facet} and k.key >= {parameters.add(low)} and k.key < {parameters.add(high)}")
    lows, highs = (parameters.add([pair[side] for pair in ranges]) for side in (0, 1))
    # One look into the index for each range, whatever the planner believes of the table.
    return Source(
        f"select k.phone from unnest({lows}::text[], {highs}::text[]) r(low, high) cross join lateral ("
        f'{of_facet} and k.key >= r.low collate "C" and k.key < r.high collate "C" offset 0) k'
    )


def key(account_id: int, facet: str, value: str, parameters: Parameters) -> Source:
    return Source(
        f"select k.phone from directory_contactkey k where k.account_id = {account_id}"
        f" and k.facet = {parameters.add(facet)} and k.key = {parameters.add(value)}",
        is_sorted=True,
    )


def beginning(account_id: int, facet: str, text: str, parameters: Parameters) -> Source:
    return keys(account_id, facet, [(text, text + LAST)], parameters)


def numbers(account_id: int, ranges: Sequence[tuple[int, int]], parameters: Parameters) -> Source:
    lows, highs = (parameters.add([pair[side] for pair in ranges]) for side in (0, 1))
    return Source(
        f"select n.phone from unnest({lows}::bigint[], {highs}::bigint[]) r(low, high) cross join lateral ("
        f"select c.phone from directory_contact c where c.account_id = {account_id}"
        " and c.phone >= r.low and c.phone < r.high offset 0) n",
        ranges=tuple(ranges),
    )


def added(account_id: int, low: datetime | None, high: datetime | None, parameters: Parameters) -> Source:
    bounds = f" and c.created_at >= {parameters.add(low)}" if low else ""
    bounds += f" and c.created_at < {parameters.add(high)}" if high else ""
    return Source(f"select c.phone from directory_contact c where c.account_id = {account_id}{bounds}")


def members(account_id: int, list_id: str) -> Source:
    return Source(
        f"select e.phone from contacts_listentry e where e.account_id = {account_id} and e.list_id = {list_id}",
        is_sorted=True,
    )


def excluded(account_id: int) -> Source:
    return Source(f"select x.phone from contacts_excluded x where x.account_id = {account_id}", is_sorted=True)


def number_parts(account_id: int, search: Search, region: str, parameters: Parameters) -> list[Source]:
    """Return the contacts whose number is, begins, ends or has a piece in its middle as somebody searches."""
    found = []
    ranges = search.ranges() + ([(search.whole, search.whole + 1)] if search.whole is not None else [])
    if search.has_middle:
        ranges += _middle_from_left(search.piece, region)
    if ranges:
        found.append(numbers(account_id, ranges, parameters))
    if search.piece:
        ends = [search.piece[::-1]]
        if search.has_middle:
            ends += [f"{tail}{search.piece[::-1]}" for tail in _open(1, MIDDLE_OPEN_DIGITS)]
        found.append(keys(account_id, DIGITS, [(end, end + LAST) for end in ends], parameters))
    return found


def has_all_middles(search: Search, region: str) -> bool:
    """Say whether `number_parts` finds a piece wherever it is in a number of the region; it may miss foreign ones."""
    longest = max(general(region).possible_length)
    return not search.has_middle or longest - len(search.piece) <= 2 * MIDDLE_OPEN_DIGITS + 1


def _middle_from_left(piece: str, region: str) -> list[tuple[int, int]]:
    """Return ranges of the region's numbers that have the piece after few digits, or around the end of the code."""
    code = str(country_code(region))
    starts = [code + digits for digits in _open(1, MIDDLE_OPEN_DIGITS)]
    starts += [code[:at] for at in range(1, len(code)) if piece.startswith(code[at:])]
    found = []
    for start in starts:
        for length in general(region).possible_length:
            zeros = len(code) + length - len(start) - len(piece)
            if zeros >= 0:
                first = int(start + piece)
                found.append((first * 10**zeros, (first + 1) * 10**zeros))
    return found


def _open(fewest: int, most: int) -> list[str]:
    return [f"{digits:0{many}}" for many in range(fewest, most + 1) for digits in range(10**many)]


def text_range(asked: str, text: str) -> list[tuple[str, str]]:
    """Return the ranges of keys for a condition on a text, none if it has none."""
    folded = fold(text)
    whole = folded[:KEY_CHARACTERS]
    if asked == "STARTS":
        return [(whole, whole + LAST)]
    if asked == "DIFFERS":
        # A text as long as keys are may only begin like the other.
        return [("", whole), (whole + "\x01" if len(folded) < KEY_CHARACTERS else whole, LAST)]
    return []
