"""Corrected files of refused lines, and imports of what a done import refused."""

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.models import ContactList, Import, ListEntry
from contacts.operations import import_undo, imports, lists, mends, repairs
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts.operations.importing import analysed, content_of, done, phones
from tests.contacts.operations.test_repairs import THREE_KINDS, again, given, refused_lines

Rows = list[list[str]]


def rejects_file(imported: Import) -> Rows:
    return list(csv.reader(io.StringIO(content_of(imported.rejects_path).decode("utf-8-sig")), delimiter=";"))


def as_file(rows: Rows, *, encoding: str = "utf-8-sig", delimiter: str = ";", first: str = "") -> SimpleUploadedFile:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return SimpleUploadedFile("corrected.csv", (first + buffer.getvalue()).encode(encoding))


def corrected(imported: Import, numbers: dict[str, str]) -> Rows:
    """Return the refused lines with some numbers replaced, by line."""
    titles, *rows = rejects_file(imported)
    return [titles, *[[row[0], numbers.get(row[2], row[1]), *row[2:]] for row in rows]]


def finish(account: Account, imported: Import, by: User) -> None:
    again(account, imported)
    imports.confirm(account, imported=imported, seen=imported.settings_digest, **given(by))
    imports.run(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()


def test_corrected_numbers_join_the_import_that_waits(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)
    file = as_file(corrected(imported, {"3": "0612345679", "6": "07 44 55 66 77", "5": "06 9"}))

    taken = mends.take_file(in_account, imported=imported, file=file, **given(marketer))
    finish(in_account, imported, marketer)

    assert taken == mends.Taken(taken=2, still_wrong=2, not_refused=0, contradictory=0)
    assert phones(in_account) == [33612345678, 33612345679, 33744556677]
    assert refused_lines(imported) == [4, 5]


@pytest.mark.parametrize(
    "saved",
    [
        {"encoding": "cp1252", "delimiter": ";"},
        {"encoding": "utf-16", "delimiter": "\t"},
        {"encoding": "utf-8", "delimiter": ","},
        {"encoding": "utf-8-sig", "delimiter": ";", "first": "sep=;\r\n"},
    ],
)
def test_whatever_program_saved_the_file(in_account: Account, marketer: User, saved: dict[str, str]) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS.replace(b"Blanc", "Hélène".encode()))
    file = as_file(corrected(imported, {"6": "0744556677"}), **saved)

    taken = mends.take_file(in_account, imported=imported, file=file, **given(marketer))

    imported.refresh_from_db()
    assert (taken.taken, imported.overrides["edits"]) == (1, {"6": "0744556677"})


@pytest.mark.parametrize("as_numbers", [False, True])
def test_a_workbook_comes_back_too(in_account: Account, marketer: User, as_numbers: bool) -> None:
    """Spreadsheets make the lines, and the numbers, numbers of their own."""
    imported = analysed(in_account, marketer, THREE_KINDS)
    workbook = openpyxl.Workbook()
    for row in corrected(imported, {"6": "744556677"}):
        workbook.active.append([int(cell) if as_numbers and cell.isdecimal() else cell for cell in row])
    buffer = io.BytesIO()
    workbook.save(buffer)
    file = SimpleUploadedFile("corrected.xlsx", buffer.getvalue())

    taken = mends.take_file(in_account, imported=imported, file=file, **given(marketer))

    imported.refresh_from_db()
    assert (taken.taken, imported.overrides["edits"]) == (1, {"6": "744556677"})


def test_the_workbook_of_a_done_import_becomes_an_import_of_its_own(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, THREE_KINDS)
    workbook = openpyxl.Workbook()
    for row in corrected(imported, {"6": "07 44 55 66 77"}):
        workbook.active.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)

    file = SimpleUploadedFile("corrected.xlsx", buffer.getvalue())
    mend = mends.start(in_account, imported=imported, file=file, **given(marketer))
    finish(in_account, mend, marketer)

    assert phones(in_account) == [33612345678, 33744556677]


def test_columns_may_be_moved_and_left_out(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)
    rows = [[row[2], row[1]] for row in corrected(imported, {"6": "0744556677"})]

    mends.take_file(in_account, imported=imported, file=as_file(rows), **given(marketer))

    imported.refresh_from_db()
    assert imported.overrides["edits"] == {"6": "0744556677"}


def test_lines_that_are_no_longer_refused_or_contradict_each_other_are_told_and_left(
    in_account: Account, marketer: User
) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)
    rows = corrected(imported, {"3": "0699999999", "5": "0698765432", "6": "0744556677"})
    rows += [
        [*rows[-1]],
        ["Blanc", "0611223344", "6", "", ""],
        ["", "", "", "", ""],
        ["X", "0611223345", "900", "", ""],
    ]
    repairs.apply_fix(in_account, imported=imported, fix="SIGNS", **given(marketer))
    again(in_account, imported)

    taken = mends.take_file(in_account, imported=imported, file=as_file(rows), **given(marketer))

    imported.refresh_from_db()
    assert taken == mends.Taken(taken=1, still_wrong=1, not_refused=2, contradictory=1)
    assert imported.overrides["edits"] == {"5": "0698765432"}


def without_line_column(rows: Rows) -> Rows:
    return [[*row[:2], *row[3:]] for row in rows]


def of_another_import(rows: Rows) -> Rows:
    return [[cell.replace("(import ", "(import 9") for cell in row] for row in rows]


def without_number_column(rows: Rows) -> Rows:
    return [[row[0], *row[2:]] for row in rows]


@pytest.mark.parametrize("spoil", [without_line_column, of_another_import, without_number_column])
def test_a_file_that_is_not_this_imports_is_refused(
    in_account: Account, marketer: User, spoil: Callable[[Rows], Rows]
) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)
    file = as_file(spoil(corrected(imported, {"6": "0744556677"})))

    with pytest.raises(mends.WrongFile):
        mends.take_file(in_account, imported=imported, file=file, **given(marketer))

    imported.refresh_from_db()
    assert (imported.overrides, imported.status) == ({}, "READY")


@pytest.mark.parametrize("content", [b"", b"\x00" * 50, b"%PDF-1.7", b"PK\x03\x04 no archive", b'"' * 200_001])
def test_a_file_that_cannot_be_read_is_refused(in_account: Account, marketer: User, content: bytes) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)

    with pytest.raises(mends.WrongFile):
        file = SimpleUploadedFile("corrected.csv", content)
        mends.take_file(in_account, imported=imported, file=file, **given(marketer))


def test_more_numbers_than_the_limit_are_refused_with_advice(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repairs, "MOST_EDITS", 1)
    imported = analysed(in_account, marketer, THREE_KINDS)
    file = as_file(corrected(imported, {"5": "0698765432", "6": "0744556677"}))

    with pytest.raises(repairs.TooManyEdits):
        mends.take_file(in_account, imported=imported, file=file, **given(marketer))


def test_refused_lines_of_a_done_import_come_back_into_its_list_with_their_values(
    in_account: Account, marketer: User
) -> None:
    imported = done(in_account, marketer, THREE_KINDS)

    mend = mends.start(in_account, imported=imported, **given(marketer))
    again(in_account, mend)
    repairs.apply_fix(in_account, imported=mend, fix="SIGNS", **given(marketer))
    finish(in_account, mend, marketer)

    contact_list = ContactList.objects.get()
    entries = ListEntry.objects.order_by("phone").values_list("phone", "values")
    assert (mend.parent_id, mend.target, mend.contact_list_id) == (imported.pk, "APPEND", contact_list.pk)
    assert contact_list.columns == [{"key": "c1", "name": "Nom"}]
    assert list(entries) == [
        (33612345678, {"c1": "Dupont"}),
        (33612345679, {"c1": "Durand"}),
        (33612345680, {"c1": "Petit"}),
    ]
    assert (mend.result["new"], mend.result["rejected"]) == (2, {"TOO_SHORT": 1, "UNKNOWN_COUNTRY": 1})


def test_a_mend_at_work_is_gone_on_with_instead_of_made_twice(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, THREE_KINDS)
    first = mends.start(in_account, imported=imported, **given(marketer))

    again_started = mends.start(in_account, imported=imported, **given(marketer))
    imports.cancel(in_account, imported=first, **given(marketer))
    after_cancelling = mends.start(in_account, imported=imported, **given(marketer))

    assert again_started == first
    assert after_cancelling != first


def test_the_corrected_file_of_a_done_import_becomes_an_import_of_its_own(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, THREE_KINDS)
    file = as_file(corrected(imported, {"6": "07 44 55 66 77", "5": "06 12 34 56 78"}))

    mend = mends.start(in_account, imported=imported, file=file, **given(marketer))
    finish(in_account, mend, marketer)

    assert content_of(mend.file_path).decode().splitlines()[0] == "Nom;Mobile"
    assert phones(in_account) == [33612345678, 33744556677]
    # The corrected line that turned out to be a duplicate did not change the first one's values.
    assert ListEntry.objects.get(phone=33612345678).values == {"c1": "Dupont"}
    assert (mend.result["new"], mend.result["unchanged"]) == (1, 1)


def test_a_file_without_titles_comes_back_by_position(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, b"Dupont;0612345678;Lyon\nDurand;*0612345679;Nice\nPetit;0698765432;Metz\n")

    mend = mends.start(in_account, imported=imported, **given(marketer))
    again(in_account, mend)
    repairs.apply_fix(in_account, imported=mend, fix="SIGNS", **given(marketer))
    finish(in_account, mend, marketer)

    assert ListEntry.objects.get(phone=33612345679).values == {"c1": "Durand", "c2": "Nice"}


def test_cells_beyond_the_last_column_come_back_too(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, b"Nom;Mobile\nDupont;0612345678\nDurand;0698765432\nPetit;*0612345679;vip\n")

    mend = mends.start(in_account, imported=imported, **given(marketer))
    again(in_account, mend)
    repairs.apply_fix(in_account, imported=mend, fix="SIGNS", **given(marketer))
    finish(in_account, mend, marketer)

    values = ListEntry.objects.get(phone=33612345679).values or {}
    assert sorted(values.values()) == ["Petit", "vip"]


def test_numbers_for_the_exclusion_list_come_back_there(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, THREE_KINDS, target=Import.Target.EXCLUDE)

    mend = mends.start(in_account, imported=imported, **given(marketer))

    assert (mend.target, mend.contact_list_id, mend.parent_id) == ("EXCLUDE", None, imported.pk)


def delete_list(account: Account, imported: Import, by: User) -> None:
    lists.delete(account, contact_list=ContactList.objects.get(), **given(by))


def undo(account: Account, imported: Import, by: User) -> None:
    import_undo.undo(account, imported=imported, **given(by))


def lose_file(account: Account, imported: Import, by: User) -> None:
    default_storage.delete(imported.rejects_path)


@pytest.mark.parametrize("happen", [delete_list, undo, lose_file])
def test_lines_that_have_nowhere_to_go_are_refused_with_the_reason(
    in_account: Account, marketer: User, happen: Callable[[Account, Import, User], Any]
) -> None:
    imported = done(in_account, marketer, THREE_KINDS)
    happen(in_account, imported, marketer)

    with pytest.raises(mends.NotMendable):
        mends.start(in_account, imported=imported, **given(marketer))

    assert list(Import.objects.all()) == [imported]


def test_an_import_that_waits_has_no_mend(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)

    with pytest.raises(mends.NotMendable):
        mends.start(in_account, imported=imported, **given(marketer))
