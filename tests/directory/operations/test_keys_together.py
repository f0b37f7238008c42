"""Search keys and counts are kept while others have transactions open on the same directory."""

import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections

from directory.models import ContactKey
from directory.operations import key_making, keys
from directory.queries import facets
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.directory.factories import make_contact, make_directory
from tests.together import PATIENCE_SECONDS, shared_account

CITY, ONE, TWO = "a8", 33612345671, 33612345672


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[Account]:
    """An account with one contact that other connections see too."""
    with shared_account(django_db_blocker) as (account, _author):
        with account_context(account):
            make_directory(account)
            make_contact(account, ONE, {CITY: "Laval"})
        yield account


def in_thread(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def test_a_facet_waits_for_those_who_wrote_before_it_was_registered(
    shared: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = threading.Event()

    def sleep(seconds: float) -> None:
        waits.set()
        time.sleep(0.02)

    monkeypatch.setattr(key_making, "time", SimpleNamespace(sleep=sleep))

    def make() -> bool:
        with account_context(shared):
            keys.register(shared, [CITY], NOW)
        return key_making.make(shared, facet=CITY, now=NOW)

    with account_context(shared):
        make_contact(shared, TWO, {CITY: "Brest"})
        keys.rekey(shared, [TWO])  # finds no facet
        thread, results = in_thread(make)
        assert waits.wait(PATIENCE_SECONDS)
        assert results == []
    thread.join(PATIENCE_SECONDS)

    assert results == [True]
    with account_context(shared):
        found = set(ContactKey.objects.filter(account=shared, facet=CITY).values_list("key", "phone"))
        assert found == {("laval", ONE), ("brest", TWO)}
        assert set(facets.of(shared).made) == {CITY}


def test_only_one_worker_makes_a_facet(shared: Account) -> None:
    with account_context(shared):
        keys.register(shared, [CITY], NOW)

    with key_making._alone(shared, f"facet {CITY}") as is_alone:
        thread, results = in_thread(lambda: key_making.make(shared, facet=CITY, now=NOW))
        thread.join(PATIENCE_SECONDS)

    assert is_alone
    assert results == [False]


def test_counts_are_exact_while_somebody_adds_contacts(shared: Account) -> None:
    def fold() -> int:
        with account_context(shared):
            return keys.tally(shared, now=NOW)

    with account_context(shared):
        make_contact(shared, TWO + 1)
    with account_context(shared):
        make_contact(shared, TWO)
        thread, results = in_thread(fold)
        thread.join(PATIENCE_SECONDS)
        assert results == [2]

    with account_context(shared):
        assert contact_count(shared) == 3
        assert keys.tally(shared, now=NOW) == 2
        assert contact_count(shared) == 3
