"""Pasted values: numbers are set one per line, tables stay as they are."""

import pytest

from contacts.importer.paste import one_per_line

SPLIT = {
    "commas and spaces": ("0612345678, 0698765432 0733445566", ["0612345678", "0698765432", "0733445566"]),
    "one per line": ("06 12 34 56 78\n06 98 76 54 32", ["06 12 34 56 78", "06 98 76 54 32"]),
    "spaces inside two numbers": ("06 12 34 56 78 06 98 76 54 32", ["06 12 34 56 78", "06 98 76 54 32"]),
    "semicolons": ("06.12.34.56.78;+33698765432;", ["06.12.34.56.78", "+33698765432"]),
    "tabs": ("0612345678\t0698765432", ["0612345678", "0698765432"]),
    "slashes between spaces": ("0612345678 / 0698765432", ["0612345678", "0698765432"]),
    "commas inside one number": ("06,12,34,56,78", ["06,12,34,56,78"]),
    "a blank line keeps its place": (
        "0612345678,0698765432\r\n\r\n0733445566",
        ["0612345678", "0698765432", "", "0733445566"],
    ),
    "one bad number among good ones": ("0612345678, 0698765432, 123", ["0612345678", "0698765432", "123"]),
    "landlines are numbers too": ("01 42 68 53 00, 06 12 34 56 78", ["01 42 68 53 00", "06 12 34 56 78"]),
    "international with spaces": ("+33 6 12 34 56 78 +33 6 98 76 54 32", ["+33 6 12 34 56 78", "+33 6 98 76 54 32"]),
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


def test_a_hundred_thousand_numbers_on_one_line_are_split() -> None:
    pasted = " ".join(f"06{number:08}" for number in range(10_000_000, 10_100_000))

    assert len(one_per_line(pasted, "FR").split("\n")) == 100_000
