"""Repairs as corrections of an import that waits: applied, taken back, refused."""

from typing import Any

import pytest

from contacts.models import Import
from contacts.operations import imports, repairs
from contacts.queries import rejects
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.contacts.operations.importing import analysed, done, phones

THREE_KINDS = (
    b"Nom;Mobile\n"
    b"Dupont;06 12 34 56 78\n"
    b"Durand;*06 12 34 56 79\n"  # line 3
    b"Petit;*0612345680\n"  # line 4
    b"Moreau;+0612345681\n"  # line 5
    b"Blanc;06 12\n"  # line 6
)


def again(account: Account, imported: Import) -> None:
    imports.analyse(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()


def given(by: User) -> dict[str, Any]:
    return {"by": by, "now": NOW}


def refused_lines(imported: Import) -> list[int]:
    with rejects.rows(imported) as rows:
        return [row.line for row in rows]


def test_fixed_and_edited_lines_are_imported_as_the_preview_said(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)

    repairs.apply_fix(in_account, imported=imported, fix="SIGNS", **given(marketer))
    again(in_account, imported)
    edited = repairs.edit(in_account, imported=imported, numbers={6: "07 44 55 66 77"}, **given(marketer))
    again(in_account, imported)
    imports.confirm(in_account, imported=imported, seen=imported.settings_digest, **given(marketer))
    imports.run(in_account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()

    assert edited == 1
    assert phones(in_account) == [33612345678, 33612345679, 33612345680, 33744556677]
    assert (imported.preview["new"], imported.result["new"]) == (4, 4)
    assert imported.result["repaired"] == {"SIGNS": 2, "EDITED": 1}
    assert imported.result["rejected"] == {"UNKNOWN_COUNTRY": 1}
    assert refused_lines(imported) == [5]


def test_repairs_are_told_in_the_journal(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)

    repairs.apply_fix(in_account, imported=imported, fix="SIGNS", **given(marketer))

    event = AuditEvent.objects.get()
    assert (event.action, event.counts) == ("IMPORT_REPAIRED", {"lines": 2})


def test_a_repair_changes_what_a_person_must_have_seen_to_confirm(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)
    seen = imported.settings_digest
    repairs.apply_fix(in_account, imported=imported, fix="SIGNS", **given(marketer))
    again(in_account, imported)

    with pytest.raises(imports.ImportChanged):
        imports.confirm(in_account, imported=imported, seen=seen, **given(marketer))


def test_a_fix_taken_back_leaves_its_lines_refused_again(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)
    repairs.apply_fix(in_account, imported=imported, fix="SIGNS", **given(marketer))
    again(in_account, imported)

    repairs.remove_fix(in_account, imported=imported, fix="SIGNS", **given(marketer))
    again(in_account, imported)

    assert ("fixes" in imported.overrides, refused_lines(imported)) == (False, [3, 4, 5, 6])


def test_edits_taken_back_leave_their_lines_refused_again(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)
    numbers = {5: "0698765432", 6: "0744556677"}
    repairs.edit(in_account, imported=imported, numbers=numbers, **given(marketer))
    again(in_account, imported)

    repairs.remove_edits(in_account, imported=imported, lines=[5], **given(marketer))
    again(in_account, imported)

    assert (imported.overrides["edits"], refused_lines(imported)) == ({"6": "0744556677"}, [3, 4, 5])


def test_two_people_who_repair_one_after_the_other_add_up(in_account: Account, marketer: User) -> None:
    mine = analysed(in_account, marketer, THREE_KINDS)
    theirs = Import.objects.get(pk=mine.pk)
    repairs.apply_fix(in_account, imported=mine, fix="SIGNS", **given(marketer))
    again(in_account, mine)

    repairs.apply_fix(in_account, imported=theirs, fix="EXTRA_ZEROS", **given(marketer))

    mine.refresh_from_db()
    assert mine.overrides["fixes"] == ["SIGNS", "EXTRA_ZEROS"]


def test_a_repair_while_the_file_is_read_again_is_refused(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)
    repairs.apply_fix(in_account, imported=imported, fix="SIGNS", **given(marketer))

    with pytest.raises(imports.ImportChanged):
        repairs.apply_fix(in_account, imported=imported, fix="EXTRA_ZEROS", **given(marketer))


def test_a_done_import_is_not_repaired_any_more(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, THREE_KINDS)

    with pytest.raises(imports.ImportChanged):
        repairs.edit(in_account, imported=imported, numbers={6: "0744556677"}, **given(marketer))


@pytest.mark.parametrize("fix", ["LETTERS", "NONSENSE", "", "OTHER_COUNTRY:GB"])
def test_a_fix_that_is_not_offered_is_refused(in_account: Account, marketer: User, fix: str) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)

    with pytest.raises(repairs.RepairRefused):
        repairs.apply_fix(in_account, imported=imported, fix=fix, **given(marketer))

    imported.refresh_from_db()
    assert (imported.overrides, imported.status) == ({}, "READY")


@pytest.mark.parametrize("operation", [repairs.remove_fix, repairs.remove_edits])
def test_what_was_never_repaired_cannot_be_taken_back(in_account: Account, marketer: User, operation: Any) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)
    data = {"fix": "SIGNS"} if operation is repairs.remove_fix else {"lines": [6]}

    with pytest.raises(repairs.RepairRefused):
        operation(in_account, imported=imported, **data, **given(marketer))


def test_one_wrong_number_keeps_all_of_them_from_being_saved(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)

    with pytest.raises(repairs.EditsRefused) as refused:
        repairs.edit(in_account, imported=imported, numbers={5: "0698765432", 6: "06 1"}, **given(marketer))

    imported.refresh_from_db()
    assert list(refused.value.errors) == [6]
    assert imported.overrides == {}


def test_unchanged_and_emptied_numbers_are_left_as_they_are(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)

    edited = repairs.edit(in_account, imported=imported, numbers={5: "+0612345681", 6: " "}, **given(marketer))

    imported.refresh_from_db()
    assert (edited, imported.overrides, imported.status) == (0, {}, "READY")


def test_an_accepted_line_cannot_be_edited(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS)

    with pytest.raises(repairs.RepairRefused):
        repairs.edit(in_account, imported=imported, numbers={2: "0698765432"}, **given(marketer))


def test_a_line_that_no_number_can_save_says_so(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, THREE_KINDS + b"x" * 200_000 + b"\n")

    with pytest.raises(repairs.EditsRefused) as refused:
        repairs.edit(in_account, imported=imported, numbers={7: "0698765432"}, **given(marketer))

    assert list(refused.value.errors) == [7]


def test_edits_have_a_limit_that_is_told(in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairs, "MOST_EDITS", 1)
    imported = analysed(in_account, marketer, THREE_KINDS)
    repairs.edit(in_account, imported=imported, numbers={6: "0744556677"}, **given(marketer))
    again(in_account, imported)

    with pytest.raises(repairs.TooManyEdits):
        repairs.edit(in_account, imported=imported, numbers={5: "0698765432"}, **given(marketer))

    imported.refresh_from_db()
    assert imported.overrides["edits"] == {"6": "0744556677"}


def test_values_on_one_line_are_not_edited_by_line(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, b"0612345678,0698765432,0611223344,0622334455,06 12\n")
    assert imported.preview["rejected"] == {"TOO_SHORT": 1}

    with pytest.raises(repairs.RepairRefused):
        repairs.edit(in_account, imported=imported, numbers={1: "0744556677"}, **given(marketer))


def test_a_line_that_reads_as_a_total_is_neither_offered_nor_repaired(in_account: Account, marketer: User) -> None:
    content = b"Nom;Mobile\nFaure;*06 12 34 56 03\nRoux;0612345604\nTotal;*612 345 605\n"
    imported = analysed(in_account, marketer, content)
    offered = {offer["fix"]: offer["count"] for offer in imported.preview["offers"]}

    repairs.apply_fix(in_account, imported=imported, fix="SIGNS", **given(marketer))
    again(in_account, imported)

    assert offered == {"SIGNS": 1}
    assert (imported.preview["repaired"], imported.preview["new"]) == ({"SIGNS": 1}, 2)


def test_lines_without_a_column_of_numbers_are_not_corrected_one_by_one(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, b"Nom;Ville\nFaure;Metz\nRoux;Laval\n")

    with pytest.raises(repairs.RepairRefused):
        repairs.edit(in_account, imported=imported, numbers={2: "0612345603"}, **given(marketer))

    imported.refresh_from_db()
    assert (imported.status, imported.overrides) == ("READY", {})
