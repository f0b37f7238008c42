"""The excluded numbers, as the importer compares with them and as people look them up."""

from datetime import timedelta
from itertools import pairwise

import pytest

from contacts.models import Exclusion
from contacts.queries import exclusions
from contacts.queries.exclusions import Filters
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion


def exclude(account: Account, phone: int, source: str = "STOP", days: int = 0, reason: str = "") -> Exclusion:
    at = NOW + timedelta(days=days)
    return Exclusion.objects.create(account=account, phone=phone, source=source, at=at, reason=reason)


def shown(account: Account, limit: int = 10, **filters: object) -> list[int]:
    page = exclusions.page(account, filters=Filters(**filters), limit=limit)  # type: ignore[arg-type]
    return [row.phone for row in page.rows]


def test_the_numbers_of_the_account_come_sorted(in_account: Account) -> None:
    for phone in (33698765432, 32470123456, 33612345678):
        make_exclusion(in_account, phone)

    assert exclusions.phones(in_account).tolist() == [32470123456, 33612345678, 33698765432]


def test_without_exclusions_there_are_none(in_account: Account) -> None:
    assert exclusions.phones(in_account).tolist() == []


def test_another_account_s_exclusions_are_not_ours(account: Account, other_account: Account) -> None:
    with account_context(other_account):
        theirs = make_exclusion(other_account, 33612345678)

    with account_context(account):
        assert exclusions.phones(account).tolist() == []
        assert exclusions.phones(other_account).tolist() == []
        assert exclusions.known(account, [33612345678]) == {}
        assert exclusions.by_ids(account, [theirs.pk]) == []
        assert shown(account) == []
        assert list(exclusions.export_rows(account)) == []


def test_known_tells_since_when_and_why(in_account: Account) -> None:
    exclude(in_account, FICTION, "IMPORT", reason="Robinson")

    known = exclusions.known(in_account, [FICTION, FICTION + 1])

    assert known == {FICTION: ("IMPORT", NOW, "Robinson")}


def test_pages_lead_through_every_exclusion_once_newest_first_whatever_the_sources(in_account: Account) -> None:
    sources = Exclusion.Source.values
    for number in range(23):
        exclude(in_account, FICTION + number, sources[number % len(sources)], days=number // 3)

    seen: list[Exclusion] = []
    token = ""
    while not seen or token:
        page = exclusions.page(in_account, filters=Filters(), token=token, limit=5)
        seen += page.rows
        token = page.next_token

    assert len({row.pk for row in seen}) == len(seen) == page.count == 23
    assert all((a.at, a.pk) > (b.at, b.pk) for a, b in pairwise(seen))


@pytest.mark.parametrize("token", ["x", ".", "1.x", "9" * 40 + ".1", "-5", "٣.٣"])
def test_a_token_nobody_made_leads_somewhere_harmless(in_account: Account, token: str) -> None:
    exclude(in_account, FICTION)

    page = exclusions.page(in_account, filters=Filters(), token=token, limit=5)

    assert len(page.rows) <= 1


@pytest.mark.parametrize(
    "number, found",
    [
        ("06 39 98 12 34", [33639981234]),
        ("+33639981234", [33639981234]),
        ("0033 6 39 98 12 34", [33639981234]),
        ("06 39 98 99 99", []),
        ("1234", [32470001234, 33639981234]),
        ("06 39", [33639980639, 33639981234]),
        ("0639", [33639980639, 33639981234]),
        ("+32 47", [32470001234]),
        ("0032", [32470001234]),
        ("4700", [32470001234]),
        ("98%", []),
        ("12", []),
        ("personne", []),
    ],
)
def test_search_takes_any_notation_and_pieces(in_account: Account, number: str, found: list[int]) -> None:
    for phone in (33639981234, 33639980639, 32470001234):
        exclude(in_account, phone)

    assert sorted(shown(in_account, number=number)) == found


def test_search_says_when_more_numbers_hold_the_piece_than_are_looked_at(
    in_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exclusions, "FRAGMENT_MATCHES", 2)
    for number in range(3):
        exclude(in_account, FICTION + number)

    page = exclusions.page(in_account, filters=Filters(number="3998"), limit=10)
    narrower = exclusions.page(in_account, filters=Filters(number="8000"), limit=10)
    whole = exclusions.page(in_account, filters=Filters(number="06 39 98 00 01"), limit=10)

    assert [(len(one.rows), one.is_partial) for one in (page, narrower, whole)] == [(2, True), (2, True), (1, False)]


def test_the_count_stops_where_counting_costs_more_than_it_tells(
    in_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exclusions, "COUNT_AT_MOST", 2)
    for number in range(4):
        exclude(in_account, FICTION + number)

    page = exclusions.page(in_account, filters=Filters(), limit=10)

    assert (page.count, page.has_more_than_counted) == (3, True)


def test_filters_combine(in_account: Account) -> None:
    exclude(in_account, FICTION, "STOP", days=0)
    exclude(in_account, FICTION + 1, "PERSON", days=1)
    exclude(in_account, FICTION + 2, "STOP", days=1)
    exclude(in_account, FICTION + 3, "STOP", days=2)

    day = NOW + timedelta(days=1)
    assert shown(in_account, source="STOP") == [FICTION + 3, FICTION + 2, FICTION]
    assert shown(in_account, since=day) == [FICTION + 3, FICTION + 2, FICTION + 1]
    assert shown(in_account, before=day) == [FICTION]
    assert shown(in_account, since=day, before=day + timedelta(days=1), source="STOP") == [FICTION + 2]
    assert shown(in_account, number="0002", source="STOP") == [FICTION + 2]


def test_export_rows_are_everything_by_number(in_account: Account) -> None:
    exclude(in_account, FICTION + 1, "PERSON", reason="Erreur")
    exclude(in_account, FICTION)

    rows = list(exclusions.export_rows(in_account))

    assert rows == [(FICTION, NOW, "STOP", ""), (FICTION + 1, NOW, "PERSON", "Erreur")]
