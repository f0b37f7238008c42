from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from contacts.models import ContactList, Exclusion, ListEntry
from contacts.operations import entries
from contacts.operations.entry_changes import Cell, Changes, ColumnChange, RowChange, Saved
from contacts.operations.entry_changes import Exclusion as ExclusionChange
from contacts.operations.entry_columns import ColumnRefused
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import make_exclusion, make_list

FIRST = 33612345600  # numbers that people type must be in use: those of fiction are not
LATER = NOW + timedelta(minutes=1)
COLUMNS = [{"key": "c1", "name": "Nom"}, {"key": "c2", "name": "Ville"}]
ADD, RENAME, REMOVE = ColumnChange.Kind


@pytest.fixture
def clients(in_account: Account) -> ContactList:
    """Three contacts: Durand in Lyon, Petit in Laval, and one without values."""
    contact_list = make_list(in_account, columns=COLUMNS)
    rows = {FIRST: {"c1": "Durand", "c2": "Lyon"}, FIRST + 1: {"c1": "Petit", "c2": "Laval"}, FIRST + 2: None}
    ListEntry.objects.bulk_create(
        ListEntry(account=in_account, contact_list=contact_list, phone=phone, values=values)
        for phone, values in rows.items()
    )
    contact_list.refresh_from_db()
    return contact_list


def stored(contact_list: ContactList) -> dict[int, dict[str, str] | None]:
    rows = ListEntry.objects.filter(account=contact_list.account_id, contact_list=contact_list).order_by("phone")
    return dict(rows.values_list("phone", "values"))


def saved(contact_list: ContactList, by: User, *rows: RowChange, columns: tuple[ColumnChange, ...] = ()) -> Saved:
    changes = Changes(columns, rows)
    return entries.save(contact_list.account, contact_list=contact_list, changes=changes, by=by, now=LATER)


def row(index: int, **fields: Any) -> RowChange:
    return RowChange(str(index), FIRST + index, **fields)


def answers(result: Saved) -> list[tuple[str, str, str, str]]:
    return [(each.ref, str(each.status), each.code, each.column) for each in result.rows]


def test_a_save_changes_adds_and_removes_and_counts(clients: ContactList, marketer: User) -> None:
    result = saved(
        clients,
        marketer,
        row(0, cells={"c2": Cell("Lyon", " Nice ")}),
        row(1, remove=True),
        RowChange("new-1", None, "06 12 34 56 07", {"c1": Cell("", "Blanc")}),
    )

    assert answers(result) == [("0", "SAVED", "", ""), ("1", "SAVED", "", ""), ("new-1", "SAVED", "", "")]
    assert stored(clients) == {
        FIRST: {"c1": "Durand", "c2": "Nice"},
        FIRST + 2: None,
        FIRST + 7: {"c1": "Blanc"},
    }
    assert (clients.contact_count, clients.updated_at) == (3, LATER)
    assert list(AuditEvent.objects.values_list("action", "subject", "counts")) == [
        ("LIST_EDITED", "Clients", {"added": 1, "changed": 1, "removed": 1})
    ]


def test_the_second_to_change_a_cell_is_told_and_the_rest_is_saved(clients: ContactList, marketer: User) -> None:
    saved(clients, marketer, row(0, cells={"c2": Cell("Lyon", "Paris")}))

    result = saved(
        clients,
        marketer,
        row(0, cells={"c1": Cell("Durand", "Dupont"), "c2": Cell("Lyon", "Nice")}),
        row(1, cells={"c1": Cell("Petit", "Grand")}),
    )

    assert answers(result) == [("0", "CONFLICT", "CHANGED", ""), ("1", "SAVED", "", "")]
    assert result.rows[0].theirs == {"c2": "Paris"}
    assert result.refused == 1
    assert stored(clients)[FIRST] == {"c1": "Durand", "c2": "Paris"}
    assert stored(clients)[FIRST + 1] == {"c1": "Grand", "c2": "Laval"}


def test_two_people_may_change_different_cells_of_a_row(clients: ContactList, marketer: User) -> None:
    saved(clients, marketer, row(0, cells={"c2": Cell("Lyon", "Paris")}))

    result = saved(clients, marketer, row(0, cells={"c1": Cell("Durand", "Dupont")}))

    assert answers(result) == [("0", "SAVED", "", "")]
    assert stored(clients)[FIRST] == {"c1": "Dupont", "c2": "Paris"}


def test_a_row_that_somebody_removed_is_a_conflict_and_comes_back_as_a_new_row(
    clients: ContactList, marketer: User
) -> None:
    saved(clients, marketer, row(0, remove=True))

    result = saved(clients, marketer, row(0, cells={"c1": Cell("Durand", "Dupont")}))
    again = saved(clients, marketer, RowChange("n", None, str(FIRST), {"c1": Cell("", "Dupont")}))

    assert answers(result) == [("0", "CONFLICT", "GONE", "")]
    assert answers(again) == [("n", "SAVED", "", "")]
    assert stored(clients)[FIRST] == {"c1": "Dupont"}


def test_a_removal_does_not_lose_what_somebody_wrote_meanwhile(clients: ContactList, marketer: User) -> None:
    saved(clients, marketer, row(0, cells={"c1": Cell("Durand", "Dupont")}))

    seen = {"c1": Cell("Durand", "Durand"), "c2": Cell("Lyon", "Lyon")}
    result = saved(clients, marketer, row(0, remove=True, cells=seen))

    assert answers(result) == [("0", "CONFLICT", "CHANGED", "")]
    assert result.rows[0].theirs == {"c1": "Dupont"}
    assert FIRST in stored(clients)


def test_another_number_keeps_the_values(clients: ContactList, marketer: User) -> None:
    result = saved(clients, marketer, row(0, number="+33 6 12 34 56 09", cells={"c2": Cell("Lyon", "Nice")}))

    assert [(each.ref, each.phone) for each in result.rows] == [("0", FIRST + 9)]
    assert stored(clients) == {
        FIRST + 1: {"c1": "Petit", "c2": "Laval"},
        FIRST + 2: None,
        FIRST + 9: {"c1": "Durand", "c2": "Nice"},
    }
    assert AuditEvent.objects.get().counts == {"changed": 1}


@pytest.mark.parametrize(
    ("number", "code"),
    [("06 39", "TOO_SHORT"), ("01 99 00 12 34", "NOT_MOBILE"), ("", "EMPTY"), ("06 12 34 56 01", "DUPLICATE")],
)
@pytest.mark.parametrize("phone", [FIRST, None])
def test_a_number_that_cannot_be_is_refused_in_its_cell(
    clients: ContactList, marketer: User, number: str, code: str, phone: int | None
) -> None:
    before = stored(clients)

    result = saved(clients, marketer, RowChange("r", phone, number, {"c1": Cell("Durand" if phone else "", "X")}))

    assert answers(result) == [("r", "ERROR", code, "phone")]
    assert result.rows[0].message
    assert stored(clients) == before
    assert AuditEvent.objects.count() == 0


def test_the_same_new_number_twice_in_a_save_is_refused_once(clients: ContactList, marketer: User) -> None:
    new = RowChange("a", None, "0612345609", {"c1": Cell("", "Un")})

    result = saved(clients, marketer, new, replace(new, ref="b"))

    assert answers(result) == [("a", "SAVED", "", ""), ("b", "ERROR", "DUPLICATE", "phone")]


def test_the_number_of_a_removed_contact_is_free(clients: ContactList, marketer: User) -> None:
    result = saved(clients, marketer, RowChange("n", None, str(FIRST), {"c1": Cell("", "Neuf")}), row(0, remove=True))

    assert answers(result) == [("n", "SAVED", "", ""), ("0", "SAVED", "", "")]
    assert stored(clients)[FIRST] == {"c1": "Neuf"}
    assert clients.contact_count == 3


def test_a_save_that_arrives_twice_changes_nothing_the_second_time(clients: ContactList, marketer: User) -> None:
    rows = (
        row(0, number="0612345609", cells={"c2": Cell("Lyon", "Nice")}),
        row(1, remove=True),
        RowChange("n", None, "0612345608", {"n1": Cell("", "7")}),
    )
    columns = (ColumnChange(ADD, "n1", "Âge"), ColumnChange(RENAME, "c1", "Nom complet", "Nom"))
    first = saved(clients, marketer, *rows, columns=columns)
    after = stored(clients)

    second = saved(clients, marketer, *rows, columns=columns)

    assert answers(first) == answers(second) == [(ref, "SAVED", "", "") for ref in ("0", "1", "n")]
    assert stored(clients) == after
    assert first.columns == second.columns
    assert AuditEvent.objects.count() == 1


def test_excluding_and_readmitting_go_through_the_exclusion_list(clients: ContactList, marketer: User) -> None:
    make_exclusion(clients.account, FIRST + 1)

    result = saved(
        clients,
        marketer,
        row(0, exclusion=ExclusionChange(True, "L'a demandé")),
        row(1, exclusion=ExclusionChange(False, "Nous a écrit", including_stop=True)),
    )

    assert answers(result) == [("0", "SAVED", "", ""), ("1", "SAVED", "", "")]
    assert list(Exclusion.objects.values_list("phone", "source", "reason")) == [(FIRST, "PERSON", "L'a demandé")]
    assert clients.excluded_count == 1
    events = AuditEvent.objects.order_by("pk").values_list("action", "subject")
    assert list(events) == [("EXCLUSIONS_ADDED", "L'a demandé"), ("EXCLUSIONS_REMOVED", "Nous a écrit")]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (ExclusionChange(False, " "), "REASON_MISSING"),
        (ExclusionChange(False, "Erreur"), "STOP_NOT_CONFIRMED"),
        (ExclusionChange(True, "x" * 201), "REASON_TOO_LONG"),
    ],
)
def test_nobody_is_readmitted_without_reason_or_against_a_stop(
    clients: ContactList, marketer: User, wanted: ExclusionChange, code: str
) -> None:
    make_exclusion(clients.account, FIRST)

    result = saved(clients, marketer, row(0, cells={"c1": Cell("Durand", "X")}, exclusion=wanted))

    assert answers(result) == [("0", "ERROR", code, "phone")]
    assert Exclusion.objects.count() == 1
    assert stored(clients)[FIRST] == {"c1": "Durand", "c2": "Lyon"}


def test_columns_are_added_renamed_and_removed_with_their_values(clients: ContactList, marketer: User) -> None:
    columns = (
        ColumnChange(ADD, "n1", "Âge"),
        ColumnChange(RENAME, "c1", "Nom complet", "Nom"),
        ColumnChange(REMOVE, "c2"),
    )

    result = saved(clients, marketer, row(0, cells={"n1": Cell("", "44")}), columns=columns)

    assert result.columns == [{"key": "c1", "name": "Nom complet"}, {"key": "c3", "name": "Âge"}]
    assert result.keys == {"n1": "c3"}
    assert clients.columns == result.columns
    assert stored(clients) == {FIRST: {"c1": "Durand", "c3": "44"}, FIRST + 1: {"c1": "Petit"}, FIRST + 2: None}
    assert AuditEvent.objects.get().counts == {"changed": 1, "columns": 3}


@pytest.mark.parametrize(
    "change",
    [
        ColumnChange(ADD, "n1", " "),
        ColumnChange(ADD, "n1", "x" * 81),
        ColumnChange(RENAME, "c1", "VILLE", "Nom"),
        ColumnChange(RENAME, "c1", "Prénom", "Ancien nom"),
        ColumnChange(RENAME, "c9", "Prénom", "Nom"),
    ],
)
def test_a_column_that_cannot_be_stops_the_whole_save(
    clients: ContactList, marketer: User, change: ColumnChange
) -> None:
    before = stored(clients)

    with pytest.raises(ColumnRefused):
        saved(clients, marketer, row(0, remove=True), columns=(change,))

    clients.refresh_from_db()
    assert (stored(clients), clients.columns) == (before, COLUMNS)


def test_more_columns_than_allowed_are_refused(clients: ContactList, marketer: User) -> None:
    with pytest.raises(ColumnRefused):
        saved(clients, marketer, columns=tuple(ColumnChange(ADD, f"n{n}", f"Colonne {n}") for n in range(99)))


def test_a_cell_is_refused_when_too_long_or_its_column_is_gone(clients: ContactList, marketer: User) -> None:
    saved(clients, marketer, columns=(ColumnChange(REMOVE, "c2"),))

    result = saved(
        clients,
        marketer,
        row(0, cells={"c1": Cell("Durand", "x" * 1001)}),
        row(1, cells={"c2": Cell("", "Nice")}),
    )

    assert answers(result) == [("0", "ERROR", "CELL_TOO_LONG", "c1"), ("1", "ERROR", "COLUMN_GONE", "c2")]


def test_too_many_changes_and_a_deleted_list_are_refused(clients: ContactList, marketer: User) -> None:
    with pytest.raises(entries.TooManyChanges):
        saved(clients, marketer, *(RowChange(str(n), n) for n in range(5001)))
    ContactList.objects.update(deleted_at=NOW)
    with pytest.raises(entries.ListGone):
        saved(clients, marketer, row(0, remove=True))

    assert len(stored(clients)) == 3


def test_another_accounts_entries_are_out_of_reach(
    clients: ContactList, marketer: User, other_account: Account, stranger: User
) -> None:
    changes = Changes(rows=(row(0, remove=True),))

    with account_context(other_account), pytest.raises(entries.ListGone):
        entries.save(other_account, contact_list=clients, changes=changes, by=stranger, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.account_id', %s, true)", [str(clients.account_id)])
    assert len(stored(clients)) == 3
