"""What people find in a small directory, and how they page through it."""

from datetime import timedelta
from typing import Any

import pytest

from directory.models import Attribute
from directory.queries import contacts
from directory.queries.query import Query
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

ELODIE, JEAN, ABROAD = 33612345678, 33698765432, 32470999111


@pytest.fixture
def attributes(in_account: Account) -> dict[str, Attribute]:
    return make_directory(in_account)


@pytest.fixture
def people(in_account: Account, attributes: dict[str, Attribute]) -> None:
    def known(**values: Any) -> dict[str, Any]:
        return {attributes[code].key: value for code, value in values.items()}

    elodie = known(first_name="Élodie", last_name="Le Gall", city="Saint-Étienne", birth_date="1985-03-12")
    jean = known(first_name="Jean-Noël", last_name="D’Hénin", city="Laval", email="jean.henin@example.com")
    make_contact(in_account, ELODIE, elodie, NOW)
    make_contact(in_account, JEAN, jean, NOW + timedelta(days=1))
    make_contact(in_account, ABROAD, known(first_name="Zoé", customer_id="1250"), NOW + timedelta(days=2))


def found(account: Account, search: str) -> list[int]:
    return [row.phone for row in contacts.page(account, Query(search=search, sort="PHONE")).contacts]


@pytest.mark.parametrize(
    "text",
    "elodie|ÉLODIE|Élod|gall elo|elodie le gall|etienne|saint-etienne|Saint Étienne|12/03/1985|1985|1985-03-12"
    "|06 12 34 56 78|0612345678|+33 6 12 34 56 78|0033612345678|33612345678|612345678|06 12|0612|+33 6 12|+33 (0)6 12"
    "|00336123|6123|5678|78|56 78|3456".split("|"),
)
@pytest.mark.usefixtures("people")
def test_a_contact_is_found_by(in_account: Account, text: str) -> None:
    assert found(in_account, text) == [ELODIE]


@pytest.mark.parametrize(
    "text, who",
    [
        ("d'henin", [JEAN]),
        ("D’HÉNIN jean", [JEAN]),
        ("jean.henin@example.com", [JEAN]),
        ("noel", [JEAN]),
        ("1250", [ABROAD]),
        ("1 250", [ABROAD]),
        ("+32 470", [ABROAD]),
        ("lodie", []),
        ("elodie laval", []),
        ("06 99", []),
        ("%", []),
        ("'", []),
        ("_", []),
        ("\0elodie", [ELODIE]),
        ("", [ABROAD, ELODIE, JEAN]),
        ("  ", [ABROAD, ELODIE, JEAN]),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_search_finds(in_account: Account, text: str, who: list[int]) -> None:
    assert found(in_account, text) == who
    assert contacts.count(in_account, Query(search=text)) == len(who)


@pytest.mark.usefixtures("people")
def test_a_row_says_since_when_a_contact_is_excluded(in_account: Account) -> None:
    make_exclusion(in_account, JEAN)

    rows = {row.phone: row for row in contacts.page(in_account, Query()).contacts}

    assert (rows[JEAN].excluded_at, rows[JEAN].excluded_source) == (NOW, "STOP")
    assert (rows[ELODIE].excluded_at, rows[ELODIE].excluded_source) == (None, "")
    assert (rows[JEAN].created_at, rows[JEAN].updated_at) == (NOW + timedelta(days=1), NOW + timedelta(days=1))


@pytest.mark.usefixtures("people")
def test_a_query_keeps_to_a_list_and_to_those_excluded_or_not(in_account: Account) -> None:
    make_exclusion(in_account, JEAN)
    members = make_diffusion_list(in_account, phones=[JEAN, ELODIE])

    def phones(**asked: Any) -> list[int]:
        query = Query(sort="PHONE", **asked)
        assert contacts.count(in_account, query) == len(contacts.page(in_account, query).contacts)
        return [row.phone for row in contacts.page(in_account, query).contacts]

    assert phones(list_id=members.pk) == [ELODIE, JEAN]
    assert phones(list_id=members.pk, excluded=True) == [JEAN]
    assert phones(list_id=members.pk, excluded=False) == [ELODIE]
    assert phones(excluded=False) == [ABROAD, ELODIE]


@pytest.mark.parametrize("sort", "PHONE -PHONE CREATED -CREATED a8 -a8 a4 -a4 a12 -a12 a99 nonsense".split())
def test_paging_shows_each_contact_once(in_account: Account, attributes: dict[str, Attribute], sort: str) -> None:
    number = Attribute.objects.create(
        account=in_account, key="a12", name="Points", type="INTEGER", variable="points", position=12, created_at=NOW
    )
    for at in range(23):
        values: dict[str, Any] = {"a8": ["Lyon", "Nîmes", "nimes", "Élan"][at % 4]} if at % 5 else {}
        values |= {number.key: (at - 11) * 7} if at % 3 else {}
        values |= {"a4": f"19{50 + at}-01-01"} if at % 2 else {}
        make_contact(in_account, FICTION + at, values, NOW + timedelta(seconds=at % 6))

    seen, token = [], ""
    while True:
        page = contacts.page(in_account, Query(sort=sort), token=token, limit=4)
        seen += page.contacts
        token = page.next_token
        if not token:
            break

    assert sorted(row.phone for row in seen) == [FICTION + at for at in range(23)]
    whole = contacts.page(in_account, Query(sort=sort), limit=100)
    assert seen == whole.contacts
    assert page.sort == (sort if sort not in ("a99", "nonsense") else "-CREATED")


def test_numbers_dates_and_texts_sort_by_value_and_the_unknown_come_last(
    in_account: Account, attributes: dict[str, Attribute]
) -> None:
    Attribute.objects.create(
        account=in_account, key="a12", name="Points", type="INTEGER", variable="points", position=12, created_at=NOW
    )
    points = [-100, -9, 0, 7, 10, None]
    for at, value in enumerate(points):
        make_contact(in_account, FICTION + at, {} if value is None else {"a12": value})

    def order(sort: str) -> list[Any]:
        return [row.attributes.get("a12") for row in contacts.page(in_account, Query(sort=sort)).contacts]

    assert order("a12") == points
    assert order("-a12") == [10, 7, 0, -9, -100, None]


@pytest.mark.usefixtures("people")
def test_a_token_of_another_order_or_none_at_all_shows_a_page_all_the_same(in_account: Account) -> None:
    token = contacts.page(in_account, Query(sort="a8"), limit=1).next_token

    assert len(contacts.page(in_account, Query(sort="CREATED"), token=token).contacts) == 3
    assert len(contacts.page(in_account, Query(), token="nonsense").contacts) == 3


@pytest.mark.usefixtures("people")
def test_no_number_can_be_read_in_a_token(in_account: Account) -> None:
    token = contacts.page(in_account, Query(sort="PHONE"), limit=1).next_token

    assert str(ABROAD) not in token
    assert token != contacts.page(in_account, Query(sort="PHONE"), limit=2).next_token


def test_an_account_never_sees_the_contacts_of_another(account: Account, other_account: Account) -> None:
    for one, city in ((account, "Lyon"), (other_account, "Laval")):
        with account_context(one):
            make_directory(one)
            make_contact(one, ELODIE, {"a8": city})

    with account_context(account):
        assert [row.attributes for row in contacts.page(account, Query(search="06 12")).contacts] == [{"a8": "Lyon"}]
        assert contacts.count(account, Query(search="laval")) == 0
        mine = contacts.get(account, ELODIE)
        assert mine is not None
        assert mine.attributes == {"a8": "Lyon"}


@pytest.mark.usefixtures("people")
def test_a_count_stops_where_it_is_told(in_account: Account) -> None:
    assert contacts.count(in_account, Query(), at_most=2) == 2
    assert contacts.count(in_account, Query(), at_most=10) == 3
