"""What is in the files: read back as a spreadsheet program reads them."""

import csv
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from contacts.exports import files, tables, workbooks
from contacts.models import ContactList, Exclusion, Export
from smsplatform.accounts.models import Account
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion, make_list

COLUMNS = [{"key": "c1", "name": "Prénom"}, {"key": "c2", "name": "Solde"}]


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def make_clients(account: Account) -> ContactList:
    contact_list = make_list(account, "Clients", columns=COLUMNS)
    contact_list.entries.create(account=account, phone=FICTION, values={"c1": "Zoé", "c2": "=1+1"})
    contact_list.entries.create(account=account, phone=FICTION + 1, values={"c1": "D;J\x07"})
    make_exclusion(account, FICTION + 1)
    contact_list.refresh_from_db()
    return contact_list


def written(account: Account, *lists: ContactList, **fields: Any) -> bytes:
    file = io.BytesIO()
    export = Export(account=account, list_ids=[one.pk for one in lists], **fields)
    files.write(account, export, list(lists), file, lambda rows: None)
    return file.getvalue()


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def xlsx_rows(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_a_csv_has_the_number_and_the_lists_columns(in_account: Account) -> None:
    assert csv_rows(written(in_account, make_clients(in_account))) == [
        ["Mobile phone", "Prénom", "Solde"],
        ["06 39 98 00 00", "Zoé", "'=1+1"],
        ["06 39 98 00 01", "D;J\x07", ""],
    ]


def test_columns_come_in_the_order_asked_for_and_those_that_are_gone_are_left_out(in_account: Account) -> None:
    columns = ["c2", tables.PHONE, "c9", tables.EXCLUDED, tables.SINCE]

    content = written(in_account, make_clients(in_account), columns=columns)

    assert csv_rows(content) == [
        ["Solde", "Mobile phone", "On the exclusion list", "Excluded since"],
        ["'=1+1", "06 39 98 00 00", "No", ""],
        ["", "06 39 98 00 01", "Yes", "2026-03-12 10:30"],
    ]


def test_excluded_numbers_can_be_left_out(in_account: Account) -> None:
    content = written(in_account, make_clients(in_account), with_excluded=False)

    assert [row[0] for row in csv_rows(content)] == ["Mobile phone", "06 39 98 00 00"]


def test_a_workbook_holds_text_only_never_a_formula_nor_a_control_character(in_account: Account) -> None:
    content = written(in_account, make_clients(in_account), format=Export.Format.XLSX)

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert xlsx_rows(content) == [
        ["Mobile phone", "Prénom", "Solde"],
        ["06 39 98 00 00", "Zoé", "'=1+1"],
        ["06 39 98 00 01", "D;J", ""],
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {"s", "inlineStr"}
    assert (sheet.title, sheet.freeze_panes) == ("Clients", "A2")


def test_an_empty_list_is_a_workbook_of_headings(in_account: Account) -> None:
    content = written(in_account, make_list(in_account, "Vide", columns=COLUMNS), format=Export.Format.XLSX)

    assert xlsx_rows(content) == [["Mobile phone", "Prénom", "Solde"]]


@pytest.mark.parametrize(
    "rows, sheets",
    [(0, [1]), (1, [2]), (2, [3]), (3, [3, 2]), (4, [3, 3]), (5, [3, 3, 2])],
)
def test_what_a_sheet_cannot_hold_goes_on_in_the_next(
    rows: int, sheets: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MAX_ROWS", 3)
    file = io.BytesIO()

    workbooks.StreamedXLSX().write(file, "Clients", ["Number"], [[str(number)] for number in range(rows)])

    book = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))
    parts = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [len(part) for part in parts] == sheets
    assert [row for part in parts for row in part[1:]] == [[str(number)] for number in range(rows)]
    assert {tuple(part[0]) for part in parts} == {("Number",)}


@pytest.mark.parametrize(
    "name, number, expected",
    [
        ("Clients", 1, "Clients"),
        ("Clients", 2, "Clients (2)"),
        ("a/b:c?", 1, "a b c"),
        ("[]", 1, "1"),
        ("x" * 40, 1, "x" * 31),
        ("x" * 40, 12, "x" * 26 + " (12)"),
    ],
)
def test_a_sheet_is_called_what_excel_accepts(name: str, number: int, expected: str) -> None:
    assert workbooks.title(name, number) == expected


def test_a_cell_longer_than_excel_takes_ends_with_an_ellipsis() -> None:
    file = io.BytesIO()

    workbooks.StreamedXLSX().write(file, "Long", ["Note"], [["x" * 40_000]])

    [_, [value]] = xlsx_rows(file.getvalue())
    assert (len(value), value[-2:]) == (32_766, "x…")


@pytest.mark.parametrize("file_format", Export.Format.values)
def test_several_lists_are_an_archive_of_one_file_each(file_format: str, in_account: Account) -> None:
    lists = [make_list(in_account, name, phones=[FICTION]) for name in ("Clients", "clients", "a/b")]

    archive = zipfile.ZipFile(io.BytesIO(written(in_account, *lists, format=file_format)))

    ending = file_format.lower()
    assert archive.namelist() == [f"Clients.{ending}", f"clients (2).{ending}", f"a-b.{ending}"]
    read = xlsx_rows if file_format == "XLSX" else csv_rows
    assert [read(archive.read(name)) for name in archive.namelist()] == [[["Mobile phone"], ["06 39 98 00 00"]]] * 3
    assert archive.testzip() is None


def test_the_exclusion_list_tells_since_when_from_where_and_why(in_account: Account) -> None:
    make_exclusion(in_account)
    person = Exclusion.Source.PERSON
    Exclusion.objects.create(account=in_account, phone=FICTION + 1, source=person, reason="=asked", at=NOW)

    content = written(in_account, subject=Export.Subject.EXCLUSIONS)

    assert csv_rows(content) == [
        ["Mobile phone", "Excluded since", "Source", "Reason"],
        ["06 39 98 00 00", "2026-03-12 10:30", "STOP by SMS", ""],
        ["06 39 98 00 01", "2026-03-12 10:30", "Added by hand", "'=asked"],
    ]


def test_progress_counts_the_rows_of_all_the_files(in_account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROWS_PER_SIGN", 2)
    lists = [make_list(in_account, name, phones=[FICTION + n for n in range(3)]) for name in ("A", "B")]
    saw: list[int] = []

    files.write(in_account, Export(list_ids=[one.pk for one in lists]), lists, io.BytesIO(), saw.append)

    assert saw == [2, 3, 4, 6, 6]


def test_another_accounts_entries_are_never_in_a_file(in_account: Account, other_account: Account) -> None:
    contact_list = make_list(in_account, "Clients", phones=[FICTION])

    assert list(tables.of_list(other_account, contact_list).rows) == []
