"""While somebody brings numbers, exclusions stay as they are: none comes back between its exclusion and its digest."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from contacts.models import ErasedExclusion, Erasure, Exclusion
from contacts.operations import erased_exclusions, erasure, imports
from contacts.queries import erased
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib import waiting
from tests.conftest import NOW
from tests.contacts.operations.importing import confirmed
from tests.together import elsewhere, shared_account, started

PHONE = 33612340001


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    with shared_account(django_db_blocker) as (account, author):
        with account_context(account):
            Exclusion.objects.create(account=account, phone=PHONE, source="STOP", at=NOW)
        yield account, author


def keep(account: Account) -> bool:
    """Make digests as the search for deleted people does; return whether they could be made."""
    found = erasure.Found()
    erasure._keep_excluded(account, Erasure(account=account, phones=[PHONE]), found)
    return found.is_all


def kept(account: Account) -> tuple[int, int]:
    """Return how many exclusions and digests there are."""
    with account_context(account):
        rows = (Exclusion.objects.filter(account=account), ErasedExclusion.objects.filter(account=account))
        return rows[0].count(), rows[1].count()


def test_digests_wait_for_whoever_brings_numbers(shared: tuple[Account, User]) -> None:
    account, _author = shared
    asked, may_end = Event(), Event()

    def bring() -> None:
        erased_exclusions.revive(account, phones=[PHONE])
        asked.set()
        may_end.wait(20)

    bringing = started(account, bring)
    asked.wait(20)
    was_made = keep(account)
    meanwhile = kept(account)
    may_end.set()
    bringing.join(20)

    assert (was_made, meanwhile) == (False, (1, 0))
    assert (keep(account), kept(account)) == (True, (0, 1))


def test_an_import_keeps_digests_waiting_before_it_looks_at_them(
    shared: tuple[Account, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = shared
    with account_context(account):
        imported = confirmed(account, author)
    had_alone: list[bool] = []
    look = erased.Erased.of

    def looked(of: Account) -> Any:
        def take() -> None:
            had_alone.append(waiting.take_alone(erased_exclusions.RETURNING, account.pk, seconds=0))

        elsewhere(account, take)
        return look(of)

    monkeypatch.setattr(erased.Erased, "of", looked)

    imports.run(account, import_id=imported.pk, now=NOW)

    assert had_alone == [False]
