"""Imports of workbooks, packed files, second phone columns and countries, from the upload to the list."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts import source_words
from contacts.forms import CorrectionForm
from contacts.models import Import, ListEntry
from contacts.operations import imports
from contacts.reports import report
from smsplatform.accounts.models import Account, Membership, User
from tests.conftest import NOW
from tests.contacts.importer import workbook_files as files
from tests.contacts.operations.importing import analysed, content_of, done, phones

TWO_SHEETS = {"Notice": [["Lisez-moi"]], "Clients": files.PEOPLE, "Anciens": [["Mobile"], ["0611223344"]]}


def read(account: Account, by: User, content: bytes, name: str = "clients.csv", **changes: Any) -> Import:
    return analysed(account, by, file=SimpleUploadedFile(name, content), **changes)


def correct(account: Account, imported: Import, by: User, **overrides: Any) -> Import:
    imports.correct(account, imported=imported, overrides=overrides, region=imported.region, by=by, now=NOW)
    imports.analyse(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    return imported


@pytest.mark.parametrize("make", [files.xlsx, files.xls, files.ods, files.html, files.xml2003])
def test_a_workbook_becomes_a_list_whatever_its_name(in_account: Account, marketer: User, make: Any) -> None:
    imported = done(in_account, marketer, file=SimpleUploadedFile("clients.csv", make()))

    assert (imported.status, imported.result["new"], imported.result["read"]) == ("DONE", 3, 3)
    assert phones(in_account) == [33612345678, 33698765432, 33744556677]
    assert [entry.values for entry in ListEntry.objects.order_by("phone")] == [
        {"c1": "Dupont"},
        {"c1": "Durand"},
        {"c1": "Hélène"},
    ]


def test_rejected_lines_of_a_sheet_have_its_row_numbers(in_account: Account, marketer: User) -> None:
    sheets = {"Clients": [[], ["Nom", "Mobile"], [], ["Dupont", "06 12"], ["Durand", 612345678]]}

    imported = read(in_account, marketer, files.xlsx(sheets))

    assert imported.preview["samples"] == [{"line": 4, "value": "06 12", "reason": "TOO_SHORT"}]


def test_the_sheet_is_proposed_and_can_be_corrected(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: Any
) -> None:
    imported = read(in_account, marketer, files.xlsx(TWO_SHEETS))
    first_table, form = imported.table_path, CorrectionForm.of(imported)

    with django_capture_on_commit_callbacks(execute=True):
        corrected = correct(in_account, imported, marketer, sheet="Anciens")

    assert [value for value, _ in form.fields["sheet"].choices] == ["Notice", "Clients", "Anciens"]
    assert form.initial["sheet"] == "Clients"
    assert not {"delimiter", "encoding"} & set(form.fields)
    assert (corrected.detection["source"]["sheet"], corrected.preview["new"]) == ("Anciens", 1)
    assert (default_storage.exists(first_table), content_of(corrected.table_path)) == (False, b"Mobile\n0611223344\n")


def test_another_correction_keeps_the_table(in_account: Account, marketer: User) -> None:
    imported = read(in_account, marketer, files.xlsx(TWO_SHEETS))
    table = imported.table_path

    corrected = correct(in_account, imported, marketer, has_header=False)

    assert (corrected.table_path, corrected.detection["source"]["sheet"]) == (table, "Clients")
    assert corrected.preview["rejected"] == {"NO_DIGITS": 1}


def test_another_sheet_forgets_what_was_said_of_the_columns(in_account: Account, marketer: User) -> None:
    imported = correct(in_account, read(in_account, marketer, files.xlsx(TWO_SHEETS)), marketer, phone_column=0)
    data = {"sheet": "Anciens", "phone_column": "0", "region": "FR", "has_header": "1", "country_column": "-1"}

    form = CorrectionForm.of(imported, data)

    assert (form.is_valid(), form.overrides()) == (True, {"sheet": "Anciens"})


@pytest.mark.parametrize(
    "content, error",
    [
        (files.encrypted(), "FILE_PASSWORD"),
        (files.xlsx()[:-100], "FILE_DAMAGED"),
        (files.xlsx({"Vide": []}), "FILE_NO_DATA"),
        (files.archive({"a.csv": b"1", "b.csv": b"2"}), "ARCHIVE_SEVERAL"),
    ],
)
def test_a_file_that_cannot_be_opened_fails_with_its_cause(
    in_account: Account, marketer: User, content: bytes, error: str
) -> None:
    imported = read(in_account, marketer, content)

    assert (imported.status, imported.error, imported.table_path) == ("FAILED", error, "")
    sentence = report(imported, Membership.objects.get(user=marketer))["sentence"]
    assert sentence.endswith(".")


def test_the_page_says_what_the_file_is(in_account: Account, marketer: User) -> None:
    workbook = read(in_account, marketer, files.archive({"a/clients.xlsx": files.xlsx(TWO_SHEETS)}))
    text = read(in_account, marketer, files.csv())

    assert "Clients" in source_words.described(workbook)
    assert "a/clients.xlsx" in source_words.described(workbook)
    assert source_words.described(text) == ""


SECOND = (
    "Nom;Mobile;Téléphone\nA;0612345678;0698765432\nE;0612345679;\nF;0612345680;0123456780\nG;0612345681;\n"
    "B;;0744556677\nC;01 23 45 67 89;0611223344\nD;;0123456789\n"
)


def test_a_second_phone_column_adds_numbers_and_replaces_none(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, SECOND.encode())

    assert imported.detection["second_phone"] == 2
    assert [phone for phone in phones(in_account) if not 33612345678 <= phone <= 33612345681] == [
        33611223344,
        33744556677,
    ]
    assert (imported.result["second_phone"], imported.result["rejected"]) == (2, {"EMPTY": 1})


def test_a_second_phone_column_can_be_left_out(in_account: Account, marketer: User) -> None:
    imported = correct(in_account, read(in_account, marketer, SECOND.encode()), marketer, second_phone=-1)

    assert (imported.detection["second_phone"], imported.preview["new"]) == (None, 4)


@pytest.mark.parametrize("title", ["Fax", "Téléphone urgence", "Autre contact tel"])
def test_somebody_elses_phone_is_not_read_unless_chosen(in_account: Account, marketer: User, title: str) -> None:
    imported = read(in_account, marketer, SECOND.replace("Téléphone", title).encode())
    proposed = imported.detection["second_phone"]

    corrected = correct(in_account, imported, marketer, second_phone=2)

    assert (proposed, corrected.detection["second_phone"], corrected.preview["second_phone"]) == (None, 2, 2)


COUNTRIES = (
    "Nom;Mobile;Pays\nA;0470123456;Belgique\nB;0612345678;France\nC;0612345678;Maroc\nD;0791234567;CH\n"
    "E;0698765432;Belgique\nF;0744556677;\n"
)


def test_numbers_are_read_as_those_of_the_country_on_their_line(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, COUNTRIES.encode())

    assert imported.detection["country_column"] == 2
    # Who moved to Belgium keeps the French number, which is none there.
    assert phones(in_account) == [32470123456, 33612345678, 33698765432, 33744556677, 41791234567, 212612345678]


def test_a_country_column_can_be_left_out(in_account: Account, marketer: User) -> None:
    imported = correct(in_account, read(in_account, marketer, COUNTRIES.encode()), marketer, country_column=-1)

    assert imported.detection["country_column"] is None
    assert imported.preview["rejected"] == {"NOT_MOBILE": 1}


@pytest.mark.parametrize(
    "name, values", [("Langue", "FR BE DE"), ("Département", "33 75 31"), ("Ville", "Lyon Paris Metz")]
)
def test_what_is_no_country_is_not_taken_for_one(in_account: Account, marketer: User, name: str, values: str) -> None:
    lines = "".join(f"A{n};061234567{n};{value}\n" for n, value in enumerate(values.split()))

    assert read(in_account, marketer, f"Nom;Mobile;{name}\n{lines}".encode()).detection["country_column"] is None


def test_a_second_number_in_a_cell_is_told(in_account: Account, marketer: User) -> None:
    content = "Nom;Mobile\nA;06 12 34 56 78 / 06 98 76 54 32\nB;07 44 55 66 77 ou 01 23 45 67 89\nC;0611223344\n"

    imported = read(in_account, marketer, content.encode())

    assert (imported.preview["new"], imported.preview["second_numbers"]) == (3, 1)
    assert imported.preview["others"] == [{"line": 2, "value": "06 98 76 54 32"}]
    assert "06 98 76 54 32" in next(source_words.notes(imported.preview))


@pytest.mark.parametrize(
    "total", ["Total : 1 204", "TOTAL;1204", ";\nNombre de contacts;3\nPage 1/1;", "Fin de fichier;"]
)
def test_totals_at_the_bottom_are_neither_people_nor_mistakes(in_account: Account, marketer: User, total: str) -> None:
    people = "".join(f"A{n};06123456{n:02}\n" for n in range(20))

    imported = read(in_account, marketer, f"Nom;Mobile\n{people}{total}\n".encode())

    assert (imported.preview["new"], imported.preview["rejected"]) == (20, {})
    assert imported.preview["totals"] == len([line for line in total.split("\n") if line.strip(";")])


def test_a_total_in_the_middle_is_refused_like_others(in_account: Account, marketer: User) -> None:
    content = "Nom;Mobile\nA;0612345678\nTotal;12\nB;0698765432\nPage;Martine\n"

    imported = read(in_account, marketer, content.encode())

    assert (imported.preview["totals"], imported.preview["rejected"]) == (0, {"NO_DIGITS": 1, "TOO_SHORT": 1})
