"""Search keys follow the contacts: through edits, behind imports, and while they are made."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from contacts.models import Import
from directory.models import Attribute, Contact, ContactChange, ContactKey, ContactTally, Directory, KeyBacklog
from directory.operations import key_making, keys
from directory.queries import facets
from directory.queries.query import Query, contact_count
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.directory.factories import make_contact, make_directory

CITY, BORN, POINTS = "a8", "a4", "a12"
ONE, TWO, THREE = 33612345671, 33612345672, 33612345673


@pytest.fixture
def base(in_account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A directory that counts as large from its second contact on."""
    monkeypatch.setattr(facets, "LARGE_CONTACTS", 1)
    monkeypatch.setattr(key_making, "CHUNK_CONTACTS", 2)
    make_directory(in_account)
    Attribute.objects.create(
        account=in_account, key=POINTS, name="Points", type="INTEGER", variable="points", position=12, created_at=NOW
    )
    make_contact(in_account, ONE, {CITY: "Saint-Étienne", BORN: "1985-03-12", POINTS: -5})
    make_contact(in_account, TWO, {CITY: "Laval", "a11": "12/04/1999"})
    make_contact(in_account, THREE)
    return in_account


def an_import(account: Account) -> Import:
    return Import.objects.create(
        account=account, list_name="", target="BASE", created_at=NOW, heartbeat_at=NOW, status="DONE", size_bytes=0
    )


def stored(account: Account, facet: str) -> set[tuple[str, int]]:
    return set(ContactKey.objects.filter(account=account, facet=facet).values_list("key", "phone"))


def words(account: Account) -> set[tuple[str, int]]:
    return stored(account, "")


WORDS_OF_ALL = {("saint", ONE), ("etienne", ONE), ("19850312", ONE), ("5", ONE), ("laval", TWO), ("19990412", TWO)}


def test_a_large_directory_gets_the_keys_of_words_and_numbers(base: Account) -> None:
    assert facets.is_behind(base)

    key_making.tend(base, now=NOW)

    assert words(base) == WORDS_OF_ALL
    assert stored(base, "#") == {(str(phone)[::-1], phone) for phone in (ONE, TWO, THREE)}
    assert Directory.objects.get(account=base).key_facets == {"": "2026-03-12", "#": "2026-03-12"}
    assert not facets.is_behind(base)


def test_a_small_directory_gets_none(base: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "LARGE_CONTACTS", 3)

    assert not keys.ask(base, query=Query(sort=CITY), now=NOW)
    key_making.tend(base, now=NOW)

    assert not ContactKey.objects.filter(account=base).exists()
    assert not facets.is_behind(base)


def test_an_attribute_gets_keys_when_somebody_first_sorts_or_filters_by_it(base: Account) -> None:
    rule = {"match": "ALL", "conditions": [{"field": POINTS, "is": "EMPTY"}, {"field": "@created", "is": "ON"}]}

    assert keys.ask(base, query=Query(sort=f"-{CITY}", rule=rule), now=NOW)
    key_making.tend(base, now=NOW)

    assert stored(base, CITY) == {("saint-etienne", ONE), ("laval", TWO), ("", THREE)}
    assert stored(base, POINTS) == {("m99999999999999999995", ONE), ("", TWO), ("", THREE)}
    assert set(facets.of(base).made) == {"", "#", CITY, POINTS}
    assert not keys.ask(base, query=Query(sort=CITY), now=NOW)


def test_an_edit_moves_the_keys_of_its_contact(base: Account) -> None:
    keys.register(base, [CITY], NOW)
    key_making.tend(base, now=NOW)

    keys.drop(base, [TWO])
    Contact.objects.filter(account=base, phone=TWO).update(attributes={CITY: "Épinal"})
    keys.rekey(base, [TWO])

    assert stored(base, CITY) == {("saint-etienne", ONE), ("epinal", TWO), ("", THREE)}
    assert {word for word, phone in words(base) if phone == TWO} == {"epinal"}
    assert (str(TWO)[::-1], TWO) in stored(base, "#")


def test_what_is_written_while_a_facet_is_being_made_is_in_it(base: Account) -> None:
    keys.register(base, [CITY], NOW)
    make_contact(base, THREE + 1, {CITY: "Nancy"})
    keys.rekey(base, [THREE + 1])

    assert stored(base, CITY) == {("nancy", THREE + 1)}
    key_making.tend(base, now=NOW)
    assert ("nancy", THREE + 1) in stored(base, CITY)
    assert len(stored(base, CITY)) == 4


def test_a_worker_catches_up_with_an_import(base: Account) -> None:
    keys.register(base, [CITY], NOW)
    key_making.tend(base, now=NOW)
    imported = an_import(base)
    for at in range(5):
        made = make_contact(base, THREE + 10 + at, {CITY: "Nancy"}, NOW + timedelta(seconds=at // 2))
        Contact.objects.filter(account=base, phone=made.phone).update(source="IMPORT", imported=imported)
    Contact.objects.filter(account=base, phone=TWO).update(attributes={CITY: "Rennes"})
    ContactChange.objects.create(
        account=base, phone=TWO, kind="U", source="IMPORT", imported=imported, at=NOW, before={CITY: "Laval"}
    )

    keys.queue(base, imported, NOW)
    assert facets.is_behind(base)
    key_making.tend(base, now=NOW)

    assert not facets.is_behind(base)
    assert {phone for key, phone in stored(base, CITY) if key == "nancy"} == {THREE + 10 + at for at in range(5)}
    assert {key for key, phone in stored(base, CITY) if phone == TWO} == {"rennes"}
    assert {phone for word, phone in words(base) if word == "nancy"} == {THREE + 10 + at for at in range(5)}


def test_an_import_leaves_no_backlog_where_there_are_no_keys(base: Account) -> None:
    keys.queue(base, an_import(base), NOW)

    assert not KeyBacklog.objects.filter(account=base).exists()


def test_a_worker_that_died_in_between_is_followed_by_another(base: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.register(base, [CITY], NOW)
    with monkeypatch.context() as patch:
        patch.setattr(keys, "note_made", lambda *_: False)
        key_making.tend(base, now=NOW)
    assert facets.of(base).made == {}

    key_making.tend(base, now=NOW)

    assert set(facets.of(base).made) == {"", "#", CITY}
    assert len(stored(base, CITY)) == 3


def test_forgotten_keys_are_made_again(base: Account) -> None:
    key_making.tend(base, now=NOW)

    keys.forget(base)
    assert facets.is_behind(base)
    assert not ContactKey.objects.filter(account=base).exists()
    key_making.tend(base, now=NOW)

    assert words(base) == WORDS_OF_ALL


def test_facets_that_nobody_used_for_long_or_whose_attribute_is_gone_are_dropped(base: Account) -> None:
    keys.register(base, [CITY, POINTS, BORN], NOW)
    key_making.tend(base, now=NOW)
    Attribute.objects.filter(account=base, key=BORN).update(deleted_at=NOW)
    later = NOW + timedelta(days=91)
    keys.ask(base, query=Query(sort=CITY), now=later)

    assert key_making.purge(base, now=later) == 2

    assert set(facets.of(base).made) == {"", "#", CITY}
    assert stored(base, BORN) == stored(base, POINTS) == set()
    assert len(stored(base, CITY)) == 3


def test_counts_are_folded_into_one(base: Account) -> None:
    assert ContactTally.objects.filter(account=base).count() == 3

    assert keys.tally(base, now=NOW) == 3

    assert ContactTally.objects.filter(account=base).count() == 1
    assert contact_count(base) == 3
    assert keys.tally(base, now=NOW) == 0


def test_keys_of_one_account_are_not_those_of_another(base: Account, other_account: Account) -> None:
    with account_context(other_account):
        make_directory(other_account)
        make_contact(other_account, ONE, {CITY: "Brest"})
        make_contact(other_account, TWO, {CITY: "Brest"})
        key_making.tend(other_account, now=NOW)
        assert words(other_account) == {("brest", ONE), ("brest", TWO)}

    assert words(base) == set()
    key_making.tend(base, now=NOW)
    assert words(base) == WORDS_OF_ALL


def test_keys_in_sql_are_those_in_python(base: Account) -> None:
    from directory.queries import key_text

    values: list[tuple[Any, str]] = [(-(10**15), "INTEGER"), (-1, "INTEGER"), (0, "INTEGER"), (9, "INTEGER")]
    values += [(10, "INTEGER"), (10**15, "INTEGER"), (True, "BOOLEAN"), (False, "BOOLEAN")]
    values += [("1985-03-12", "DATE"), ("ÉLAN d’or", "TEXT"), ("x" * 70, "TEXT")]
    for value, kind in values:
        Contact.objects.filter(account=base, phone=ONE).update(attributes={CITY: value})
        with connection.cursor() as cursor:
            query = f"select {key_text.key_sql(CITY, kind)} from directory_contact c where phone = %(phone)s"
            cursor.execute(query, key_text.PARAMETERS | {"phone": ONE})
            assert cursor.fetchone()[0] == key_text.key_of(value, kind)
    integers = [value for value, kind in values if kind == "INTEGER"]
    assert sorted(integers) == sorted(integers, key=lambda value: key_text.key_of(value, "INTEGER"))
