"""What step 2 warns of before anything is imported."""

import pytest
from django.utils import translation

from contacts import check_page
from contacts.forms import CorrectionForm
from contacts.models import Import
from contacts.operations import imports
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts.operations.importing import analysed

GOOD = b"Nom;Mobile\nRoux;0612345601\nFaure;0612345602\n"


def checked(imported: Import) -> dict:
    with translation.override("en"):
        return check_page.check(imported, CorrectionForm.of(imported))


def corrected(account: Account, by: User, content: bytes, **overrides: object) -> Import:
    imported = analysed(account, by, content)
    imports.correct(account, imported=imported, overrides=overrides, region=imported.region, by=by, now=NOW)
    imports.analyse(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    return imported


def test_a_good_file_has_no_warning(in_account: Account, marketer: User) -> None:
    check = checked(analysed(in_account, marketer, GOOD))

    assert (check["problems"], check["hidden_columns"]) == ([], 0)
    assert [column["name"] for column in check["columns"]] == ["Nom", "Mobile"]
    assert [[cell["text"] for cell in row] for row in check["rows"]] == [
        ["Roux", "0612345601"],
        ["Faure", "0612345602"],
    ]


def test_a_wrong_separator_is_noticed_although_numbers_are_found(in_account: Account, marketer: User) -> None:
    imported = corrected(in_account, marketer, GOOD, delimiter=",")

    assert checked(imported)["problems"] == [
        "Each number is mixed with other data around “;”: the separator is probably wrong."
    ]


def test_numbers_of_another_country_are_noticed(in_account: Account, marketer: User) -> None:
    content = b"Nom;GSM\nPeeters;0470 12 34 56\nMaes;0471 12 34 57\nWouters;0472 12 34 58\n"

    problems = checked(analysed(in_account, marketer, content))["problems"]

    assert problems[-1] == (
        "These numbers look like those of another country: Belgium. Choose it as the default country."
    )


def test_a_wrong_encoding_is_noticed(in_account: Account, marketer: User) -> None:
    content = "Prénom;Mobile\nZoé;0612345601\nNoël;0612345602\n".encode("cp1252")

    imported = corrected(in_account, marketer, content, encoding="utf-8")

    assert checked(imported)["problems"] == ["3 characters cannot be read in this encoding: choose another."]


def test_a_file_without_numbers_asks_for_the_column_and_shows_no_rejects(in_account: Account, marketer: User) -> None:
    check = checked(analysed(in_account, marketer, b"Nom;Ville\nRoux;Laval\nFaure;Paris\n"))

    assert check["problems"] == ["No column with mobile numbers was found. Choose it, or cancel and send another file."]
    assert (check["answers"][0]["tone"], check["answers"][0]["certainty"]) == ("danger", "To be chosen")
    assert "rejects" not in check


def test_lines_above_the_table_are_told(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, b"Clients du magasin\n\n" + GOOD)

    reasons = {answer["field"].name: answer["reason"] for answer in checked(imported)["answers"]}

    assert reasons["has_header"].endswith("2 lines above the table are left out.")


@pytest.mark.parametrize("columns, hidden", [(30, 0), (31, 1), (200, 170)])
def test_the_phone_column_of_a_wide_file_is_always_shown(
    columns: int, hidden: int, in_account: Account, marketer: User
) -> None:
    names = [f"n{index}" for index in range(columns - 1)] + ["Mobile"]
    lines = [[f"v{index}" for index in range(columns - 1)] + [f"06123456{number:02}"] for number in range(3)]
    content = "\n".join(";".join(line) for line in [names, *lines]).encode()

    check = checked(analysed(in_account, marketer, content))

    assert (len(check["columns"]), check["hidden_columns"]) == (30, hidden)
    assert [column["name"] for column in check["columns"] if column["is_phone"]] == ["Mobile"]
    assert [[cell["text"] for cell in row if cell["is_phone"]] for row in check["rows"]] == [
        ["0612345600"],
        ["0612345601"],
        ["0612345602"],
    ]
