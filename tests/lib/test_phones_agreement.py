"""What holds for any input: the library's verdict, the same verdict for columns, never another number."""

import random
import re
import tracemalloc
from collections.abc import Iterator

import numpy as np
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from smsplatform.lib.phones import Phone, PhoneColumn, PhoneError, Reason, column, format_phone, normalise, tables
from smsplatform.lib.phones.automaton import PatternSet, UnsupportedPatternError
from smsplatform.lib.phones.countries import FRENCH_NATIONAL_DIGITS, FRENCH_PLAN, country_code, metadata

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
HOMES = ["FR", "RE", "GP", "PM", "BE", "CH", "GB", "LU", "DE", "ES", "IT", "US", "DK", "NC"]
TYPES = [PhoneNumberType.MOBILE] * 4 + [PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP, PhoneNumberType.PREMIUM_RATE]
PUNCTUATION = ["", " ", ".", "-", "/", "(", ")", "(0)", "  ", " - ", "_", "\u00a0", "\u202f", "\t", "'"]
ODDITIES = [",", ";", "x", "O", "l", "\n", "é", "+", '"', "=", ".0", ",0", "E+08", " ou ", "\u200b", "٣"]


def answer(text: str, region: str) -> int:
    """Return what PhoneColumn must give, from normalise."""
    try:
        return normalise(text, region).digits
    except PhoneError as error:
        return -error.reason.code


def library_phone(text: str, region: str) -> str | None:
    """Return the E.164 form if phonenumbers alone sees a mobile in a clean number."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    is_mobile = phonenumbers.number_type(number) in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    is_country = phonenumbers.region_code_for_number(number) not in {None, "001"}
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if is_mobile and is_country else None


def mutated_number(rng: random.Random, region: str) -> PhoneNumber:
    """Return an example number of the region with some digits redrawn, added or dropped."""
    example = phonenumbers.example_number_for_type(region, rng.choice(TYPES)) or phonenumbers.example_number(region)
    assert example is not None
    digits = list(phonenumbers.national_significant_number(example))
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        digits[rng.randrange(len(digits))] = rng.choice("0123456789")
    keep = rng.randrange(2, len(digits) + 1)
    digits[keep:] = rng.choices("0123456789", k=len(digits) - keep)
    if rng.random() < 0.1:
        digits.insert(rng.randrange(len(digits)), rng.choice("0123456789"))
    if rng.random() < 0.1:
        digits.pop(rng.randrange(len(digits)))
    zeros = len(digits) - len("".join(digits).lstrip("0"))
    return PhoneNumber(
        country_code=example.country_code,
        national_number=int("".join(digits) or "0"),
        italian_leading_zero=zeros > 0,
        number_of_leading_zeros=zeros or None,
    )


def clean_texts(rng: random.Random, rows: int) -> Iterator[tuple[str, str]]:
    for region in sorted(rng.choices(REGIONS, k=rows)):  # together, for the library caches few patterns
        number = mutated_number(rng, region)
        style = rng.choice((PhoneNumberFormat.E164, PhoneNumberFormat.NATIONAL))
        written = phonenumbers.format_number(number, style)
        yield re.sub(r"[^+\d]", "", written), region


def is_documented_reading(text: str, region: str, phone: Phone) -> bool:
    """Say whether a number that the library misses is one of our own readings: the plan, 00 or a lost +."""
    if region in FRENCH_PLAN and phone.region in FRENCH_PLAN and text.removeprefix("0") in phone.e164:
        return True
    lost_plus = text == phone.e164.removeprefix("+") and len(text) >= 11 and phone.type == "MOBILE"
    return lost_plus or text == phone.e164.replace("+", "00")


@pytest.mark.parametrize("rows", [50_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_clean_numbers_get_the_library_verdict(rows: int) -> None:
    rng = random.Random(rows)
    accepted, wrong = 0, []

    for text, region in clean_texts(rng, rows):
        expected = library_phone(text, region)
        try:
            phone = normalise(text, region)
        except PhoneError:
            phone = None
        accepted += expected is not None
        found = phone.e164 if phone else None
        if found != expected and not (phone and expected is None and is_documented_reading(text, region, phone)):
            wrong.append((text, region, expected, found))

    assert wrong == []
    assert accepted > rows / 10


def national_numbers(rng: random.Random, rows: int) -> Iterator[tuple[int, int, int]]:
    codes = [code for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if regions != ("001",)]
    for code in sorted(rng.choices(codes, k=rows)):  # together, for the library caches few patterns
        number = mutated_number(rng, rng.choice(COUNTRY_CODE_TO_REGION_CODE[code]))
        if rng.random() < 0.5:
            number.national_number = rng.randrange(1, 10 ** rng.randrange(6, 12))
        national = number.national_number or 0
        yield code, len(str(national)), national


@pytest.mark.parametrize("rows", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_tables_decide_as_the_library_does(rows: int) -> None:
    rng = random.Random(rows)
    decided, wrong = 0, []

    for code, digits, national in national_numbers(rng, rows):
        country = tables.country_code(code)
        if country is None or digits < 5:
            continue
        outcome = int(country.look_up(digits, np.array([national]))[0])
        if outcome != tables.UNSET:
            decided += 1
            if outcome != answer(f"+{code}{national}", "FR"):
                wrong.append((code, national, outcome))

    assert wrong == []
    assert decided > rows / 2


def messy_text(rng: random.Random) -> str:
    """Return a cell made of a number in one of many notations, with punctuation and accidents anywhere."""
    if rng.random() < 0.15:
        return "".join(rng.choices("0123456789 ./-+()", k=rng.randrange(18)))
    number = mutated_number(rng, rng.choice(HOMES) if rng.random() < 0.97 else rng.choice(REGIONS))
    code = number.country_code
    starts = ("", "0", f"+{code}", f"+{code}0", f"00{code}", f"{code}", "1", f"+{code}(0)", f"(+{code})", f"0{code}")
    text = rng.choice(starts) + phonenumbers.national_significant_number(number)
    layout = rng.random()
    if layout < 0.3:
        return text
    if layout < 0.35:
        return f'="{text}"'
    if layout < 0.4:
        return text + rng.choice(ODDITIES)
    if layout < 0.7:
        separator = rng.choice(PUNCTUATION)
        return separator.join(text[i : i + 2] for i in range(0, len(text), 2))
    extras = PUNCTUATION * 3 + ODDITIES
    return "".join(c + (rng.choice(extras) if rng.random() < 0.25 else "") for c in text)


@pytest.mark.parametrize(
    "regions, rows",
    [(HOMES, 2_000), pytest.param(REGIONS, 1_500, marks=pytest.mark.slow)],
    ids=["homes", "all regions"],
)
def test_columns_agree_with_normalise_on_messy_cells(
    regions: list[str], rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(column, "FOREIGN_BEFORE_TABLE", 1)
    rng = random.Random(rows)

    for region in regions:
        cells = [messy_text(rng) for _ in range(rows)]
        found = PhoneColumn(region).parse(cells).tolist()
        wrong = [(c, f, answer(c, region)) for c, f in zip(cells, found, strict=True) if f != answer(c, region)]
        assert (region, wrong) == (region, [])


@given(
    st.lists(
        st.one_of(
            st.text(),
            st.text(alphabet="0123456789 .-/()+", max_size=20),
            st.text(alphabet="0123456789+ .,;:xOlE=\"'\n\u00a0\u200b(°é", max_size=24),
            st.from_regex(r"(\+33|0033|0|33|)\s?[1-9]([ .-]?\d\d){4}(\.0)?", fullmatch=True),
        )
    ),
    st.sampled_from(HOMES),
)
def test_columns_agree_with_normalise_on_any_cells(cells: list[str], region: str) -> None:
    found = PhoneColumn(region).parse(cells)

    assert found.tolist() == [answer(cell, region) for cell in cells]


def single_number_texts(rng: random.Random, rows: int) -> Iterator[str]:
    """Yield dirty cells that hold at most one number: nothing in them may separate two."""
    inside = ["", "", "", "", "", " ", " ", ".", "-", "_", "(", ")", "\u00a0", "\u200b"]
    for _ in range(rows):
        start = rng.choice(("", "0", "+33", "0033", "33", "+33 (0)", "+32", "0032", "+44", "+49", "+1", "+"))
        middle = rng.choice(("", "6", "612", "0690", "47", "7911", "151", "202"))
        digits = "".join(rng.choices("0123456789", k=rng.randrange(4, 11)))
        yield start + "".join(digit + rng.choice(inside) for digit in middle + digits)


def allowed_writings(phone: Phone) -> set[str]:
    """Return the digits that a person may have written for this very number, and no other."""
    code = phonenumbers.parse(phone.e164, None).country_code
    national = phone.e164.removeprefix(f"+{code}")
    trunk = metadata(phone.region).national_prefix or "0"
    return {prefix + zero + national for prefix in ("", str(code), f"00{code}") for zero in ("", trunk, "0")}


def written_digits(text: str) -> set[str]:
    """Return the digits of a text, without a float's decimal, and also without "(0)" after the country code."""
    whole = re.sub(r"\.0{1,2}$", "", text) if re.fullmatch(r"\+?\d{6,15}\.0{1,2}", text) else text
    return {re.sub(r"\D", "", whole), re.sub(r"\D", "", re.sub(r"^(\+33 )\(0\)", r"\1", whole))}


@pytest.mark.parametrize("region", ["FR", "RE", "BE", "CH", "GB", "DE", "ES", "IT", "US"])
def test_the_number_is_the_one_written_digit_for_digit(region: str) -> None:
    rng = random.Random(region)
    accepted, wrong = 0, []

    for text in single_number_texts(rng, 6_000):
        try:
            phone = normalise(text, region)
        except PhoneError:
            continue
        accepted += 1
        if written_digits(text).isdisjoint(allowed_writings(phone)):
            wrong.append((text, phone))

    assert wrong == []
    assert accepted > 100


def test_ranges_of_the_french_plan_do_not_overlap() -> None:
    codes = sorted({country_code(territory) for territory in FRENCH_PLAN})
    countries = [country for country in map(tables.country_code, codes) if country is not None]
    prefixes = np.arange(10 ** (FRENCH_NATIONAL_DIGITS - 1), 10**FRENCH_NATIONAL_DIGITS, 1_000)

    outcomes = np.array([country.look_up(FRENCH_NATIONAL_DIGITS, prefixes) for country in countries])

    exists = outcomes != -Reason.INVALID.code
    is_mobile_somewhere = (outcomes > 0).any(axis=0)
    assert codes == [33, 262, 508, 590, 594, 596]
    assert not (outcomes == tables.UNSET).any()
    assert exists[:, is_mobile_somewhere].sum(axis=0).max() == 1


def test_every_mobile_can_be_shown_and_read_again() -> None:
    wrong = []

    for region in REGIONS:
        example = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        digits = answer(phonenumbers.format_number(example, PhoneNumberFormat.E164), "FR") if example else 0
        shown = [(home, format_phone(digits, home)) for home in HOMES if digits > 0]
        wrong += [(home, text, digits) for home, text in shown if answer(text, home) != digits]

    assert wrong == []


def test_memory_does_not_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column, "MEMO_CELLS", 200)
    reader = PhoneColumn("FR")
    cells = [f"06 12 34 {n // 100:02} {n % 100:02} Mme Martin" for n in range(3_000)]

    tracemalloc.start()
    reader.parse(cells[:1_000])
    before, _ = tracemalloc.get_traced_memory()
    reader.parse(cells[1_000:])
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert after - before < 20_000


@pytest.mark.parametrize("pattern", ["(?=1)2", "[^1]", "1$", "1+", "(?:1", "1)", "\\w"])
def test_a_pattern_outside_the_grammar_is_left_to_the_library(pattern: str) -> None:
    with pytest.raises(UnsupportedPatternError):
        PatternSet().add(pattern)
