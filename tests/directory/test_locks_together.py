"""While an import has the contacts, those who come meanwhile are told so or let through: nobody waits for its end."""

from collections.abc import Iterator
from typing import Any

import pytest

from contacts.models import ContactList
from directory.operations import living, locks, numbers
from directory.queries.query import Query
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION
from tests.directory.factories import make_diffusion_list
from tests.together import PATIENCE_SECONDS, elsewhere, shared_account, started


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    """An account with a directory that other connections see too."""
    with shared_account(django_db_blocker) as (account, author):
        Account.objects.filter(pk=account.pk).update(mode=Account.Mode.DIRECTORY)
        account.refresh_from_db()
        yield account, author


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(living, "READER_WAITS", "100ms")


def test_others_add_contacts_while_a_worker_waits_to_delete_some(owner: tuple[Account, User]) -> None:
    account, _author = owner
    with account_context(account):
        locks.add(account.pk)  # an import is being written
        worker = started(account, lambda: locks.remove(account.pk, patient=True))
        worker.join(0.3)

        was_let_through = elsewhere(account, lambda: locks.add(account.pk))

        assert worker.is_alive()
    worker.join(PATIENCE_SECONDS)

    assert was_let_through
    assert not worker.is_alive()


def test_reading_a_living_list_does_not_wait_for_who_writes_it(owner: tuple[Account, User]) -> None:
    account, _author = owner
    with account_context(account):
        made = make_diffusion_list(account, rule=Query(search="Lyon").to_json())
    fresh: list[bool] = []
    with account_context(account):
        ContactList.objects.select_for_update().get(pk=made.pk)

        has_ended = elsewhere(account, lambda: fresh.append(living.freshen(account, contact_list=made, now=NOW)))

    assert (has_ended, fresh) == (True, [False])


def test_pasting_numbers_says_that_somebody_writes_the_list(
    owner: tuple[Account, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, author = owner
    with account_context(account):
        made = make_diffusion_list(account)
    refused: list[str] = []

    def paste() -> None:
        try:
            with locks.impatient("100ms"):
                given = {"contact_list": made, "phones": [FICTION], "creates_unknown": True}
                numbers.add_numbers(account, **given, by=author, now=NOW)
        except locks.DirectoryBusy as error:
            refused.append(error.code)

    with account_context(account):
        ContactList.objects.select_for_update().get(pk=made.pk)
        has_ended = elsewhere(account, paste)

    assert (has_ended, refused) == (True, ["DIRECTORY_BUSY"])


def test_a_new_rule_waits_for_who_deletes_contacts_before_it_takes_the_list(owner: tuple[Account, User]) -> None:
    account, author = owner
    with account_context(account):
        made = make_diffusion_list(account, rule=Query(search="Lyon").to_json())
    new = {"contact_list": made, "query": Query(search="Nice"), "by": author, "now": NOW}
    with account_context(account):
        locks.remove(account.pk)
        changing = started(account, lambda: living.set_rule(account, **new))
        changing.join(0.5)

        ContactList.objects.select_for_update(nowait=True).get(pk=made.pk)

    changing.join(PATIENCE_SECONDS)
    with account_context(account):
        assert ContactList.objects.get(pk=made.pk).rule == Query(search="Nice").to_json()
