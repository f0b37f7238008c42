"""Imports into lists that exist and onto the exclusion list, and taking them back."""

from datetime import timedelta
from typing import Any

import pytest

from contacts.models import ContactList, Exclusion, Import, ImportChange, ListEntry
from contacts.operations import import_undo, imports
from contacts.operations.import_undo import Undoing
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.contacts.factories import make_exclusion, make_list
from tests.contacts.operations.importing import analysed, confirmed, done

ANNE, BOB, CHLOE, DAN = 33612345601, 33612345602, 33612345603, 33612345604
COLUMNS = [{"key": "c1", "name": "Nom"}, {"key": "c2", "name": "Ville"}]
FILE = b"Ville;Mobile;Nom\nLyon;0612345602;Bob\n;0612345603;Chlo\xc3\xa9\nNice;0612345604;Dan\n"


@pytest.fixture
def clients(in_account: Account) -> ContactList:
    clients = make_list(in_account, columns=COLUMNS)
    for phone, values in [
        (ANNE, {"c1": "Anne"}),
        (BOB, {"c1": "Bob", "c2": "Lyon"}),
        (CHLOE, {"c1": "Chlo", "c2": "Metz"}),
    ]:
        ListEntry.objects.create(account=in_account, contact_list=clients, phone=phone, values=values)
    clients.refresh_from_db()
    return clients


def entries(contact_list: ContactList) -> dict[int, Any]:
    return dict(contact_list.entries.order_by("phone").values_list("phone", "values"))


def counts(imported: Import, stored: str = "result") -> tuple[int, ...]:
    found = getattr(imported, stored)
    return tuple(found[name] for name in ("new", "updated", "unchanged", "removed"))


def test_adding_updates_who_is_there_and_an_empty_cell_keeps_the_value(clients: ContactList, marketer: User) -> None:
    imported = done(clients.account, marketer, FILE, target="APPEND", contact_list=clients)

    assert counts(imported) == counts(imported, "preview") == (1, 1, 1, 0)
    assert entries(clients) == {
        ANNE: {"c1": "Anne"},
        BOB: {"c1": "Bob", "c2": "Lyon"},
        CHLOE: {"c1": "Chloé", "c2": "Metz"},
        DAN: {"c1": "Dan", "c2": "Nice"},
    }
    clients.refresh_from_db()
    assert (clients.contact_count, clients.columns) == (4, COLUMNS)


def test_an_empty_cell_erases_when_asked_to(clients: ContactList, marketer: User) -> None:
    imported = done(clients.account, marketer, FILE, target="APPEND", contact_list=clients, erases_empty=True)

    assert counts(imported) == counts(imported, "preview") == (1, 1, 1, 0)
    assert entries(clients)[CHLOE] == {"c1": "Chloé"}


def test_contacts_that_are_there_stay_as_they_are_when_asked_to(clients: ContactList, marketer: User) -> None:
    imported = done(clients.account, marketer, FILE, target="APPEND", contact_list=clients, updates_existing=False)

    assert counts(imported) == counts(imported, "preview") == (1, 0, 2, 0)
    assert entries(clients)[CHLOE] == {"c1": "Chlo", "c2": "Metz"}


def test_replacing_removes_who_is_not_in_the_file(clients: ContactList, marketer: User) -> None:
    imported = done(clients.account, marketer, FILE, target="REPLACE", contact_list=clients)

    assert counts(imported) == counts(imported, "preview") == (1, 1, 1, 1)
    assert sorted(entries(clients)) == [BOB, CHLOE, DAN]


def test_the_preview_shows_who_changes_and_how(clients: ContactList, marketer: User) -> None:
    imported = analysed(clients.account, marketer, FILE, target="APPEND", contact_list=clients)

    assert imported.preview["changed"] == [
        {"phone": CHLOE, "before": {"c1": "Chlo", "c2": "Metz"}, "after": {"c1": "Chloé", "c2": "Metz"}}
    ]


def test_an_unknown_column_is_added_and_one_may_go_elsewhere_or_nowhere(clients: ContactList, marketer: User) -> None:
    content = b"Mobile;Prenom;Commune;Note\n0612345604;Dan;Nice;x\n"
    imported = analysed(clients.account, marketer, content, target="APPEND", contact_list=clients)

    overrides = {"columns": {"2": "c2", "3": ""}}
    imports.correct(clients.account, imported=imported, overrides=overrides, region="FR", by=marketer, now=NOW)
    imports.analyse(clients.account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    imports.confirm(clients.account, imported=imported, seen=imported.settings_digest, by=marketer, now=NOW)
    imports.run(clients.account, import_id=imported.pk, now=NOW)

    clients.refresh_from_db()
    assert clients.columns == [*COLUMNS, {"key": "c3", "name": "Prenom"}]
    assert entries(clients)[DAN] == {"c2": "Nice", "c3": "Dan"}


def test_a_list_deleted_meanwhile_makes_the_import_fail_and_say_so(clients: ContactList, marketer: User) -> None:
    imported = confirmed(clients.account, marketer, FILE, target="APPEND", contact_list=clients)
    ContactList.objects.filter(pk=clients.pk).update(deleted_at=NOW)

    imports.run(clients.account, import_id=imported.pk, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.error) == ("FAILED", "LIST_GONE")
    assert sorted(entries(clients)) == [ANNE, BOB, CHLOE]


def test_a_file_that_changes_nothing_is_not_imported(clients: ContactList, marketer: User) -> None:
    imported = analysed(clients.account, marketer, b"0612345602\n", target="APPEND", contact_list=clients)

    with pytest.raises(imports.NothingToImport):
        imports.confirm(clients.account, imported=imported, seen=imported.settings_digest, by=marketer, now=NOW)


def test_undoing_leaves_the_list_as_it_was(clients: ContactList, marketer: User) -> None:
    before = entries(clients)
    imported = done(clients.account, marketer, FILE, target="REPLACE", contact_list=clients)

    undone = import_undo.undo(clients.account, imported=imported, by=marketer, now=NOW)

    assert undone == Undoing(removed=1, restored=2, kept=0)
    assert entries(clients) == before
    clients.refresh_from_db()
    assert clients.contact_count == 3
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.counts) == ("IMPORT_UNDONE", {"removed": 1, "restored": 2, "kept": 0})


def test_undoing_keeps_what_somebody_changed_since(clients: ContactList, marketer: User) -> None:
    imported = done(clients.account, marketer, FILE, target="REPLACE", contact_list=clients)
    clients.entries.filter(phone=DAN).update(values={"c1": "Daniel"})
    clients.entries.filter(phone=CHLOE).update(values={"c1": "Zoé"})
    ListEntry.objects.create(account=clients.account, contact_list=clients, phone=ANNE, values={"c1": "Anna"})

    expected = import_undo.preview(clients.account, imported)
    undone = import_undo.undo(clients.account, imported=imported, by=marketer, now=NOW)

    assert undone == expected == Undoing(removed=0, restored=0, kept=3)
    assert entries(clients) == {
        ANNE: {"c1": "Anna"},
        BOB: {"c1": "Bob", "c2": "Lyon"},
        CHLOE: {"c1": "Zoé"},
        DAN: {"c1": "Daniel"},
    }


def test_undoing_the_import_that_made_a_list_puts_it_in_the_bin(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, FILE)

    undone = import_undo.undo(in_account, imported=imported, by=marketer, now=NOW)

    assert undone == Undoing(removed=3, restored=0, kept=0)
    assert ContactList.objects.get().deleted_at == NOW


def test_a_new_list_that_was_changed_since_is_not_undone(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, FILE)
    done(in_account, marketer, b"0698765432\n", target="APPEND", contact_list=imported.contact_list, now=NOW)
    ContactList.objects.update(updated_at=NOW + timedelta(minutes=1))

    with pytest.raises(import_undo.CannotUndo):
        import_undo.undo(in_account, imported=imported, by=marketer, now=NOW)

    assert ContactList.objects.get().contact_count == 4


@pytest.mark.parametrize("days", [30, 31])
def test_it_can_be_undone_for_thirty_days(clients: ContactList, marketer: User, days: int) -> None:
    imported = done(clients.account, marketer, FILE, target="APPEND", contact_list=clients)
    Import.objects.update(finished_at=NOW)
    later = NOW + timedelta(days=days)

    if days == 30:
        import_undo.undo(clients.account, imported=imported, by=marketer, now=later)
    else:
        with pytest.raises(import_undo.CannotUndo):
            import_undo.undo(clients.account, imported=imported, by=marketer, now=later)

    assert (DAN in entries(clients)) is (days == 31)


def test_an_import_is_undone_once(clients: ContactList, marketer: User) -> None:
    imported = done(clients.account, marketer, FILE, target="APPEND", contact_list=clients)
    import_undo.undo(clients.account, imported=imported, by=marketer, now=NOW)

    with pytest.raises(import_undo.CannotUndo):
        import_undo.undo(clients.account, imported=imported, by=marketer, now=NOW)


def test_numbers_join_the_exclusion_list_and_known_ones_keep_their_date(in_account: Account, marketer: User) -> None:
    make_exclusion(in_account, BOB)
    clients = make_list(in_account, phones=[ANNE, BOB, CHLOE])

    imported = done(in_account, marketer, FILE, target="EXCLUDE", list_name="Liste d'exclusion")

    assert counts(imported) == counts(imported, "preview") == (2, 0, 1, 0)
    assert set(Exclusion.objects.values_list("phone", "source", "reason")) == {
        (BOB, "STOP", ""),
        (CHLOE, "IMPORT", "clients.csv"),
        (DAN, "IMPORT", "clients.csv"),
    }
    clients.refresh_from_db()
    assert clients.excluded_count == 2


def test_undoing_an_import_of_exclusions_never_takes_off_who_was_there_before(
    in_account: Account, marketer: User
) -> None:
    make_exclusion(in_account, BOB)
    imported = done(in_account, marketer, FILE, target="EXCLUDE", list_name="Liste d'exclusion")
    Exclusion.objects.filter(phone=DAN).update(source="STOP")  # said STOP after all

    expected = import_undo.preview(in_account, imported)
    undone = import_undo.undo(in_account, imported=imported, by=marketer, now=NOW)

    assert undone == expected == Undoing(removed=1, restored=0, kept=1)
    assert set(Exclusion.objects.values_list("phone", flat=True)) == {BOB, DAN}


def test_changes_go_with_the_files(clients: ContactList, marketer: User) -> None:
    done(clients.account, marketer, FILE, target="APPEND", contact_list=clients)
    Import.objects.update(finished_at=NOW)
    kept = ImportChange.objects.count()

    imports.purge_files(clients.account, now=NOW + timedelta(days=31))

    assert (kept, ImportChange.objects.count()) == (2, 0)
