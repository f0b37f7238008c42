"""Imports into the directory, taken back."""

from datetime import timedelta

import pytest

from contacts.models import ContactList, Import, ListEntry
from contacts.operations import import_undo
from contacts.operations.import_undo import Undoing
from directory.models import Contact, ContactChange
from directory.operations import contacts as one
from directory.operations import living
from directory.queries.query import Query, contact_count
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.directory.factories import make_contact, make_diffusion_list, make_directory
from tests.directory.importing import ANNE, BOB, CHLOE, DAN, changes, contacts, done, later, members

FILE = "Mobile;Prénom;Ville\n0612345602;Bobby;\n0612345603;Chloé;Nice\n0612345604;Dan;Nice\n"


@pytest.fixture
def keys(in_account: Account) -> dict[str, str]:
    """Return the keys of the standard attributes, of a directory where Anne and Bob are contacts."""
    keys = {code: attribute.key for code, attribute in make_directory(in_account).items()}
    make_contact(in_account, ANNE, {keys["first_name"]: "Anne"})
    make_contact(in_account, BOB, {keys["first_name"]: "Bob", keys["city"]: "Lyon"})
    return keys


@pytest.fixture
def subscribers(in_account: Account, keys: dict[str, str]) -> ContactList:
    return make_diffusion_list(in_account, phones=[ANNE, BOB])


def undone(imported: Import, by: User, minutes: int = 10) -> Undoing:
    """Undo an import, which must do what it says beforehand."""
    expected = import_undo.preview(imported.account, imported)
    found = import_undo.undo(imported.account, imported=imported, by=by, now=later(minutes))
    assert found == expected
    return found


def rename(account: Account, phone: int, key: str, name: str, by: User, minutes: int = 5) -> None:
    seen = Contact.objects.get(account=account, phone=phone).attributes
    one.edit(account, phone=phone, attributes=seen | {key: name}, seen=seen, by=by, now=later(minutes))


def test_contacts_go_values_come_back_and_the_list_is_in_the_bin(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    before = contacts(in_account)
    imported = done(in_account, marketer, FILE, now=later(1))

    found = undone(imported, marketer)

    assert found == Undoing(removed=2, restored=1, kept=0, lists=1)
    assert contacts(in_account) == before
    made = ContactList.objects.get()
    assert (made.deleted_at, members(made), made.contact_count) == (later(10), [BOB], 1)
    assert contact_count(in_account) == 2
    imported.refresh_from_db()
    assert (imported.undone_at, imported.undone_by) == (later(10), marketer)
    assert imported.undo_result == {"removed": 2, "restored": 1, "kept": 0, "lists": 1}
    event = AuditEvent.objects.get(action="IMPORT_UNDONE")
    assert event.counts == {"removed": 2, "restored": 1, "kept": 0, "lists": 1}


def test_the_timeline_of_a_restored_contact_says_so(in_account: Account, keys: dict[str, str], marketer: User) -> None:
    was = contacts(in_account)[BOB]
    imported = done(in_account, marketer, FILE, now=later(1))

    undone(imported, marketer)

    assert changes(in_account) == [(BOB, "U", was), (BOB, "X", was | {keys["first_name"]: "Bobby"})]
    noted = ContactChange.objects.get(account=in_account, kind="X")
    assert (noted.source, noted.imported_id, noted.actor, noted.at) == ("IMPORT", imported.pk, marketer, later(10))


def test_what_somebody_changed_since_stays(in_account: Account, keys: dict[str, str], marketer: User) -> None:
    imported = done(in_account, marketer, FILE, now=later(1))
    rename(in_account, BOB, keys["first_name"], "Robert", marketer)
    rename(in_account, DAN, keys["first_name"], "Daniel", marketer)

    found = undone(imported, marketer)

    assert found == Undoing(removed=1, restored=0, kept=2, lists=1)
    names = {phone: attributes[keys["first_name"]] for phone, attributes in contacts(in_account).items()}
    assert names == {ANNE: "Anne", BOB: "Robert", DAN: "Daniel"}
    assert members(ContactList.objects.get()) == [BOB, DAN]


def test_contacts_of_another_list_stay_even_if_it_is_in_the_bin(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = done(in_account, marketer, FILE, now=later(1))
    make_diffusion_list(in_account, "Autres", phones=[CHLOE])
    make_diffusion_list(in_account, "Anciens", phones=[DAN], deleted_at=later(2))

    found = undone(imported, marketer)

    assert found == Undoing(removed=0, restored=1, kept=0, held=2, lists=1)
    assert list(contacts(in_account)) == [ANNE, BOB, CHLOE, DAN]


def test_a_list_that_fills_itself_holds_nobody_back(in_account: Account, keys: dict[str, str], marketer: User) -> None:
    rule = {"match": "ALL", "conditions": [{"field": keys["city"], "is": "EQUALS", "value": "Nice"}]}
    in_nice = living.save(in_account, query=Query(rule=rule), name="Nice", by=marketer, now=later(0))
    imported = done(in_account, marketer, FILE, now=later(1))
    living.refresh_all(in_account, now=later(2))
    before = members(in_nice)

    found = undone(imported, marketer)

    in_nice.refresh_from_db()
    assert before == [CHLOE, DAN]
    assert found == Undoing(removed=2, restored=1, kept=0, lists=1)
    assert (members(in_nice), in_nice.contact_count) == ([], 0)


def test_a_new_list_that_somebody_changed_since_stays(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = done(in_account, marketer, FILE, now=later(1))
    made = imported.contact_list
    assert made is not None
    ListEntry.objects.create(account=in_account, contact_list=made, phone=ANNE)
    ContactList.objects.filter(pk=made.pk).update(updated_at=later(2))
    imported.refresh_from_db()

    found = undone(imported, marketer)

    assert found == Undoing(removed=2, restored=1, kept=0)
    made.refresh_from_db()
    assert (made.deleted_at, made.updated_at, members(made)) == (None, later(10), [ANNE, BOB])


def test_who_joined_an_existing_list_leaves_it(in_account: Account, subscribers: ContactList, marketer: User) -> None:
    make_contact(in_account, CHLOE)
    imported = done(in_account, marketer, FILE, now=later(1), target="APPEND", contact_list=subscribers)

    found = undone(imported, marketer)

    assert found == Undoing(removed=1, restored=2, kept=0, left=1)
    assert members(subscribers) == [ANNE, BOB]
    assert list(contacts(in_account)) == [ANNE, BOB, CHLOE]
    subscribers.refresh_from_db()
    assert (subscribers.contact_count, subscribers.updated_at, subscribers.deleted_at) == (2, later(10), None)


def test_who_had_to_leave_a_replaced_list_is_back_unless_deleted_since(
    in_account: Account, subscribers: ContactList, marketer: User
) -> None:
    make_contact(in_account, CHLOE)
    ListEntry.objects.create(account=in_account, contact_list=subscribers, phone=CHLOE)
    file = "Mobile;Prénom\n0612345604;Dan\n"
    imported = done(in_account, marketer, file, now=later(1), target="REPLACE", contact_list=subscribers)
    one.delete(in_account, phone=CHLOE, by=marketer, now=later(2))

    found = undone(imported, marketer)

    assert found == Undoing(removed=1, restored=2, kept=0)
    assert members(subscribers) == [ANNE, BOB]


def test_contacts_that_were_deleted_since_are_no_matter(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = done(in_account, marketer, FILE, now=later(1), target="BASE")
    one.delete(in_account, phone=BOB, by=marketer, now=later(2))
    one.delete(in_account, phone=DAN, by=marketer, now=later(2))

    assert undone(imported, marketer) == Undoing(removed=1, restored=0, kept=0)
    assert list(contacts(in_account)) == [ANNE]


def test_imports_can_be_taken_back_one_after_the_other(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    before = contacts(in_account)
    first = done(in_account, marketer, FILE, now=later(1), target="BASE")
    between = contacts(in_account)
    second = done(in_account, marketer, FILE.replace("Nice", "Metz"), now=later(2), target="BASE")

    assert undone(second, marketer, 10) == Undoing(removed=0, restored=2, kept=0)
    assert contacts(in_account) == between
    assert undone(first, marketer, 11) == Undoing(removed=2, restored=1, kept=0)
    assert contacts(in_account) == before


def test_the_older_of_two_imports_leaves_alone_what_the_newer_changed(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    first = done(in_account, marketer, FILE, now=later(1), target="BASE")
    done(in_account, marketer, FILE.replace("Dan;Nice", "Dan;Metz"), now=later(2), target="BASE")

    assert undone(first, marketer) == Undoing(removed=1, restored=1, kept=1)
    assert contacts(in_account)[DAN] == {keys["first_name"]: "Dan", keys["city"]: "Metz"}


def test_an_import_is_undone_once_and_within_thirty_days(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = done(in_account, marketer, FILE, now=later(1))
    imported.finished_at = later(1)
    imported.save()

    with pytest.raises(import_undo.CannotUndo):
        import_undo.undo(in_account, imported=imported, by=marketer, now=later(1) + timedelta(days=30, seconds=1))
    undone(imported, marketer)
    with pytest.raises(import_undo.CannotUndo):
        import_undo.undo(in_account, imported=imported, by=marketer, now=later(20))


def test_the_contacts_of_a_purged_list_can_still_be_taken_back(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = done(in_account, marketer, FILE, now=later(1))
    made = imported.contact_list
    assert made is not None
    ListEntry.objects.filter(account=in_account, contact_list=made).delete()
    Import.objects.filter(pk=imported.pk).update(contact_list=None)
    made.delete()
    imported.refresh_from_db()

    assert undone(imported, marketer) == Undoing(removed=2, restored=1, kept=0)


def test_an_import_into_a_directory_that_is_off_cannot_be_undone() -> None:
    account = Account(mode=Account.Mode.LISTS)
    imported = Import(account=account, into_directory=True, status=Import.Status.DONE, finished_at=NOW)

    assert import_undo.until(imported) is None
