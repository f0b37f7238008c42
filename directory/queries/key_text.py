"""How values are compared when people search, filter and sort contacts: the same in Python and in SQL."""

import re
from typing import Any

from contacts.queries.entry_text import KEY_CHARACTERS, SEPARATORS
from contacts.queries.lists import ACCENTED, PLAIN, fold
from directory.models import AttributeType

WORDS, DIGITS = "", "#"  # facets beside the keys of attributes: words of all values, digits from the end
UNKNOWN = ""  # the sort key of a contact without a value
LAST = "\U0010ffff"  # sorts behind every text that begins alike
_SPACES = " " * len(SEPARATORS)
_TO_SPACES = str.maketrans(SEPARATORS, _SPACES)
_INTEGER_DIGITS = 20
_BEHIND_ZERO = 10**_INTEGER_DIGITS

# Of SQL made here. `lower` knows capital letters in every alphabet.
PARAMETERS = {"accented": ACCENTED, "plain": PLAIN, "letters": ACCENTED + SEPARATORS, "to": PLAIN + _SPACES}

_ISO_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_DAY = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")


def words(text: str, region: str = "FR") -> list[str]:
    """Return the folded words of what somebody searches for. A date is one word, as in `words_sql`."""

    def day(found: re.Match[str]) -> str:
        first, second, year = found.groups()
        month, of_month = (first, second) if region == "US" else (second, first)
        return f"{year}{int(month):02}{int(of_month):02}"

    text = _DAY.sub(day, _ISO_DAY.sub(r"\1\2\3", text.replace("\0", "")))
    return [word[:KEY_CHARACTERS] for word in fold(text).translate(_TO_SPACES).split()]


def words_sql(value: str) -> str:
    """Return SQL for the folded words of a value with spaces between them; a date is one word, its year first."""
    # `translate` compares each letter with a hundred others: only for values that need it.
    return f"""(case
        when {value} in ('true', 'false') then ''
        when {value} ~ '^[A-Za-z0-9 ]*$' then lower({value})
        when {value} ~ '^\\d{{4}}-\\d\\d-\\d\\d$' then replace({value}, '-', '')
        when {value} ~ '^\\d\\d[/.-]\\d\\d[/.-]\\d{{4}}$'
            then substr({value}, 7, 4) || substr({value}, 4, 2) || substr({value}, 1, 2)
        else translate(lower({value}), %(letters)s, %(to)s)
    end)"""


def folded_sql(value: str) -> str:
    return f"(case when {value} ~ '^[ -~]*$' then lower({value}) else translate(lower({value}), %(accented)s, %(plain)s) end)"


def value_sql(key: str, alias: str = "c") -> str:
    """Return SQL for a contact's value of an attribute as text, null for none. `key` is an `Attribute.key`."""
    return f"nullif({alias}.attributes->>'{key}', '')"


def integer_sql(key: str, alias: str = "c") -> str:
    value = f"{alias}.attributes->'{key}'"
    return f"(case when jsonb_typeof({value}) = 'number' then ({value})::numeric end)"


def key_sql(key: str, kind: str, alias: str = "c") -> str:
    """Return SQL for what a contact is sorted by under an attribute: never null, UNKNOWN without a value."""
    value = value_sql(key, alias)
    if kind == AttributeType.INTEGER:
        number = integer_sql(key, alias)
        value = (
            f"(case when {number} < 0 then 'm' || lpad(({_BEHIND_ZERO} + {number})::text, {_INTEGER_DIGITS}, '0')"
            f" else 'p' || lpad({number}::text, {_INTEGER_DIGITS}, '0') end)"
        )
    elif kind == AttributeType.TEXT:
        value = f"left({folded_sql(value)}, {KEY_CHARACTERS})"
    return f"coalesce({value}, '') collate \"C\""


def key_of(value: Any, kind: str) -> str:
    """Return the key that `key_sql` gives a value."""
    if kind == AttributeType.INTEGER:
        return f"m{_BEHIND_ZERO + value:0{_INTEGER_DIGITS}}" if value < 0 else f"p{value:0{_INTEGER_DIGITS}}"
    if kind == AttributeType.BOOLEAN:
        return "true" if value else "false"
    return str(value) if kind == AttributeType.DATE else fold(str(value))[:KEY_CHARACTERS]
