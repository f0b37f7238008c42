"""Contact files as shops and town halls have them, of any size, for measurements and tests of endurance."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

HEADER = "Nom;Mobile;Ville;Date de naissance;Newsletter\n"
INVALID_SHARE = 0.03
LANDLINE_SHARE = 0.05
FOREIGN_SHARE = 0.02
DUPLICATE_SHARE = 0.05
REMEMBERED = 10_000  # numbers that a duplicate is taken from
LINES_PER_WRITE = 10_000

_STARTS = [
    "Mar",
    "Ber",
    "Du",
    "Le",
    "Mo",
    "Fer",
    "Gar",
    "Ro",
    "Bou",
    "Cha",
    "Gi",
    "Per",
    "Vin",
    "Fau",
    "Bla",
    "Gué",
    "Hen",
    "Rous",
    "Ni",
    "Mé",
]
_MIDDLES = [
    "tin",
    "nar",
    "pon",
    "fé",
    "reau",
    "nan",
    "cia",
    "bert",
    "cher",
    "va",
    "rar",
    "ri",
    "cen",
    "re",
    "nche",
    "rin",
    "ne",
    "sel",
    "co",
    "lan",
]
_ENDS = ["et", "ier", "eau", "ot", "in", "ard", "on", "ez", "el", "al", "as", "é", "ieux", "oux", "our"]
_FIRST_NAMES = [
    "Marie",
    "Jean",
    "Camille",
    "Léa",
    "Hugo",
    "Inès",
    "Zoé",
    "Élodie",
    "Chloé",
    "Noël",
    "François",
    "Jérôme",
    "Anne",
    "Paul",
    "Lucas",
    "Emma",
]
CITIES = [
    "Paris",
    "Lyon",
    "Nîmes",
    "Orléans",
    "Angoulême",
    "Laval",
    "Saint-Étienne",
    "Besançon",
    "Béziers",
    "Nancy",
    "Épinal",
    "Mâcon",
]
_MOBILE_PREFIXES = ("60", "61", "62", "64", "65", "66", "67", "68", "73", "74", "75", "76", "77", "78")
_FOREIGN: tuple[tuple[str, int], ...] = (("+32 47", 7), ("+41 79 ", 7), ("+44 7400 ", 6), ("+4915", 9))
_INVALID = ("06 12 34", "inconnu", "0612345678901", "NC", "99 99 99 99 99", "06.00.00.0")


def pairs(number: str, separator: str) -> str:
    return separator.join(number[at : at + 2] for at in range(0, len(number), 2))


# How people write a mobile number of nine digits after its zero.
_FORMATS: tuple[Callable[[str], str], ...] = (
    lambda n: "0" + n,
    lambda n: "0" + n,
    lambda n: pairs("0" + n, " "),
    lambda n: pairs("0" + n, "."),
    lambda n: "+33" + n,
    lambda n: f"+33 {n[0]} {pairs(n[1:], ' ')}",
    lambda n: "0033" + n,
    lambda n: n,
)


def write_file(path: Path, rows: int, seed: int = 1) -> None:
    """Write a UTF-8 CSV of `rows` lines below its header; the same seed makes the same file."""
    source = random.Random(seed)
    lines = _lines(source)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for done in range(0, rows, LINES_PER_WRITE):
            file.writelines(next(lines) for _ in range(min(LINES_PER_WRITE, rows - done)))


def a_name(source: random.Random) -> str:
    family = source.choice(_STARTS) + source.choice(_MIDDLES) + source.choice(_ENDS)
    return f"{family} {source.choice(_FIRST_NAMES)}"


def _lines(source: random.Random) -> Iterator[str]:
    numbers: list[str] = []
    while True:
        name = a_name(source)
        born = f"{source.randint(1, 28):02}/{source.randint(1, 12):02}/{source.randint(1940, 2007)}"
        news = "oui" if source.random() < 0.6 else "non"
        phone = _phone(source, numbers)
        yield f"{name};{phone};{source.choice(CITIES)};{born};{news}\n"


def _phone(source: random.Random, numbers: list[str]) -> str:
    share = source.random()
    if share < INVALID_SHARE:
        return source.choice(_INVALID)
    share -= INVALID_SHARE
    if share < LANDLINE_SHARE:
        return pairs(f"01{source.randrange(40_000_000, 50_000_000)}", " ")
    share -= LANDLINE_SHARE
    if share < FOREIGN_SHARE:
        prefix, digits = source.choice(_FOREIGN)
        return prefix + f"{source.randrange(10**digits):0{digits}}"
    share -= FOREIGN_SHARE
    if share < DUPLICATE_SHARE and numbers:
        return source.choice(_FORMATS)(source.choice(numbers))
    number = source.choice(_MOBILE_PREFIXES) + f"{source.randrange(10**7):07}"
    if len(numbers) < REMEMBERED:
        numbers.append(number)
    else:
        numbers[source.randrange(REMEMBERED)] = number
    return source.choice(_FORMATS)(number)
