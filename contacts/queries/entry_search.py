"""Which entries of a list somebody searches for: by a number in any notation, a piece of one, or words of the values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from contacts.models import ContactList
from contacts.queries import entry_text
from contacts.queries.entry_text import DIGITS, LARGE_ENTRIES, WORDS
from smsplatform.accounts.models import Account
from smsplatform.lib.phones import PhoneError, normalise
from smsplatform.lib.phones.countries import country_code

MATCHES = 1_000  # beyond, a longer search is asked for
FRAGMENT_DIGITS = 3  # at least, of a piece of a number
WORD_CHARACTERS = 2  # at least, of the beginning of a word
MAX_WORDS = 8
E164_DIGITS = range(7, 16)
_NUMBER_CHARACTERS = frozenset("0123456789 .-+()/\u00a0\u202f")
_LAST = "\U0010ffff"  # sorts behind every text that begins alike

_ENTRIES = "contacts_listentry e where e.account_id = %(account)s and e.list_id = %(list)s"
_KEYS = "contacts_entrykey k where k.account_id = %(account)s and k.list_id = %(list)s"
_BY_KEY = f"select phone from {_KEYS} and k.facet = %(facet)s and k.key >= %(low)s and k.key < %(high)s"


@dataclass(frozen=True)
class Found:
    """`phones`: at most MATCHES. `has_more`: there are others. `is_scan`: only the first LARGE_ENTRIES were looked at."""

    phones: list[int]
    has_more: bool = False
    is_scan: bool = False


def find(account: Account, contact_list: ContactList, text: str) -> Found:
    """Return the entries that a text stands for. Too short a text finds nothing: see `is_too_short`."""
    digits, words = pieces(text)
    number = _whole(text, account.region)
    if number is not None:
        found = _phones(f"select phone from {_ENTRIES} and phone = %(number)s", _ids(contact_list) | {"number": number})
        return Found(found)
    if not digits and not words:
        return Found([])
    is_large = contact_list.contact_count > LARGE_ENTRIES
    if is_large and not {WORDS, DIGITS} <= set(contact_list.key_facets):
        phones = set(_scan(account, contact_list, digits, words)) | set(_beginning(account, contact_list, digits))
        return _cut(phones, is_scan=True)
    if not is_large:
        return _cut(set(_scan(account, contact_list, digits, words)))
    phones = set(_beginning(account, contact_list, digits)) | set(_end(contact_list, digits))
    return _cut(phones | set(_by_words(contact_list, words)))


def is_too_short(text: str, region: str) -> bool:
    return bool(text.strip()) and _whole(text, region) is None and pieces(text) == ("", [])


def pieces(text: str) -> tuple[str, list[str]]:
    """Return the digits of a piece of a number, "" for none, and the words long enough to be searched for."""
    digits = "".join(filter(str.isdecimal, text)) if set(text) <= _NUMBER_CHARACTERS else ""
    words = [word for word in entry_text.words(text) if len(word) >= WORD_CHARACTERS]
    if len(digits) < FRAGMENT_DIGITS:
        return "", words[:MAX_WORDS]
    # "06 12 34" is a number and no words, "12/03/1985" may be both.
    return digits, words if len(words) == 1 or "/" in text else []


def _whole(text: str, region: str) -> int | None:
    if not set(text) <= _NUMBER_CHARACTERS:
        return None
    try:
        return normalise(text, region).digits
    except PhoneError:
        return None


def _cut(phones: set[int], *, is_scan: bool = False) -> Found:
    return Found(sorted(phones)[:MATCHES], len(phones) > MATCHES, is_scan)


def _starts(digits: str, region: str) -> list[str]:
    """Return how a number that begins so may begin in E.164: as it is, and read as a national or 00 number."""
    if digits.startswith("00"):
        return [digits[2:]] if digits[2:] else []
    if digits.startswith("0"):
        return [f"{country_code(region)}{digits[1:]}"]
    return [digits]


def _beginning(account: Account, contact_list: ContactList, digits: str) -> Iterator[int]:
    """Yield the entries whose number begins so: a range of the key for each length that a number can have."""
    for start in _starts(digits, account.region) if digits else ():
        for length in E164_DIGITS:
            if length < len(start):
                continue
            zeros = 10 ** (length - len(start))
            low, high = int(start) * zeros, (int(start) + 1) * zeros
            query = f"select phone from {_ENTRIES} and phone >= %(low)s and phone < %(high)s order by phone"
            yield from _phones(query, _ids(contact_list) | {"low": low, "high": high})


def _end(contact_list: ContactList, digits: str) -> list[int]:
    return _by_key(contact_list, DIGITS, digits[::-1]) if digits else []


def _by_words(contact_list: ContactList, words: list[str]) -> list[int]:
    """Return the entries with a word that begins like each of the words: the longest finds, the others choose."""
    if not words:
        return []
    longest = max(words, key=len)
    others = [word for word in words if word != longest]
    if not others:
        return _by_key(contact_list, WORDS, longest, limit=3 * MATCHES)  # an entry may have several such words
    candidates = _by_key(contact_list, WORDS, longest, limit=LARGE_ENTRIES)
    conditions, parameters = _word_conditions(others)
    query = f"select phone from {_ENTRIES} and phone = any(%(phones)s) and {conditions}"
    return _phones(query, _ids(contact_list) | parameters | {"phones": candidates})


def _by_key(contact_list: ContactList, facet: str, start: str, limit: int = MATCHES + 1) -> list[int]:
    bounds = {"facet": facet, "low": start, "high": start + _LAST}
    return _phones(f"{_BY_KEY} order by key, phone", _ids(contact_list) | bounds, limit)


def _scan(account: Account, contact_list: ContactList, digits: str, words: list[str]) -> list[int]:
    """Return the matches among the first LARGE_ENTRIES entries, read one by one."""
    alternatives, parameters = [], _ids(contact_list)
    if digits:
        alternatives.append("(e.phone::text like %(inside)s or e.phone::text like any(%(starts)s))")
        starts = [f"{start}%" for start in _starts(digits, account.region)]
        parameters |= {"inside": f"%{digits}%", "starts": starts}
    if words:
        conditions, more = _word_conditions(words)
        alternatives.append(f"({conditions})")
        parameters |= more
    first = f'select e.phone, e."values" from {_ENTRIES} order by e.phone limit {LARGE_ENTRIES}'
    query = f"select e.phone from ({first}) e where {' or '.join(alternatives)} order by e.phone"
    return _phones(query, parameters)


def _word_conditions(words: list[str]) -> tuple[str, dict[str, Any]]:
    """Return SQL for entries that have a word beginning like each of these. Words hold no wildcard of LIKE."""
    spaced = entry_text.spaced("v.value")
    one = f"""exists (select from jsonb_each_text(e."values") v where ' ' || {spaced} like %(word{{0}})s)"""
    conditions = " and ".join(one.format(index) for index in range(len(words)))
    return conditions, {f"word{index}": f"% {word}%" for index, word in enumerate(words)} | entry_text.PARAMETERS


def _ids(contact_list: ContactList) -> dict[str, Any]:
    return {"account": contact_list.account_id, "list": contact_list.pk}


def _phones(query: str, parameters: dict[str, Any], limit: int = MATCHES + 1) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"{query} limit {limit}", parameters)
        return [phone for (phone,) in cursor.fetchall()]
