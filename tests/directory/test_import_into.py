"""Files on their way into the directory: what becomes of contacts and lists."""

from datetime import timedelta
from typing import Any

import pytest

from contacts.models import ContactList, ListEntry
from contacts.operations import imports
from directory.importer import mapping
from directory.importer.sink import WritingSink
from directory.models import Attribute, Contact, ContactChange, Directory, KeyBacklog
from directory.operations import attributes
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import make_exclusion
from tests.directory.factories import make_contact, make_diffusion_list, make_directory
from tests.directory.importing import (
    ANNE,
    BOB,
    CHLOE,
    DAN,
    analysed,
    changes,
    confirmed,
    contacts,
    corrected,
    counts,
    done,
    later,
    members,
    run,
)

FILE = "Mobile;Prénom;Ville\n0612345602;Bob;\n0612345603;Chloé;Nice\n0612345604;Dan;Nice\n"


@pytest.fixture
def keys(in_account: Account) -> dict[str, str]:
    """Return the keys of the standard attributes, of a directory where Anne, Bob and Chloé are contacts."""
    keys = {code: attribute.key for code, attribute in make_directory(in_account).items()}
    make_contact(in_account, ANNE, {keys["first_name"]: "Anne"})
    make_contact(in_account, BOB, {keys["first_name"]: "Bob", keys["city"]: "Lyon"})
    make_contact(in_account, CHLOE, {keys["first_name"]: "Chlo", keys["city"]: "Metz"})
    return keys


@pytest.fixture
def subscribers(in_account: Account, keys: dict[str, str]) -> ContactList:
    return make_diffusion_list(in_account, phones=[ANNE, BOB])


def test_a_new_list_has_the_numbers_and_the_directory_what_is_known_of_them(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = done(in_account, marketer, FILE, now=later(1), expires_after_months=3)

    first_name, city = keys["first_name"], keys["city"]
    assert counts(imported) == counts(imported, "preview") == {"new": 1, "updated": 1, "unchanged": 1, "joined": 3}
    assert contacts(in_account) == {
        ANNE: {first_name: "Anne"},
        BOB: {first_name: "Bob", city: "Lyon"},
        CHLOE: {first_name: "Chloé", city: "Nice"},
        DAN: {first_name: "Dan", city: "Nice"},
    }
    made = imported.contact_list
    assert made is not None
    assert members(made) == [BOB, CHLOE, DAN]
    assert (made.kind, made.expires_after_months, made.columns, made.contact_count) == ("DIRECTORY", 3, [], 3)
    assert set(ListEntry.objects.filter(contact_list=made).values_list("values", flat=True)) == {None}


def test_a_new_contact_says_which_import_made_it(in_account: Account, keys: dict[str, str], marketer: User) -> None:
    imported = done(in_account, marketer, FILE, now=later(1))

    dan = Contact.objects.get(account=in_account, phone=DAN)
    assert (dan.source, dan.imported_id, dan.created_at, dan.updated_at) == ("IMPORT", imported.pk, later(1), later(1))


def test_what_a_changed_contact_was_is_noted_and_an_unchanged_one_is_left_alone(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = done(in_account, marketer, FILE, now=later(1))

    assert changes(in_account) == [(CHLOE, "U", {keys["first_name"]: "Chlo", keys["city"]: "Metz"})]
    noted = ContactChange.objects.get(account=in_account)
    assert (noted.source, noted.imported_id, noted.at) == ("IMPORT", imported.pk, later(1))
    times = dict(Contact.objects.filter(account=in_account).values_list("phone", "updated_at"))
    assert times == {ANNE: NOW, BOB: NOW, CHLOE: later(1), DAN: later(1)}


def test_an_empty_cell_erases_when_asked_to_but_attributes_that_are_not_in_the_file_stay(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    bob = Contact.objects.get(account=in_account, phone=BOB)
    bob.attributes[keys["email"]] = "bob@example.com"
    bob.save()

    imported = done(in_account, marketer, FILE, now=later(1), erases_empty=True)

    assert counts(imported) == counts(imported, "preview") == {"new": 1, "updated": 2, "joined": 3}
    assert contacts(in_account)[BOB] == {keys["first_name"]: "Bob", keys["email"]: "bob@example.com"}


def test_contacts_that_are_there_stay_as_they_are_when_asked_to(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    before = contacts(in_account)

    imported = done(in_account, marketer, FILE, now=later(1), updates_existing=False, erases_empty=True)

    assert counts(imported) == counts(imported, "preview") == {"new": 1, "unchanged": 2, "joined": 3}
    assert contacts(in_account) == before | {DAN: {keys["first_name"]: "Dan", keys["city"]: "Nice"}}
    assert changes(in_account) == []


def test_a_cell_that_cannot_be_read_skips_its_value_and_never_erases(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    make_contact(in_account, DAN, {keys["birth_date"]: "1985-03-12", keys["city"]: "Lyon"})
    file = "Mobile;Date de naissance;Ville\n0612345604;31/02/1985;\n0612345605;1er mars 1990;Nice\n0612345606;?;\n"

    imported = done(in_account, marketer, file, now=later(1), erases_empty=True)

    assert imported.result["skipped_values"] == 2
    samples = [{"line": 2, "value": "31/02/1985"}, {"line": 4, "value": "?"}]
    assert imported.result["skipped"] == [{"column": 1, "key": keys["birth_date"], "count": 2, "samples": samples}]
    found = contacts(in_account)
    assert found[DAN] == {keys["birth_date"]: "1985-03-12"}
    assert found[33612345605] == {keys["birth_date"]: "1990-03-01", keys["city"]: "Nice"}
    assert found[33612345606] == {}


def test_a_text_that_looks_like_our_mark_for_unreadable_cells_stays_a_text(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    done(in_account, marketer, "Mobile;Ville\n0612345604;a:null\n0612345605;:null\n", now=later(1), erases_empty=True)

    found = contacts(in_account)
    assert (found[DAN], found[33612345605]) == ({keys["city"]: "a:null"}, {keys["city"]: ":null"})


def test_adding_to_a_list_joins_those_who_are_not_in_it(
    in_account: Account, subscribers: ContactList, marketer: User
) -> None:
    imported = done(in_account, marketer, FILE, now=later(1), target="APPEND", contact_list=subscribers)

    assert counts(imported) == counts(imported, "preview") == {"new": 1, "updated": 1, "unchanged": 1, "joined": 2}
    assert members(subscribers) == [ANNE, BOB, CHLOE, DAN]
    subscribers.refresh_from_db()
    assert (subscribers.contact_count, subscribers.updated_at) == (4, later(1))


def test_replacing_removes_members_but_no_contacts(
    in_account: Account, subscribers: ContactList, marketer: User
) -> None:
    imported = done(in_account, marketer, FILE, now=later(1), target="REPLACE", contact_list=subscribers)

    expected = {"new": 1, "updated": 1, "unchanged": 1, "removed": 1, "joined": 2}
    assert counts(imported) == counts(imported, "preview") == expected
    assert members(subscribers) == [BOB, CHLOE, DAN]
    assert list(contacts(in_account)) == [ANNE, BOB, CHLOE, DAN]


def test_a_file_for_all_contacts_makes_no_list(in_account: Account, keys: dict[str, str], marketer: User) -> None:
    imported = done(in_account, marketer, FILE, now=later(1), target="BASE", list_name="")

    assert counts(imported) == counts(imported, "preview") == {"new": 1, "updated": 1, "unchanged": 1}
    assert imported.contact_list is None
    assert not ContactList.objects.exists()
    assert list(contacts(in_account)) == [ANNE, BOB, CHLOE, DAN]


def test_the_first_line_of_a_number_counts_and_excluded_numbers_are_kept_and_said(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    make_exclusion(in_account, DAN)
    file = "Mobile;Prénom\n06 12 34 56 04;Dan\n+33612345604;Daniel\n"

    imported = done(in_account, marketer, file, now=later(1))

    assert (imported.result["duplicate"], imported.result["excluded"]) == (1, 1)
    assert contacts(in_account)[DAN] == {keys["first_name"]: "Dan"}
    made = imported.contact_list
    assert made is not None
    assert (made.contact_count, made.excluded_count) == (1, 1)


def test_the_same_file_again_changes_no_contact(in_account: Account, keys: dict[str, str], marketer: User) -> None:
    first = done(in_account, marketer, FILE, now=later(1))
    before, noted = contacts(in_account), changes(in_account)

    again = done(in_account, marketer, FILE, now=later(2))

    assert counts(again) == counts(again, "preview") == {"unchanged": 3, "joined": 3}
    assert (contacts(in_account), changes(in_account)) == (before, noted)
    assert members(again.contact_list) == members(first.contact_list)


def test_nothing_is_to_be_imported_where_neither_a_contact_nor_the_list_would_change(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    first = done(in_account, marketer, FILE, now=later(1))
    again = analysed(in_account, marketer, FILE, later(2), target="APPEND", contact_list=first.contact_list)

    with pytest.raises(imports.NothingToImport):
        confirmed(in_account, marketer, again)


def test_a_list_that_keeps_itself_up_to_date_takes_no_file(
    in_account: Account, subscribers: ContactList, marketer: User
) -> None:
    subscribers.rule = {"rule": None}
    subscribers.save()

    with pytest.raises(imports.ListKeepsItself):
        analysed(in_account, marketer, FILE, target="APPEND", contact_list=subscribers)


def test_a_list_that_ceased_to_be_a_diffusion_list_is_gone_for_the_import(
    in_account: Account, subscribers: ContactList, marketer: User
) -> None:
    imported = confirmed(
        in_account,
        marketer,
        analysed(in_account, marketer, FILE, target="APPEND", contact_list=subscribers),
    )
    ContactList.objects.filter(pk=subscribers.pk).update(kind="INDEPENDENT")

    imports.run(in_account, import_id=imported.pk, now=later(1))

    imported.refresh_from_db()
    assert (imported.status, imported.error) == ("FAILED", "LIST_GONE")
    assert list(contacts(in_account)) == [ANNE, BOB, CHLOE]


def test_attributes_that_got_a_value_have_a_type_for_good(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    file = "Mobile;Prénom;Ville;Date de naissance\n0612345604;Dan;;31/02/1985\n"

    done(in_account, marketer, file, now=later(1))

    used = Attribute.objects.filter(account=in_account, is_used=True).values_list("standard", flat=True)
    assert list(used) == ["first_name"]


def test_the_search_keys_learn_of_the_import_where_there_are_any(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    Directory.objects.filter(account=in_account).update(key_facets={"": "2026-03-12"})

    imported = done(in_account, marketer, FILE, now=later(1))

    assert list(KeyBacklog.objects.values_list("imported", "created_at")) == [(imported.pk, later(1))]


def test_an_import_that_breaks_off_leaves_nothing(
    in_account: Account, keys: dict[str, str], marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contacts(in_account)
    take = WritingSink._take_stage

    def break_off(sink: WritingSink, cursor: Any) -> None:
        take(sink, cursor)
        raise RuntimeError

    monkeypatch.setattr(WritingSink, "_take_stage", break_off)
    imported = confirmed(in_account, marketer, analysed(in_account, marketer, FILE))

    imports.run(in_account, import_id=imported.pk, now=later(1))

    imported.refresh_from_db()
    assert (imported.status, imported.error) == ("FAILED", "UNEXPECTED")
    assert (contacts(in_account), changes(in_account)) == (before, [])
    assert (contact_count(in_account), ContactList.objects.count()) == (3, 0)


def test_two_accounts_import_the_same_numbers_apart(account: Account, other_account: Account, marketer: User) -> None:
    found = {}
    for number, one in enumerate((account, other_account)):
        with account_context(one):
            make_directory(one)
            content = FILE.replace("Nice", f"Ville {number}")
            imported = analysed(one, marketer, content, now=NOW)
            run(one, marketer, imported)
            found[number] = (counts(imported), contacts(one)[DAN], contact_count(one), members(imported.contact_list))

    city = "a8"
    for number in (0, 1):
        result, dan, size, listed = found[number]
        assert result == {"new": 3, "joined": 3}
        assert dan[city] == f"Ville {number}"
        assert (size, listed) == (3, [BOB, CHLOE, DAN])


def test_columns_go_to_the_attribute_they_are_taken_for_or_to_the_one_of_their_name(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    points = attributes.create(in_account, name="Points de fidélité", type="INTEGER", by=marketer, now=NOW)
    file = "Mobile;Prénom;POINTS DE FIDELITE;points_de_fidelite;Divers\n0612345604;Dan;1 200;7;x\n"

    imported = analysed(in_account, marketer, file)

    assert mapping.column_attributes(in_account, imported) == {1: keys["first_name"], 2: points.key}
    run(in_account, marketer, imported, later(1))
    assert contacts(in_account)[DAN] == {keys["first_name"]: "Dan", points.key: 1200}


def test_people_choose_where_columns_go_and_one_attribute_takes_one_column(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = analysed(in_account, marketer, "Mobile;Prénom;Ville;Surnom\n0612345604;Dan;Nice;D\n")
    chosen = {"1": "", "2": keys["company"], "3": keys["first_name"]}

    corrected(in_account, marketer, imported, {"attributes": chosen})

    assert mapping.column_attributes(in_account, imported) == {2: keys["company"], 3: keys["first_name"]}
    corrected(in_account, marketer, imported, {"attributes": {"1": keys["city"], "3": keys["city"]}})
    assert mapping.column_attributes(in_account, imported) == {1: keys["city"]}


@pytest.mark.parametrize("chosen", [{"x": "a1"}, {"1": 3}, ["a1"]])
def test_a_choice_that_cannot_be_is_refused(
    in_account: Account, keys: dict[str, str], marketer: User, chosen: Any
) -> None:
    imported = analysed(in_account, marketer, FILE)

    with pytest.raises(imports.CorrectionRefused):
        corrected(in_account, marketer, imported, {"attributes": chosen})


def test_a_file_is_read_again_when_its_attributes_changed_after_the_preview(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = analysed(in_account, marketer, "Mobile;Points\n0612345604;12\n")
    attributes.create(in_account, name="Points", type="INTEGER", by=marketer, now=NOW)

    confirmed(in_account, marketer, imported)

    imported.refresh_from_db()
    assert imported.status == "UPLOADED"
    imports.analyse(in_account, import_id=imported.pk, now=later(1))
    imported.refresh_from_db()
    run(in_account, marketer, imported, later(2))
    assert contacts(in_account)[DAN] == {"a12": 12}


def test_an_attribute_deleted_after_the_confirmation_gets_no_values(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    imported = confirmed(in_account, marketer, analysed(in_account, marketer, FILE))
    Attribute.objects.filter(account=in_account, key=keys["city"]).update(deleted_at=NOW + timedelta(seconds=1))

    imports.run(in_account, import_id=imported.pk, now=later(1))

    assert contacts(in_account)[DAN] == {keys["first_name"]: "Dan"}


def test_an_attribute_that_is_being_used_keeps_the_type_of_the_preview(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    points = attributes.create(in_account, name="Points", type="INTEGER", by=marketer, now=NOW)
    confirmed(in_account, marketer, analysed(in_account, marketer, "Mobile;Points\n0612345604;12\n"))

    with pytest.raises(attributes.AttributeInUse):
        attributes.change(
            in_account,
            attribute=points,
            name="Points",
            type="TEXT",
            variable=points.variable,
            by=marketer,
            now=NOW,
        )


def test_settings_follow_the_file_of_the_same_columns(
    in_account: Account, keys: dict[str, str], marketer: User
) -> None:
    file = "Mobile;Divers\n0612345604;D\n"
    done(in_account, marketer, file, overrides={"attributes": {"1": keys["first_name"]}})

    again = analysed(in_account, marketer, file.replace("04", "05"), later(1))

    assert mapping.column_attributes(in_account, again) == {1: keys["first_name"]}
