"""Random phone cells of several parts: no number may come out that none of the parts is.

Run as ``python -m tests.fuzz.cells --count 800000``. The oracle knows the parts before they are put together, and asks
phonenumbers alone about each.
"""

import argparse
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from smsplatform.lib.phones import PhoneColumn
from smsplatform.lib.phones.countries import FRENCH_NATIONAL_DIGITS, FRENCH_PLAN

REGIONS = "FR RE GP MQ GF YT NC PF WF PM BE CH LU DE ES IT PT GB IE NL DK NO US EG GL FO MA TN SN".split()
SEPARATORS = [" / ", "/", " | ", "|", ", ", ",", "; ", ";", "\n", "\r\n", "\t", "  ", "   ", " - ", " – ", " : "]
WORDS = [" ou ", " et ", " and ", " or ", " puis ", " bis ", " depuis le ", " (ancien) "]
MOBILES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
BATCH = 20_000
_AN_AREA = re.compile(r"(0\d{1,4})/\d(?:[ .-]?\d)*")
_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
_A_DATE = re.compile(rf"{_DAY}([./ -]){_DAY}\1\d{{4}}|{_DAY}([./-]){_DAY}\2\d\d|\d{{4}}-\d\d-\d\d")


@dataclass(frozen=True)
class Cell:
    region: str
    text: str
    parts: tuple[str, ...]


def cells(count: int, seed: int = 1) -> Iterator[Cell]:
    rng = random.Random(seed)
    for _ in range(count):
        yield _cell(rng, rng.choice(REGIONS))


def _cell(rng: random.Random, region: str) -> Cell:
    kinds = rng.choices(list(PARTS), weights=list(PARTS.values()), k=rng.choice((1, 2, 2, 2, 3, 4)))
    if rng.random() < 0.3:
        kinds = kinds[:1] * len(kinds)
    parts = [kind(rng, region) for kind in kinds]
    if rng.random() < 0.15:
        parts = parts[:1] * len(parts)
    text = parts[0]
    for part in parts[1:]:
        draw = rng.random()
        if draw < 0.15:
            text += f" ({part})"
        else:
            text += rng.choice(WORDS if draw < 0.3 else SEPARATORS) + part
    return Cell(region, text, tuple(parts))


def _date(rng: random.Random, region: str) -> str:
    day, month = rng.randrange(1, 29), rng.randrange(1, 13)
    year = rng.randrange(1940, 2031)
    sign = rng.choice("..//- ")
    if sign != " " and rng.random() < 0.5:
        return f"{day:02}{sign}{month:02}{sign}{year % 100:02}"
    if rng.random() < 0.2:
        return f"{year}-{month:02}-{day:02}"
    return f"{day:02}{sign}{month:02}{sign}{year}"


def _hour(rng: random.Random, region: str) -> str:
    return f"{rng.randrange(24):02}{rng.choice(':h.')}{rng.randrange(60):02}"


def _short(rng: random.Random, region: str) -> str:
    pairs = [f"{rng.randrange(100):02}" for _ in range(rng.choice((2, 3, 3, 3)))]
    return rng.choice((" ", ".", "", "-")).join(pairs)


def _amount(rng: random.Random, region: str) -> str:
    form = rng.choice(
        ("{0},{1:02}", "{0}.{1:02}", "1 {0:03},{1:02}", "1.{0:03},{1:02}", "{0}.000", "{0} {1:03} {2:03}")
    )
    return form.format(rng.randrange(1, 1000), rng.randrange(100), rng.randrange(1000))


def _identifier(rng: random.Random, region: str) -> str:
    digits = "".join(rng.choices("0123456789", k=rng.choice((4, 5, 6, 7, 8))))
    return rng.choice(("", "", "", "n° ", "client ", "C", "2024-", "2024/")) + digits


def _number(rng: random.Random, region: str) -> str:
    """Return a number in one of the usual notations, most often with some digits redrawn."""
    home = region if rng.random() < 0.7 else rng.choice(REGIONS)
    example = phonenumbers.example_number_for_type(
        home, rng.choice((PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE))
    )
    if example is None:
        return "112"
    digits = str(example.national_number)
    keep = rng.randrange(2, len(digits))
    drawn = digits[:keep] + "".join(rng.choices("0123456789", k=len(digits) - keep))
    number = PhoneNumber(country_code=example.country_code, national_number=int(drawn))
    style = PhoneNumberFormat.NATIONAL if home == region else PhoneNumberFormat.INTERNATIONAL
    written = phonenumbers.format_number(number, style)
    return written if rng.random() < 0.6 else re.sub(r"[^\d+]", "", written)


def _word(rng: random.Random, region: str) -> str:
    return rng.choice(("Paul", "Mme Martin", "bureau", "domicile", "abc", "n/a", "appt 12", "bât. 4"))


PARTS = {_date: 3, _short: 4, _identifier: 2, _amount: 2, _hour: 1, _number: 3, _word: 1}


def allowed(cell: Cell) -> set[int]:
    """Return the mobile numbers that one of the parts is by itself, or the cell as the country itself writes one."""
    found = set()
    for part in cell.parts:
        if _A_DATE.fullmatch(part):
            continue
        # A part may hold blanks of its own only inside one number, and the cell's words may be all there is to it.
        for digits in {re.sub(r"[^\d+]", "", part), *re.findall(r"\+?\d+", part)}:
            found |= _readings(digits, cell.region)
    if _is_one_notation(cell.text):
        found |= {number for number in _readings(re.sub(r"\D", "", cell.text), cell.region) if _is_usual(cell, number)}
    return found


def _is_one_notation(text: str) -> bool:
    """Say whether the text begins with a trunk zero and one sign goes through it, or blanks of any width."""
    gaps = set(re.findall(r"[^\d]+", text))
    if _AN_AREA.fullmatch(text):
        return True
    return text.startswith("0") and (len(gaps) == 1 or all(gap.strip(" ") == "" for gap in gaps))


def _is_usual(cell: Cell, number: int) -> bool:
    """Say whether the digits stand in the country's own groups, or in two after an area code: 0470/123456."""
    home = phonenumbers.format_number(phonenumbers.parse(f"+{number}"), PhoneNumberFormat.NATIONAL)
    if area := _AN_AREA.fullmatch(cell.text):
        return len(area[1]) <= len(home.split()[0])
    return re.sub(r"\D+", " ", cell.text) == re.sub(r"\D+", " ", home)


@lru_cache(maxsize=2**16)
def _readings(digits: str, region: str) -> frozenset[int]:
    shares_plan = region in FRENCH_PLAN and len(digits.removeprefix("0")) == FRENCH_NATIONAL_DIGITS
    regions = FRENCH_PLAN if shares_plan else (region,)
    texts = [(digits, each) for each in regions]
    if digits.startswith("00"):
        texts.append(("+" + digits[2:], region))
    elif len(digits) >= 11 and not digits.startswith(("0", "+")):  # a number without its +, all of it one part
        texts.append(("+" + digits, region))
    return frozenset(number for text, each in texts if (number := _mobile(text, each)))


def _mobile(text: str, region: str) -> int | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in MOBILES:
        return None
    return int(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def strangers(count: int, seed: int = 1) -> tuple[list[tuple[Cell, int]], int]:
    """Return the cells whose number is none of their parts, with it, and how many cells gave a number."""
    wrong, read = [], 0
    columns = {region: PhoneColumn(region) for region in REGIONS}
    by_region: dict[str, list[Cell]] = {region: [] for region in REGIONS}

    def judge(region: str) -> None:
        nonlocal read
        batch = by_region[region]
        for cell, number in zip(batch, columns[region].parse([each.text for each in batch]).tolist(), strict=True):
            read += number > 0
            if number > 0 and number not in allowed(cell):
                wrong.append((cell, number))
        batch.clear()

    for cell in cells(count, seed):
        by_region[cell.region].append(cell)
        if len(by_region[cell.region]) == BATCH:
            judge(cell.region)
    for region in REGIONS:
        judge(region)
    return wrong, read


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=800_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.perf_counter()
    wrong, read = strangers(options.count, options.seed)
    for cell, number in wrong[:20]:
        print(f"{cell.region} {cell.text!r} -> +{number}")
    print(f"{options.count:,} cells, {read:,} numbers read, {len(wrong):,} joined strangers", end="")
    print(f" ({time.perf_counter() - start:,.0f} s)")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
