"""Columns that help to read the numbers: a second one with phones, and one with countries."""

from collections.abc import Sequence
from dataclasses import dataclass

from contacts.importer import countries, names
from contacts.importer.detect.columns import Profile, name_at, names_phone
from contacts.importer.detect.phonecells import Kind, read_phone
from contacts.importer.detect.reasons import Judgement, Reason
from contacts.importer.detect.rows import Row

NONE = -1  # a person's answer: no such column
LEAST_PHONES = 0.5  # share of a second column's cells
LEAST_COUNTRIES = 0.9
_COUNTRY_WORDS = names.word_set(
    "pays country countries countrycode codepays land pais paese indicatif prefixe prefix iso"
)


@dataclass(frozen=True)
class Choice:
    """`index` is None without such a column; `judgement` is None when nothing suggests one."""

    index: int | None
    judgement: Judgement | None = None


def choose_second(
    profiles: Sequence[Profile],
    header: Sequence[str],
    people: Sequence[Row],
    phone: int | None,
    region: str,
    override: int | None,
) -> Choice:
    """Return the column to read where the first has no mobile number: it may only add numbers, never replace one."""
    if override is not None and override < len(profiles) and override != phone:
        return Choice(None if override == NONE else override, Judgement(1.0, Reason("OVERRIDDEN")))
    others = [p for p in profiles if p.index != phone and _holds_phones(p, name_at(header, p.index))]
    if phone is None or not others:
        return Choice(None)
    lacking = [row for row in people if row.filled and not _is_mobile(row, phone, region)]
    added = {p.index: sum(_is_mobile(row, p.index, region) for row in lacking) for p in others}
    best = max(added, key=lambda index: (added[index], -index))
    if not added[best]:
        return Choice(None, Judgement(0.9, Reason("SECOND_ADDS_NOTHING")))
    return Choice(best, Judgement(0.8, Reason("SECOND_ADDS", {"count": added[best]})))


def _holds_phones(column: Profile, name: str) -> bool:
    words = set(names.name_words(name))
    if words & (names.FAX_WORDS | names.OTHER_PERSON_WORDS | names.ID_WORDS):
        return False  # somebody else's phone is not this person's second one
    sure = sum(cell.kind is not Kind.NONE and not cell.is_bare for cell in column.phones)
    bare = sum(cell.kind is Kind.MOBILE and cell.is_bare for cell in column.phones) if names_phone(name) else 0
    return bool(column.values) and sure + bare >= LEAST_PHONES * len(column.values)


def _is_mobile(row: Row, index: int, region: str) -> bool:
    return index < len(row.cells) and read_phone(row.cells[index], region).kind is Kind.MOBILE


def choose_country(
    profiles: Sequence[Profile], header: Sequence[str], phone: int | None, override: int | None
) -> Choice:
    """Return the column that says which country each number is of, by its values; a name makes codes believable."""
    if override is not None and override < len(profiles) and override != phone:
        return Choice(None if override == NONE else override, Judgement(1.0, Reason("OVERRIDDEN")))
    for column in profiles:
        if column.index == phone or not column.values:
            continue
        known = sum(countries.region_of(value) is not None for value in column.values)
        written = sum(map(countries.is_word, column.values))
        is_named = bool(set(names.name_words(name_at(header, column.index))) & _COUNTRY_WORDS)
        if known < LEAST_COUNTRIES * len(column.values) or not (is_named or written * 2 > len(column.values)):
            continue
        examples = list(dict.fromkeys(column.values))[:3]
        return Choice(column.index, Judgement(0.9, Reason("COUNTRY_VALUES", {"example": ", ".join(examples)})))
    return Choice(None)
