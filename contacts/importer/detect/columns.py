"""Profile each column by content, choose the one to send to, and suggest what the others are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from contacts.importer import names
from contacts.importer.block import MAX_EXTRA_CELLS
from contacts.importer.detect import cells
from contacts.importer.detect.disguise import disguise_penalty
from contacts.importer.detect.phonecells import Kind, PhoneCell, foreign_share, read_phone
from contacts.importer.detect.reasons import Judgement, Reason
from contacts.importer.detect.rows import Row

SAMPLE_VALUES = 300  # judged per column, spread over its filled cells
SAMPLE_CELLS = 60_000  # looked at over all columns
FOREIGN_SAMPLE = 60
MAX_COLUMNS = 500  # of a table
ONE_ROW_IN = 100  # as wide makes the table so wide; in a shorter table every row does
MAX_NAME_CHARACTERS = 120
MAX_SAMPLE_LENGTH = 80  # characters of a value shown on screen
ACCEPTED = 0.33  # least score of a phone column


Item = TypeVar("Item")


@dataclass(frozen=True)
class Column:
    """What the screen shows of a column. `phone_share`: of its filled cells, 0 to 1."""

    index: int
    name: str
    samples: tuple[str, ...]
    type: str
    attribute: str | None
    phone_share: float


@dataclass(frozen=True)
class Profile:
    """What a column holds: a sample of its filled cells, and `fill`, their share of all its cells (0 to 1)."""

    index: int
    fill: float
    values: tuple[str, ...]
    region: str
    width: int  # columns in the file

    @cached_property
    def kinds(self) -> Counter[str]:
        return Counter(cells.kind_of(value, self.region) for value in self.values)

    @cached_property
    def phones(self) -> list[PhoneCell]:
        return [read_phone(value, self.region) for value in self.values]

    def share(self, *kinds: str) -> float:
        return sum(self.kinds[kind] for kind in kinds) / max(1, len(self.values))

    @cached_property
    def typed(self) -> str | None:
        """The kind other than text that at least 6 in 10 filled cells have."""
        common = [kind for kind in cells.KINDS_OF_DATA if self.share(kind) >= 0.6]
        return common[0] if common else None

    @cached_property
    def is_coded(self) -> bool:
        """Whether nearly all cells hold a digit although they are of no known kind: codes, references."""
        return self.typed is None and sum(any(map(str.isdigit, v)) for v in self.values) * 10 > 9 * len(self.values)

    @cached_property
    def foreign(self) -> tuple[str, float]:
        """The country whose mobiles the cells are, with the share; asked only of digit-like columns."""
        sample = self.values[:: max(1, len(self.values) // FOREIGN_SAMPLE)][:FOREIGN_SAMPLE]
        dated = (cells.DATE, cells.DECIMAL)
        digit_like = [
            v
            for v in sample
            if sum(c.isdigit() for c in v) >= 8
            and not cells.has_letters(v)
            and cells.kind_of(v, self.region) not in dated
        ]
        return foreign_share(digit_like, self.region) if len(digit_like) * 2 >= max(1, len(sample)) else ("", 0.0)

    @property
    def is_foreign(self) -> bool:
        """Whether the numbers make sense as another country's mobiles and not as mobiles here."""
        mobiles = sum(cell.kind is Kind.MOBILE for cell in self.phones)
        return mobiles * 2 < len(self.values) and self.foreign[1] > 0.7


def profile(rows: Sequence[Row], region: str, least_columns: int = 0) -> list[Profile]:
    """Return one profile per column from a sample spread over the rows and over each column's filled cells."""
    width = min(MAX_COLUMNS, width_of(rows, least_columns))
    looked_at = _spread(rows, max(10, SAMPLE_CELLS // max(1, width)))
    by_column: list[list[str]] = [[] for _ in range(width)]
    for row in looked_at:
        for filled, cell in zip(by_column, row.cells, strict=False):
            if cell:
                filled.append(cell)
    profiles = []
    for index, filled in enumerate(by_column):
        sample = _spread(filled, SAMPLE_VALUES)
        values = tuple(value for value in sample if not cells.is_blank(value))
        fill = len(filled) / len(looked_at) * len(values) / len(sample) if sample else 0.0
        profiles.append(Profile(index, fill, values, region, width))
    return profiles


def width_of(rows: Sequence[Row], least: int = 0) -> int:
    """Return how many columns a table has by its rows, not by a few that are wider; `least`: columns with a name.

    Columns beyond MAX_COLUMNS count up to the last one with a value only: programs write separators without end.
    """
    width = _usual([len(row.cells) for row in rows], least)
    return width if width <= MAX_COLUMNS else _usual([row.last_filled for row in rows], least)


def _usual(widths: list[int], least: int) -> int:
    usual = sorted(widths, reverse=True)[len(widths) // ONE_ROW_IN] if widths else least
    return max(usual, min(least, usual + MAX_EXTRA_CELLS))


def _spread(items: Sequence[Item], wanted: int) -> Sequence[Item]:
    """Return at most `wanted` items, evenly spaced."""
    return items if len(items) <= wanted else [items[i * len(items) // wanted] for i in range(wanted)]


@dataclass(frozen=True)
class PhoneChoice:
    index: int | None
    judgement: Judgement


def choose_phone(profiles: Sequence[Profile], header: Sequence[str]) -> PhoneChoice:
    """Return the column that holds the numbers to write to: content decides, the name settles ties."""
    scored = [(phone_score(p, name_at(header, p.index)), p) for p in profiles]
    ranked = sorted(scored, key=lambda item: (-round(item[0], 3), item[1].index))
    if ranked and ranked[0][0] >= ACCEPTED:
        score, best = ranked[0]
        margin = score - (ranked[1][0] if len(ranked) > 1 else 0.0)
        confidence = round(max(0.3, min(0.99, 0.45 * min(1.0, score) + 0.35 + min(0.2, margin / 2))), 2)
        return PhoneChoice(best.index, Judgement(confidence, _reason(best, name_at(header, best.index))))
    named = [p for p in profiles if names_phone(name_at(header, p.index)) and not _looks_otherwise(p)]
    if named:
        chosen = max(named, key=lambda p: (bool(_words(header, p.index) & names.MOBILE_WORDS), -p.index))
        return PhoneChoice(chosen.index, Judgement(0.4, Reason("PHONE_NAME_ONLY")))
    return PhoneChoice(None, Judgement(0.8, Reason("PHONE_NONE")))


def phone_score(column: Profile, name: str) -> float:
    """Return how likely a column is the one to write to, about -1 to 1.6."""
    if not column.values:
        return -1.0
    size, fill = len(column.values), column.fill
    mobile = sum(_weight(cell) for cell in column.phones if cell.kind is Kind.MOBILE) / size
    landline = sum(_weight(cell) for cell in column.phones if cell.kind is Kind.LANDLINE) / size
    if column.is_foreign:
        mobile, landline = 0.75 * column.foreign[1], 0.0
    if mobile + landline < 0.05:
        return -1.0
    formatted = sum(cell.is_formatted for cell in column.phones) / size
    content = mobile * (0.6 + 0.4 * fill) + landline * (0.3 + 0.1 * fill) + 0.2 * formatted * mobile
    return (
        content
        + _name_bonus(name) * min(1.0, 2 * (mobile + landline))
        - (0.0 if column.width == 1 else disguise_penalty(column.values, _count_bare(column)))
    )


def _count_bare(column: Profile) -> int:
    """Return how many values are digits alone, as of ids."""
    pairs = zip(column.values, column.phones, strict=True)
    return sum(cell.is_bare or (len(value) <= 10 and value.isdecimal() and value[0] != "0") for value, cell in pairs)


def _weight(cell: PhoneCell) -> float:
    if cell.is_bare:
        return 0.65 if cell.kind is Kind.MOBILE else 0.35
    return 0.5 if cell.is_note else 1.0 if cell.is_assigned else 0.85


def name_at(header: Sequence[str], index: int) -> str:
    """Return the name of a column, "" where the header is too short."""
    return header[index] if index < len(header) else ""


def _words(header: Sequence[str], index: int) -> set[str]:
    return set(names.name_words(name_at(header, index)))


def names_phone(name: str) -> bool:
    """Return whether a column's name promises phone numbers."""
    words = set(names.name_words(name))
    return bool(words & (names.MOBILE_WORDS | names.PHONE_WORDS)) and not words & names.FAX_WORDS


def _name_bonus(name: str) -> float:
    words = set(names.name_words(name))
    if words & names.FAX_WORDS:
        return -0.6
    if words & names.MOBILE_WORDS:
        return 0.45
    if words & names.PHONE_WORDS:
        return -0.05 if words & names.LANDLINE_WORDS else 0.0 if words & names.OTHER_PERSON_WORDS else 0.25
    if words & names.LANDLINE_WORDS:
        return -0.1
    if words & names.ID_WORDS:
        return -0.75
    return 0.1 if words & names.NUMBER_WORDS else 0.0


def _looks_otherwise(column: Profile) -> bool:
    """Return whether the content is plainly something else, whatever the name promises."""
    if not column.values:
        return False
    if sum(sum(map(str.isdigit, value)) >= 6 for value in column.values) * 4 < len(column.values):
        return True  # a brand of phones, a count of cells
    return column.share(cells.EMAIL, cells.DATE, cells.BOOLEAN, cells.POSTCODE, cells.DECIMAL) > 0.5


def _reason(column: Profile, name: str) -> Reason:
    size = max(1, len(column.values))
    mobiles = sum(cell.kind is Kind.MOBILE for cell in column.phones) / size
    if column.is_foreign:
        region, foreign = column.foreign
        return Reason("PHONE_FOREIGN_MOBILES", {"share": round(foreign * 100), "region": region})
    if mobiles >= 0.4:
        code = "PHONE_MOBILES_AND_NAME" if _name_bonus(name) > 0 else "PHONE_MOBILES"
        return Reason(code, {"share": round(mobiles * 100)})
    valid = sum(cell.kind is not Kind.NONE for cell in column.phones) / size
    return Reason("PHONE_LANDLINES", {"share": round(valid * 100)})


def describe(column: Profile, name: str, is_phone: bool) -> Column:
    """Return the column as the screen shows it, with the type and attribute it suggests."""
    samples = tuple(value[:MAX_SAMPLE_LENGTH] for value in dict.fromkeys(column.values[:50]))[:3]
    phones = sum(cell.kind is not Kind.NONE for cell in column.phones) / max(1, len(column.values))
    named = names.attribute_for(name)
    type_ = "PHONE" if is_phone else suggest_type(column, named, name)
    attribute = None if type_ == "PHONE" else named or _attribute_by_content(column)
    shown = name if len(name) <= MAX_NAME_CHARACTERS else name[: MAX_NAME_CHARACTERS - 1] + "…"
    return Column(column.index, shown, samples, type_, attribute, round(phones, 3))


_TEXT_ATTRIBUTES = frozenset(
    ["email", "postcode", "city", "country", "company", "address", "address_extra", "customer_id", "civility"]
)


def suggest_type(column: Profile, attribute: str | None, name: str) -> str:
    if not column.values:
        return "PHONE" if names_phone(name) else "DATE" if attribute == "birth_date" else "TEXT"
    if attribute in _TEXT_ATTRIBUTES:
        return "TEXT"
    if column.share(cells.PHONE) >= 0.5 and phone_score(column, name) >= ACCEPTED:
        return "PHONE"
    if column.share(cells.DATE) >= 0.8:
        return "DATE"
    distinct = {names.fold(value) for value in column.values}
    if len(distinct) <= 2 and distinct <= names.BOOLEANS and (distinct - {"0", "1"} or len(distinct) == 2):
        return "BOOLEAN"
    has_leading_zero = any(value.startswith("0") and value != "0" for value in column.values)
    if column.share(cells.INTEGER, cells.POSTCODE, cells.PHONE) >= 0.95 and not has_leading_zero:
        is_postcode = column.share(cells.POSTCODE) >= 0.8 and not name
        return "TEXT" if is_postcode or any(not _is_int(v) for v in column.values) else "INTEGER"
    return "TEXT"


def _is_int(value: str) -> bool:
    digits = value.lstrip("+-").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    return digits.isdecimal() and len(digits) <= 15


def _attribute_by_content(column: Profile) -> str | None:
    if not column.values:
        return None
    if column.share(cells.EMAIL) >= 0.6:
        return "email"
    if column.share(cells.CIVILITY) >= 0.8:
        return "civility"
    if column.share(cells.POSTCODE) >= 0.8 and len(column.values) >= 2:
        return "postcode"
    firsts = [names.name_words(value)[:1] for value in column.values]
    known = sum(bool(word) and word[0] in names.FIRST_NAMES for word in firsts)
    if known >= 0.4 * len(firsts):
        return "first_name"
    cities = sum(bool(word) and word[0] in names.CITIES for word in firsts)
    return "city" if cities >= 0.4 * len(firsts) else None
