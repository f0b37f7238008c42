"""A large directory, read by its search keys, shows what a small one shows, read whole."""

import random
from datetime import timedelta
from typing import Any

import pytest

from contacts.models import ListEntry
from directory.models import Contact
from directory.operations import key_making, keys
from directory.queries import contacts, facets, large, rules
from directory.queries.query import Query, Rule
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import make_exclusion
from tests.directory.factories import make_attribute, make_contact, make_diffusion_list, make_directory

CITY, NAME, BORN, POINTS, NEWS = "a8", "a2", "a4", "a12", "a13"
TOWNS = ["Lyon", "LYON", "Saint-Étienne", "saint etienne", "Laval", "Nîmes", "L’Haÿ-les-Roses"]
NAMES = ["Martin", "Martinet", "D’Hénin", "Le Gall", "Müller", "1250 Club"]
LAYOUTS = {
    "few candidates": {},
    "many, walked": {"CANDIDATES": 0, "FEW": 0},
    "many numbers": {"CANDIDATES": 30, "FEW": 0, "number_ranges.MANY": 0},
    "many, in short walks": {"CANDIDATES": 0, "FEW": 0, "WALKED": 3, "WALKED_ON": 5, "WALKED_WITHOUT_KEYS": 7},
    "many, intersected": {"CANDIDATES": 0, "FEW": 0, "WALKED": 2, "KNOWN": 0, "WALKED_WITHOUT_KEYS": 7},
}


def someone(source: random.Random) -> dict[str, Any]:
    values: dict[str, Any] = {
        CITY: source.choice(TOWNS),
        NAME: source.choice(NAMES),
        BORN: f"19{source.randint(60, 62)}-0{source.randint(1, 3)}-12",
        POINTS: source.randint(-3, 3) * 7,
        NEWS: source.random() < 0.5,
    }
    return {key: value for key, value in values.items() if source.random() < 0.7}


@pytest.fixture
def base(in_account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    make_directory(in_account)
    make_attribute(in_account, POINTS, "Points", "INTEGER")
    make_attribute(in_account, NEWS, "Newsletter", "BOOLEAN")
    source = random.Random(7)
    for phone in [*source.sample(range(33612340000, 33612349999, 17), 40), 32470123456, 262692123456]:
        make_contact(in_account, phone, someone(source), NOW + timedelta(hours=source.randint(0, 9)))
    phones = list(Contact.objects.filter(account=in_account).values_list("phone", flat=True))
    make_diffusion_list(in_account, "Abonnés", source.sample(phones, 15))
    for phone in source.sample(phones, 9):
        make_exclusion(in_account, phone)
    return in_account


def make_large(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "LARGE_CONTACTS", 1)
    keys.register(account, [CITY, NAME, BORN, POINTS, NEWS], NOW)
    key_making.tend(account, now=NOW)
    assert len(facets.of(account).made) == 7


def queries(account: Account) -> list[Query]:
    list_id = ListEntry.objects.filter(account=account).values_list("contact_list_id", flat=True)[0]
    words = ["", "lyon", "mar", "saint eti", "d'henin", "gall le", "haÿ", "12/01/1961", "1961", "1250", "zzz", "l"]
    numbers = ["06 12", "0612340017", "+33 6 12 34", "6123", "0692", "+32", "32470123456", "17", "1234", "3456", "2340"]
    found = [Query(search=text) for text in words + numbers]
    found += [Query(list_id=list_id), Query(excluded=True), Query(excluded=False), Query("lyon", list_id=list_id)]
    conditions = [
        (CITY, "EQUALS", "lyon"),
        (CITY, "DIFFERS", "Lyon"),
        (CITY, "STARTS", "Saint"),
        (CITY, "CONTAINS", "ETIENNE"),
        (CITY, "EMPTY", None),
        (CITY, "FILLED", None),
        (POINTS, "LESS", 0),
        (POINTS, "MORE", -7),
        (POINTS, "EQUALS", 14),
        (POINTS, "DIFFERS", 14),
        (BORN, "ON", "1961-01-12"),
        (BORN, "BEFORE", "1961-02-12"),
        (BORN, "AFTER", "1961-02-12"),
        (NEWS, "TRUE", None),
        (NEWS, "FALSE", None),
        (NEWS, "EMPTY", None),
        ("@list", "IN", list_id),
        ("@list", "NOT_IN", list_id),
        ("@created", "ON", "2026-03-12"),
        ("@created", "AFTER", "2026-03-12"),
    ]
    parts = [{"field": field, "is": asked, "value": value} for field, asked, value in conditions]
    found += [Query(rule=checked(account, "ALL", [part])) for part in parts]
    source = random.Random(3)
    for _ in range(8):
        chosen = source.sample(parts, 3)
        group = {"match": source.choice(["ALL", "ANY"]), "conditions": chosen[1:]}
        found.append(Query(rule=checked(account, source.choice(["ALL", "ANY"]), [chosen[0], group])))
        found.append(Query(source.choice(words), checked(account, "ALL", chosen[:2]), excluded=False))
    return found


def checked(account: Account, match: str, conditions: list[Any]) -> Rule:
    return rules.check(account, {"match": match, "conditions": conditions})


def walked(account: Account, query: Query, limit: int = 5) -> list[int]:
    found: list[int] = []
    token = ""
    for _ in range(60):
        page = contacts.page(account, query, token=token, limit=limit)
        found += [row.phone for row in page.contacts]
        token = page.next_token
        if not token:
            return found
    raise AssertionError("The pages never end.")


SORTS = ["PHONE", "-PHONE", "CREATED", "-CREATED", CITY, f"-{CITY}", POINTS, f"-{POINTS}", f"-{BORN}", NEWS]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_query_finds_the_same_whatever_the_way(
    base: Account, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    asked = [Query(**query.to_json() | {"sort": SORTS[at % len(SORTS)]}) for at, query in enumerate(queries(base))]
    expected = [[row.phone for row in contacts.page(base, query, limit=100).contacts] for query in asked]
    make_large(base, monkeypatch)
    for name, value in LAYOUTS[layout].items():
        monkeypatch.setattr(f"directory.queries.large.{name}", value)

    for query, phones in zip(asked, expected, strict=True):
        assert walked(base, query, limit=12) == phones, query
        assert contacts.count(base, query) == len(phones), query


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("sort", SORTS)
def test_pages_cover_all_in_every_order(base: Account, monkeypatch: pytest.MonkeyPatch, sort: str, layout: str) -> None:
    expected = [row.phone for row in contacts.page(base, Query(sort=sort), limit=100).contacts]
    make_large(base, monkeypatch)
    for name, value in LAYOUTS[layout].items():
        monkeypatch.setattr(f"directory.queries.large.{name}", value)

    assert walked(base, Query(sort=sort), limit=4) == expected
    assert len(expected) == 42


@pytest.mark.parametrize("text", ["06 12", "+33", "1234", "612", "33"])
def test_numbers_that_many_have_come_in_the_order_of_the_page(
    base: Account, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    asked = [Query(text, sort=sort) for sort in ("PHONE", "-PHONE", "CREATED", "-CREATED")]
    expected = [[row.phone for row in contacts.page(base, query, limit=100).contacts] for query in asked]
    make_large(base, monkeypatch)
    monkeypatch.setattr(large, "CANDIDATES", 30)
    monkeypatch.setattr(large.number_ranges, "MANY", 3)

    assert [walked(base, query, limit=7) for query in asked] == expected
    assert len(expected[0]) > 30


def test_it_stays_so_through_edits_and_deletes(base: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    make_large(base, monkeypatch)
    source = random.Random(11)
    phones = list(Contact.objects.filter(account=base).values_list("phone", flat=True))
    for phone in source.sample(phones, 12):
        keys.drop(base, [phone])
        Contact.objects.filter(account=base, phone=phone).update(attributes=someone(source))
        keys.rekey(base, [phone])
    gone = source.sample(phones, 6)
    keys.drop(base, gone[:3])  # the keys of the others stay behind, as after an import that was undone
    Contact.objects.filter(account=base, phone__in=gone).delete()
    for phone in range(33698000000, 33698000010):
        make_contact(base, phone, someone(source))
        keys.rekey(base, [phone])

    for at, query in enumerate(queries(base)):
        asked = Query(**query.to_json() | {"sort": [CITY, f"-{POINTS}", "-CREATED"][at % 3]})
        with monkeypatch.context() as patch:
            patch.setattr(facets, "LARGE_CONTACTS", 1_000)
            expected = [row.phone for row in contacts.page(base, asked, limit=100).contacts]
        assert walked(base, asked, limit=20) == expected, asked


def test_an_order_that_is_not_known_yet_is_by_number_meanwhile(base: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "LARGE_CONTACTS", 1)

    page = contacts.page(base, Query(sort=f"-{CITY}"), limit=5)

    assert (page.sort, page.waits_for_order) == ("PHONE", True)
    assert keys.ask(base, query=Query(sort=f"-{CITY}"), now=NOW)
    key_making.tend(base, now=NOW)
    page = contacts.page(base, Query(sort=f"-{CITY}"), token=page.next_token, limit=5)
    assert (page.sort, page.waits_for_order) == (f"-{CITY}", False)


def test_a_page_says_when_not_every_contact_was_looked_at(base: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    make_large(base, monkeypatch)
    monkeypatch.setattr(large, "WALKED", 2)
    monkeypatch.setattr(large, "WALKED_WITHOUT_KEYS", 3)
    query = Query(rule=checked(base, "ALL", [{"field": CITY, "is": "CONTAINS", "value": "nowhere"}]))

    page = contacts.page(base, query)

    assert (page.contacts, page.is_partial, page.total) == ([], True, None)
    assert page.next_token
    assert walked(base, query) == []


def test_few_are_counted_on_the_way(base: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    make_large(base, monkeypatch)
    query = Query(search="lyon")
    members = contacts.count(base, query)

    assert contacts.page(base, query, limit=2).total == members > 2
    assert contacts.page(base, Query(search="zzz")).total == 0
    monkeypatch.setattr(large, "CANDIDATES", 1)
    assert contacts.page(base, query, limit=2).total is None
    assert contacts.count(base, query) == members
    assert contacts.count(base, query, at_most=2) == 2


def test_a_large_directory_never_shows_another_accounts_contacts(
    base: Account, other_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones = list(Contact.objects.filter(account=base).values_list("phone", flat=True))
    with account_context(other_account):
        make_directory(other_account)
        for phone in phones:
            make_contact(other_account, phone, {CITY: "Brest"})
        make_large_there(other_account, monkeypatch)
        assert walked(other_account, Query(search="lyon")) == []
    make_large(base, monkeypatch)

    assert walked(base, Query(search="brest")) == []
    assert len(walked(base, Query(sort=CITY))) == len(phones)


def make_large_there(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "LARGE_CONTACTS", 1)
    key_making.tend(account, now=NOW)
