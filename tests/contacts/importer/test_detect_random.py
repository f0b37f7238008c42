"""Detection on files nobody wrote by hand: random but sensible ones, and bytes that make no sense at all."""

import random
from functools import cache

import pytest

from contacts.importer.detect import Detection, detect
from tests.contacts.importer.detect_generator import generate

FILES = 250
FLOOR = 0.98  # share of the files with all five answers right; 0.998 was measured on 6,000


def _five(found: Detection) -> tuple[str, str | None, str, bool, int | None]:
    return found.encoding, found.delimiter, found.quotechar, found.has_header, found.phone_column


def test_random_files_are_nearly_all_understood() -> None:
    cases = [generate(seed) for seed in range(FILES)]

    wrong = [seed for seed, case in enumerate(cases) if _five(detect(case.data)) != case.expected]

    assert len(wrong) <= (1 - FLOOR) * FILES, f"seeds {wrong}"


def test_same_bytes_get_the_same_answer() -> None:
    case = generate(12)

    assert detect(case.data) == detect(case.data)


@cache
def _nonsense() -> dict[str, bytes]:
    rng = random.Random(3)
    size = 300_000
    return {
        "random bytes": rng.randbytes(size),
        "random low bytes": bytes(rng.choices(range(128), k=size)),
        "NULs": b"\0" * size,
        "quotes": b'"' * size,
        "apostrophes and semicolons": b"';" * (size // 2),
        "opened quotes on every line": b'";\n' * (size // 3),
        "newlines": b"\n" * size,
        "separators": b";" * size,
        "one word": b"a" * size,
        "one number": b"1" * size,
        "signs of numbers": b"+(0 -" * (size // 5),
        "continuation bytes": b"\x80" * size,
        "half a signature": b"\xef\xbb",
        "half a UTF-16 character": b"\xff\xfeA",
        "lone surrogates": b"\xff\xfe" + b"\x00\xd8" * 500,
        "one NUL": b"\0",
        "one quote": b'"',
        "only a sep= line": b"sep=;",
        "a cell of a megabyte": b"Nom;Mobile\n" + b"x" * 1_000_000 + b";0612345678\nPaul;0698765432\n",
        "a quoted cell of many lines": b'Nom;Mobile\n"' + b"x\n" * 200_000 + b'";0612345678\n',
        "ten thousand columns": b";".join(b"x" * 10_000 for _ in range(10)) + b"\n" + b"0612345678;" * 10_000,
        "scientific numbers out of range": b"1e99\n9E+9999\n1,2e14\n" * 100,
        "superscript digits": "Nom;Mobile\nA;¹²\nB;²³\nC;0612345678\nD;¹¹\nE;³\n".encode(),
        "percent signs in names": b"Nom %(x)s;Mobile %d\n%s;0612345678\n",
    }


@pytest.mark.parametrize("name", _nonsense())
def test_nonsense_gets_an_answer(name: str) -> None:
    found = detect(_nonsense()[name])

    assert isinstance(found, Detection)
    assert found.phone_column is None or found.phone_column < len(found.columns)
    assert all(str(why.reason) and 0 <= why.confidence <= 1 for why in found.why.values())


def test_five_hundred_columns_find_their_phone() -> None:
    names = b";".join(b"c%d" % i for i in range(500))
    people = b";".join(b"0612345678" if i == 407 else b"x" for i in range(500))

    found = detect(names + b"\n" + people + b"\n" + people)

    assert (found.delimiter, found.has_header, found.phone_column, len(found.columns)) == (";", True, 407, 500)


def test_of_ten_thousand_columns_only_the_first_are_described() -> None:
    people = b";".join(b"0612345678" if i == 7_007 else b"x" for i in range(10_000))

    found = detect(people + b"\n" + people)

    assert (found.width, len(found.columns), found.phone_column) == (10_000, 500, None)


def test_separators_without_end_make_no_columns() -> None:
    row = b"0612345678;Dupont" + b";" * 16_000 + b"\n"

    found = detect(b"Mobile;Nom" + b";" * 16_000 + b"\n" + row * 20)

    assert (found.width, [column.name for column in found.columns], found.phone_column) == (2, ["Mobile", "Nom"], 0)


def test_one_line_of_thousands_of_cells_widens_no_table() -> None:
    wide = b";".join(b"c%d" % i for i in range(4_000)) + b"\n"

    found = detect(wide + b"0612345678;a\n" * 400)

    assert found.width == 52  # and the columns that the first line may name


def test_stray_quotes_run_no_lines_together() -> None:
    found = detect(b"Mobile;Nom;Ville\n" + b'0612345678;a"b;"c\n' * 2_000)

    assert (found.width, found.phone_column) == (3, 0)


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_file_cut_anywhere_gets_an_answer(seed: int) -> None:
    data = generate(seed).data

    answers = [detect(data[:size]) for size in range(0, min(len(data), 600), 7)]

    assert all(answer.quotechar in ('"', "'") for answer in answers)


@pytest.mark.parametrize("seed", range(2000, 2012))
def test_damaged_file_gets_an_answer(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(generate(seed).data[:3000])

    for _ in range(25):
        data[rng.randrange(len(data))] = rng.choice(b"\0\"';,\t\r\n\xe9\xff\x80")
        found = detect(bytes(data))
        assert found.first_row >= 0
        assert (found.header_row is not None) == found.has_header


@pytest.mark.parametrize("region", ["BE", "US", "ZZ", ""])
def test_any_region_gets_an_answer(region: str) -> None:
    assert detect(b"Nom;Mobile\nDupont;+33612345678\nDurand;+33698765432\n", region).phone_column == 1
