"""Many people add, remove, exclude and delete the same contacts at once: nobody fails, and the directory stays whole."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from contacts.models import ContactList, Exclusion, ListEntry
from contacts.operations import exclusions
from directory.models import Contact
from directory.operations import erasure, members, numbers
from directory.queries.query import Query, Selection, contact_count
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.directory.factories import make_contact, make_diffusion_list, make_directory
from tests.together import shared_account

FIRST = 33612340000
CONTACTS, ROUNDS = 120, 6


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[Account]:
    """An account with two lists that other connections see too."""
    with shared_account(django_db_blocker) as (account, _author):
        with account_context(account):
            make_directory(account)
            for number in range(CONTACTS):
                make_contact(account, FIRST + number)
            make_diffusion_list(account, "A", [FIRST + number for number in range(40)])
            make_diffusion_list(account, "B", [FIRST + number for number in range(20, 80)])
        yield account


def works(account: Account, first: ContactList, second: ContactList) -> list[Callable[[int], object]]:
    """Return what each of the people does in a round."""
    everybody = Selection()

    def some(start: int, count: int = 30) -> tuple[int, ...]:
        return tuple(FIRST + (start + number) % CONTACTS for number in range(count))

    return [
        lambda turn: members.add(account, contact_list=first, selection=everybody, now=NOW),
        lambda turn: members.add(account, contact_list=first, selection=Selection(Query(list_id=second.pk)), now=NOW),
        lambda turn: members.add(account, contact_list=second, selection=Selection(Query(list_id=first.pk)), now=NOW),
        lambda turn: members.remove(account, contact_list=first, selection=Selection(phones=some(turn * 7)), now=NOW),
        lambda turn: members.remove(account, contact_list=second, selection=Selection(phones=some(turn * 11)), now=NOW),
        lambda turn: exclusions.add(
            account, phones=some(turn * 13, 5), source=Exclusion.Source.PERSON, by=None, now=NOW
        ),
        lambda turn: erasure.erase(account, phones=some(turn * 17, 8), now=NOW, patient=True),
        lambda turn: numbers.add_numbers(
            account, contact_list=second, phones=some(turn * 19, 10), creates_unknown=True, by=None, now=NOW
        ),
    ]


def test_nobody_fails_and_everything_adds_up(owner: Account) -> None:
    with account_context(owner):
        first, second = ContactList.objects.order_by("name")
    failures: list[Exception] = []
    people = works(owner, first, second)
    start = threading.Barrier(len(people))

    def go(work: Callable[[int], object]) -> None:
        try:
            start.wait()
            for turn in range(ROUNDS):
                with account_context(owner):
                    work(turn)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(work,)) for work in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with account_context(owner):
        known = set(Contact.objects.values_list("phone", flat=True))
        excluded = set(Exclusion.objects.values_list("phone", flat=True))
        assert contact_count(owner) == len(known)
        for contact_list in ContactList.objects.all():
            inside = set(ListEntry.objects.filter(contact_list=contact_list).values_list("phone", flat=True))
            counts = (contact_list.contact_count, contact_list.excluded_count)
            assert (counts, inside - known) == ((len(inside), len(inside & excluded)), set())
