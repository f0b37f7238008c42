import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import ContactList, EntryKey, ListEntry
from contacts.operations import entries as operations
from contacts.operations import entry_keys
from contacts.operations.entry_changes import Cell, Changes, ColumnChange, RowChange
from contacts.queries import entries, entry_search, entry_text
from contacts.queries.entries import EntriesPage, Shown
from smsplatform.accounts.models import Account, User
from smsplatform.jobs import wakeups
from tests.conftest import NOW
from tests.contacts.factories import make_exclusion, make_list

FIRST = 33612345600
COLUMNS = [{"key": "c1", "name": "Nom"}, {"key": "c2", "name": "Né le"}, {"key": "c3", "name": "Points"}]
VALUES = [
    {"c1": "Élodie Martin-Durand", "c2": "12/03/1985", "c3": "9"},
    {"c1": "MÜLLER  Noël", "c2": "01/12/1990", "c3": "10"},
    {"c1": "martin", "c2": "05/05/1985", "c3": "100"},
    {"c1": "Œuvrard 75001"},
    None,
    {"c1": "L’Hôte, Zoé (bureau)", "c3": "-"},
]


@pytest.fixture(params=["small", "large"])
def clients(request: Any, in_account: Account, monkeypatch: pytest.MonkeyPatch) -> ContactList:
    """Six contacts, read whole, or found by search keys as in a list of a million."""
    contact_list = make_list(in_account, columns=COLUMNS)
    ListEntry.objects.bulk_create(
        ListEntry(account=in_account, contact_list=contact_list, phone=FIRST + n, values=values)
        for n, values in enumerate(VALUES)
    )
    if request.param == "large":
        for module in (entry_text, entries, entry_search, entry_keys):
            monkeypatch.setattr(module, "LARGE_ENTRIES", 3)
        for facet in ("", "#", "c1", "c2", "c3"):
            assert entry_keys.make(in_account, list_id=contact_list.pk, facet=facet, now=NOW)
    contact_list.refresh_from_db()
    return contact_list


def page(contact_list: ContactList, limit: int = 50, **shown: Any) -> EntriesPage:
    return entries.page(contact_list.account, contact_list, shown=Shown(**shown), limit=limit)


def numbers(found: EntriesPage) -> list[int]:
    return [row.phone - FIRST for row in found.rows]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("martin", [0, 2]),
        ("MART", [0, 2]),
        ("elodie", [0]),
        ("durand élo", [0]),
        ("martin zoé", []),
        ("muller", [1]),
        ("hote", [5]),
        ("bureau", [5]),
        ("oeuvrard", []),
        ("œuv", [3]),
        ("750", [3]),
        ("1985", [0, 2]),
        ("12/03/1985", [0]),
        ("06 12 34 56 02", [2]),
        ("+33 6 12 34 56 02", [2]),
        ("0612", [0, 1, 2, 3, 4, 5]),
        ("33612", [0, 1, 2, 3, 4, 5]),
        ("003361234560", [0, 1, 2, 3, 4, 5]),
        ("5604", [4]),
        ("06 99", []),
        ("100%", [2]),
        ("_", []),
        ("a", []),
    ],
)
def test_search(clients: ContactList, search: str, expected: list[int]) -> None:
    found = page(clients, search=search)

    assert numbers(found) == expected
    assert found.found is not None
    assert not found.found.is_scan


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("phone", [0, 1, 2, 3, 4, 5]),
        ("-phone", [5, 4, 3, 2, 1, 0]),
        ("c1", [4, 0, 5, 2, 1, 3]),
        ("-c1", [3, 1, 2, 5, 0, 4]),
        ("c2", [3, 4, 5, 0, 2, 1]),
        ("c3", [3, 4, 5, 0, 1, 2]),
        ("c9", [0, 1, 2, 3, 4, 5]),
        ("'; drop", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_sort_and_page_there_and_back(clients: ContactList, sort: str, expected: list[int]) -> None:
    first = page(clients, limit=2, sort=sort)
    second = page(clients, limit=2, sort=sort, token=first.next_token)
    third = page(clients, limit=2, sort=sort, token=second.next_token)
    back = page(clients, limit=2, sort=sort, token=third.previous_token)

    assert [*numbers(first), *numbers(second), *numbers(third)] == expected
    assert numbers(back) == numbers(second)
    assert (first.previous_token, third.next_token) == ("", "")
    assert page(clients, limit=2, sort=sort, token=back.previous_token).previous_token == ""


def test_the_excluded_alone(clients: ContactList) -> None:
    for number in (1, 4, 9):
        make_exclusion(clients.account, FIRST + number)

    assert numbers(page(clients, excluded_only=True)) == [1, 4]
    assert numbers(page(clients, excluded_only=True, sort="-c1")) == [1, 4]
    assert numbers(page(clients, excluded_only=True, search="muller")) == [1]
    assert [row.excluded is not None for row in page(clients).rows] == [False, True, False, False, True, False]


def test_a_token_that_is_not_ours_leads_to_the_first_page(clients: ContactList) -> None:
    assert numbers(page(clients, limit=2, token="forged")) == [0, 1]


def test_another_list_of_the_same_numbers_is_not_found(clients: ContactList) -> None:
    other = make_list(clients.account, "Autres", phones=[FIRST], columns=COLUMNS)

    assert numbers(page(other, search="martin")) == []
    assert numbers(page(other)) == [0]
    assert numbers(page(clients, search="martin")) == [0, 2]


def test_a_save_keeps_what_search_and_order_know(clients: ContactList, marketer: User) -> None:
    rows = (
        RowChange("a", FIRST, None, {"c1": Cell("Élodie Martin-Durand", "Aubry")}),
        RowChange("b", FIRST + 1, "06 12 34 56 08"),
        RowChange("c", FIRST + 2, remove=True),
        RowChange("d", None, "06 12 34 56 07", {"c1": Cell("", "Zola Martin")}),
    )
    before = set(clients.key_facets)

    operations.save(
        clients.account, contact_list=clients, changes=Changes(rows=rows), by=marketer, now=NOW + timedelta(minutes=1)
    )

    assert numbers(page(clients, search="martin")) == [7]
    assert numbers(page(clients, search="aub")) == [0]
    assert numbers(page(clients, search="muller")) == [8]
    assert numbers(page(clients, search="5601")) == []
    assert numbers(page(clients, sort="c1")) == [4, 0, 5, 8, 3, 7]
    assert set(clients.key_facets) == before
    kept = {row[:3] for row in EntryKey.objects.values_list("facet", "key", "phone")}
    entry_keys.forget(clients.account, clients)
    for facet in before:
        entry_keys.make(clients.account, list_id=clients.pk, facet=facet, now=NOW)
    assert kept == {row[:3] for row in EntryKey.objects.values_list("facet", "key", "phone")}


def test_a_removed_column_takes_the_keys_with_it(clients: ContactList, marketer: User) -> None:
    changes = Changes(columns=(ColumnChange(ColumnChange.Kind.REMOVE, "c2"),))

    operations.save(clients.account, contact_list=clients, changes=changes, by=marketer, now=NOW)

    assert (clients.key_facets, EntryKey.objects.count()) == ({}, 0)
    assert numbers(page(clients, search="1985")) == []


def test_without_its_keys_a_large_list_says_what_it_looked_at(clients: ContactList) -> None:
    if not clients.key_facets:
        pytest.skip("a small list needs none")
    entry_keys.forget(clients.account, clients)

    by_word, by_number = page(clients, search="martin"), page(clients, search="0612")
    sorted_page = page(clients, sort="-c1")

    assert (numbers(by_word), by_word.found and by_word.found.is_scan) == ([0, 2], True)
    assert numbers(page(clients, search="bureau")) == []
    assert numbers(by_number) == [0, 1, 2, 3, 4, 5]
    assert (numbers(sorted_page), sorted_page.sort, sorted_page.waits_for_order) == ([0, 1, 2, 3, 4, 5], "phone", True)


def test_keys_made_while_somebody_edited_are_thrown_away(clients: ContactList, monkeypatch: pytest.MonkeyPatch) -> None:
    entry_keys.forget(clients.account, clients)
    fill = entry_keys._fill

    def fill_and_edit(*arguments: Any) -> bool:
        made = fill(*arguments)
        ContactList.objects.update(updated_at=NOW + timedelta(seconds=1))
        return made

    monkeypatch.setattr(entry_keys, "_fill", fill_and_edit)

    assert entry_keys.make(clients.account, list_id=clients.pk, facet="", now=NOW) is False
    clients.refresh_from_db()
    assert (clients.key_facets, EntryKey.objects.count()) == ({}, 0)


def test_keys_unused_for_a_week_are_dropped(clients: ContactList) -> None:
    facets = {facet: "2026-03-01" if facet == "c1" else "2026-03-11" for facet in clients.key_facets}
    ContactList.objects.update(key_facets=facets)

    dropped = entry_keys.purge(clients.account, now=NOW)

    clients.refresh_from_db()
    assert dropped == ("c1" in facets)
    assert set(clients.key_facets) == set(facets) - {"c1"}
    assert not EntryKey.objects.filter(facet="c1").exists()


def test_asking_makes_what_is_missing_and_notes_the_use(
    clients: ContactList, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not clients.key_facets:
        pytest.skip("a small list needs none")
    called = []
    monkeypatch.setattr(wakeups, "send", lambda name, **ids: called.append(ids["facet"]))
    EntryKey.objects.filter(facet="c1").delete()
    clients.key_facets.pop("c1")
    clients.save(update_fields=["key_facets"])

    with django_capture_on_commit_callbacks(execute=True):
        entry_keys.ask(clients.account, clients, facets=["", "c1"], now=NOW + timedelta(days=1))

    clients.refresh_from_db()
    assert called == ["c1"]
    assert (clients.key_facets[""], clients.key_facets["#"]) == ("2026-03-13", "2026-03-12")


def test_no_table_is_read_through_to_find_one_word(clients: ContactList) -> None:
    if not clients.key_facets:
        pytest.skip("a small list is read whole")

    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        connection.cursor() as cursor,
    ):
        cursor.execute("set local enable_seqscan = off")
        page(clients, search="martin 1985")

    statements = [query["sql"] for query in captured if re.match(r"select", query["sql"])]
    assert statements
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(f"explain {statement}".replace("%", "%%"), [])
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan
