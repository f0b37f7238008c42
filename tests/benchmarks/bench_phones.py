"""Cells per second of PhoneColumn and of a plain phonenumbers loop.

Run as ``python -m tests.benchmarks.bench_phones``.
"""

import random
import time

import phonenumbers

from smsplatform.lib.phones import PhoneColumn

ROWS = 1_000_000
PLAIN_ROWS = 20_000
REPEATS = 3
SEED = 1

MOBILE_FORMS = (
    "0{0}{1}{2}{3}{4}",
    "0{0} {1} {2} {3} {4}",
    "0{0}.{1}.{2}.{3}.{4}",
    "+33{0}{1}{2}{3}{4}",
    "+33 {0} {1} {2} {3} {4}",
    "0033{0}{1}{2}{3}{4}",
    "{0}{1}{2}{3}{4}",
)
FOREIGN_FORMS = ("+32 47{1:.1} {2} {3} {4}", "+4179{1:.1}{2}{3}{4}", "+44 79{1} {2}{3}{4}")
INVALID_FORMS = (
    "0{0} {1} {2} {3}",
    "+33 0 {1}",
    "n/a",
    "0{0}{1}{2}{3}{4}{1}",
    "03 {1}",
    "néant",
    "99 {1} {2} {3} {4}",
)
INVALID_SHARE, LANDLINE_SHARE, FOREIGN_SHARE = 0.03, 0.05, 0.02


def typical_cells(rows: int, seed: int = SEED) -> list[str]:
    """Return a French column: 3 % invalid, 5 % landlines, 2 % Belgian, Swiss and British mobiles."""
    rng = random.Random(seed)
    return [_cell(rng) for _ in range(rows)]


def _cell(rng: random.Random) -> str:
    pairs = [f"{rng.randrange(100):02}" for _ in range(4)]
    draw = rng.random()
    if draw < INVALID_SHARE:
        return rng.choice(INVALID_FORMS).format(6, *pairs)
    if draw < INVALID_SHARE + LANDLINE_SHARE:
        return rng.choice(MOBILE_FORMS).format(rng.randrange(1, 6), *pairs)
    if draw < INVALID_SHARE + LANDLINE_SHARE + FOREIGN_SHARE:
        return rng.choice(FOREIGN_FORMS).format(0, *pairs)
    return rng.choice(MOBILE_FORMS).format(rng.choice((6, 6, 7)), *pairs)


def _plain_loop(cells: list[str]) -> int:
    accepted = 0
    for cell in cells:
        try:
            number = phonenumbers.parse(cell, "FR")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            accepted += phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    return accepted


def main() -> None:
    cells = typical_cells(ROWS)
    rates = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        accepted = int((PhoneColumn("FR").parse(cells) > 0).sum())
        rates.append(ROWS / (time.perf_counter() - start))
    start = time.perf_counter()
    _plain_loop(cells[:PLAIN_ROWS])
    plain = PLAIN_ROWS / (time.perf_counter() - start)
    print(f"{ROWS:,} cells, {accepted:,} accepted")
    print(f"PhoneColumn         {max(rates):>12,.0f} cells/s (slowest of {REPEATS}: {min(rates):,.0f})")
    print(f"phonenumbers loop   {plain:>12,.0f} cells/s")
    print(f"ratio               {max(rates) / plain:>12,.0f}")


if __name__ == "__main__":
    main()
