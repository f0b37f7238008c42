"""Pasted values: numbers are set one per line, tables stay as they are."""

import pytest

from contacts.importer.paste import one_per_line, tokens

SPLIT = {
    "commas and spaces": ("0612345678, 0698765432 0733445566", ["0612345678", "0698765432", "0733445566"]),
    "one per line": ("06 12 34 56 78\n06 98 76 54 32", ["06 12 34 56 78", "06 98 76 54 32"]),
    "spaces inside two numbers": ("06 12 34 56 78 06 98 76 54 32", ["06 12 34 56 78", "06 98 76 54 32"]),
    "semicolons": ("06.12.34.56.78;+33698765432;", ["06.12.34.56.78", "+33698765432"]),
    "tabs": ("0612345678\t0698765432", ["0612345678", "0698765432"]),
    "slashes between spaces": ("0612345678 / 0698765432", ["0612345678", "0698765432"]),
    "commas inside one number": ("06,12,34,56,78", ["06.12.34.56.78"]),
    "a blank line keeps its place": (
        "0612345678,0698765432\r\n\r\n0733445566",
        ["0612345678", "0698765432", "", "0733445566"],
    ),
    "one bad number among good ones": ("0612345678, 0698765432, 123", ["0612345678", "0698765432", "123"]),
    "landlines are numbers too": ("01 42 68 53 00, 06 12 34 56 78", ["01 42 68 53 00", "06 12 34 56 78"]),
    "international with spaces": ("+33 6 12 34 56 78 +33 6 98 76 54 32", ["+33 6 12 34 56 78", "+33 6 98 76 54 32"]),
}

READ = {
    "a bad one between good ones": (
        "06 12 99 88 01, 06 12 99 88 02\nabc\n+33612998803",
        [33612998801, 33612998802, 33612998803],
        [(2, "abc")],
    ),
    "every separator in one paste": (
        "06 12 99 88 01\t0612998802|06.12.99.88.03 / 0612998804;0612998805 & 0612998806 ou 0612998807  0612998808",
        [33612998801 + number for number in range(8)],
        [],
    ),
    "every notation": (
        "+33 6 12 99 88 01, 0033612998802, (06) 12 99 88 03, 06-12-99-88-04, +33 (0)6 12 99 88 05, 06,12,99,88,06",
        [33612998801 + number for number in range(6)],
        [],
    ),
    "words between numbers": (
        "Paul 06 12 99 88 01 et Léa : 0612998802, Zoé (0612998803)",
        [33612998801, 33612998802, 33612998803],
        [],
    ),
    "one that is cut short beside a good one": ("06 12 99 88 01 / 06 12 99", [33612998801], [(1, "06 12 99")]),
    "glued slashes": ("0612998801/0612998802/0612", [33612998801, 33612998802], [(1, "0612")]),
    "no blank before a plus": ("+33612998801+33612998802", [33612998801, 33612998802], []),
    "a table": (
        "Nom;Mobile\nPaul;0612998801\nLéa;061299",
        [33612998801],
        [(1, "Nom Mobile"), (3, "Léa"), (3, "061299")],
    ),
    "a landline": ("01 42 68 53 00, 0612998801", [33612998801], [(1, "01 42 68 53 00")]),
    "two dates": ("20.12.24 / 21.12.24", [], [(1, "20.12.24 / 21.12.24")]),
    "lines of every system": (
        "0612998801\r\n0612998802\r0612998803\u2028x",
        [33612998801, 33612998802, 33612998803],
        [(4, "x")],
    ),
    "a company's number": ("SIREN 612 345 678", [], [(1, "SIREN 612 345 678")]),
}

KEPT = {
    "names": "Dupont;0612345678\nPetit;0698765432",
    "amounts": "0612345678;120\n0698765432;80",
    "postcodes": "75001,0612345678\n69003,0698765432",
    "an address": "Jean, 0612345678, Paris",
    "nothing": "",
    "words": "bonjour",
}


@pytest.mark.parametrize("pasted, numbers", SPLIT.values(), ids=SPLIT)
def test_numbers_are_set_one_per_line(pasted: str, numbers: list[str]) -> None:
    assert one_per_line(pasted, "FR").split("\n") == numbers


@pytest.mark.parametrize("pasted", KEPT.values(), ids=KEPT)
def test_what_is_no_list_of_numbers_stays_as_it_is(pasted: str) -> None:
    assert one_per_line(pasted, "FR") == pasted


def test_groups_of_digits_with_several_readings_are_left_to_the_report() -> None:
    assert one_per_line("12 34 56 78 90 12 34 56 78 90 12", "FR") == "12 34 56 78 90 12 34 56 78 90 12"


@pytest.mark.parametrize("pasted, numbers, unread", READ.values(), ids=READ)
def test_every_number_is_taken_and_the_rest_is_named(
    pasted: str, numbers: list[int], unread: list[tuple[int, str]]
) -> None:
    found = tokens(pasted, "FR")

    assert [token.outcome for token in found if token.is_mobile] == numbers
    assert [(token.line, token.text) for token in found if not token.is_mobile] == unread


def test_a_number_beside_digits_that_may_be_its_own_is_unsure() -> None:
    found = tokens("+44 7400 123456 × 12", "FR")

    assert [(token.outcome, token.is_unsure) for token in found] == [(447400123456, True)]


def test_a_bad_entry_does_not_make_a_table_of_a_list() -> None:
    pasted = "06 12 99 88 01, 06 12 99 88 02\nabc\n+33612998803"

    assert one_per_line(pasted, "FR").split("\n") == ["06 12 99 88 01", "06 12 99 88 02", "abc", "+33612998803"]


def test_a_table_of_two_numbers_and_a_name_stays_a_table() -> None:
    pasted = "Paul;0612998801;0142685300\nLéa;0612998802;0142685301"

    assert one_per_line(pasted, "FR") == pasted


def test_a_hundred_thousand_numbers_on_one_line_are_split() -> None:
    pasted = " ".join(f"06{number:08}" for number in range(10_000_000, 10_100_000))

    assert len(one_per_line(pasted, "FR").split("\n")) == 100_000
