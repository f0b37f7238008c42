"""Every address of ours, given tokens that were sealed for another account, person or purpose: nothing in them is read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.filter_forms import Criterion, Draft
from directory.queries import selections
from directory.queries.query import Query, Selection
from smsplatform.accounts.models import Account
from smsplatform.lib.sealed import PERSONAL, Purpose, seal
from tests.contacts.factories import FICTION
from tests.support import signing_in
from tests.support.world import World, make_directory, make_lists, taken_back, uncommitted
from tests.test_every_door import DOORS

SECRET, PHONE = "Zorglub", FICTION + 9
# What a token holds, as its maker seals it, and the parameters that it travels in.
HELD: dict[Purpose, tuple[Any, set[str]]] = {
    Purpose.LIST_PLACE: (PHONE, {"after"}),
    Purpose.ENTRY: (PHONE, {"entry"}),
    Purpose.ENTRY_PLACE: (["", PHONE, False], {"at"}),
    Purpose.ENTRY_SEARCH: (SECRET, {"q"}),
    Purpose.EXCLUSION_SEARCH: (SECRET, {"number"}),
    Purpose.CONTACT: (PHONE, {"contact"}),
    Purpose.CONTACT_PLACE: (["", PHONE], {"page"}),
    Purpose.CONTACT_QUERY: (Query(search=SECRET).to_json(), {"q"}),
    Purpose.CONTACT_SEEN: ([PHONE, {"a1": SECRET}], {"seen"}),
    Purpose.FILTER_DRAFT: (Draft(criteria=[Criterion("a1", "EQUALS", SECRET)]).to_json(), {"draft"}),
    Purpose.SELECTION: (selections.to_json(Selection(Query(search=SECRET), (PHONE,))), {"selection"}),
}

Found = dict[str, list[tuple[int, str]]]


def token(purpose: Purpose, account: int, person: int) -> str:
    given: dict[str, Any] = {"purpose": purpose, "account": account}
    return seal(HELD[purpose][0], **given | ({"person": person} if purpose in PERSONAL else {}))


@pytest.fixture(scope="module", params=[make_lists, make_directory], ids=["lists", "directory"])
def world(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with uncommitted(django_db_blocker, request.param) as made:
        yield made


def answers(world: World, sent: dict[str, str]) -> Found:
    """Ask every address with the parameters, by both methods; return their status and text."""
    found = {}
    for name, converters in DOORS.items():
        if not all(f"{name}.{part}" in world.ids or part in world.ids for part in converters):
            continue  # an address of the other kind of account
        with taken_back():
            client = Client(raise_request_exception=False)
            signing_in.sign_in(client, world.person)
            url = reverse(name, args=world.args(name, converters))
            responses = [client.get(url, sent), client.post(f"{url}?entry={sent['entry']}", sent)]
            found[name] = [(response.status_code, text_of(response)) for response in responses]
    return found


def text_of(response: Any) -> str:
    return str(response.getvalue().decode(errors="replace"))


def test_each_purpose_is_known_here() -> None:
    assert set(HELD) == set(Purpose)


def fields_of(world: World, token_for: Callable[[Purpose], str]) -> dict[str, str]:
    """Return a token for each parameter; "q" has two purposes, each in its own kind of account."""
    query = Purpose.CONTACT_QUERY if has_directory(world) else Purpose.ENTRY_SEARCH
    purposes = {field: purpose for purpose, (_value, fields) in HELD.items() for field in fields} | {"q": query}
    return {field: token_for(purpose) for field, purpose in purposes.items()}


def has_directory(world: World) -> bool:
    return world.account.mode == Account.Mode.DIRECTORY


def reading(found: Found) -> set[str]:
    return {name for name, responses in found.items() if any(SECRET in text for _status, text in responses)}


def failing(found: Found) -> set[str]:
    return {name for name, responses in found.items() if any(status >= 500 for status, _text in responses)}


def test_tokens_of_ones_own_are_read(world: World) -> None:
    """Without which the test below would show nothing."""
    found = answers(world, fields_of(world, lambda purpose: token(purpose, world.account.pk, world.person.pk)))

    with_directory = {"directory:contact_index", "directory:list_show", "directory:list_save_rule"}
    own = with_directory if has_directory(world) else {"contacts:list_edit"}
    assert own | {"contacts:exclusion_index"} <= reading(found)
    assert failing(found) == set()


@pytest.mark.parametrize("of", ["account or person", "purpose"])
def test_other_tokens_say_nothing(of: str, world: World) -> None:
    account, person, purposes = world.account.pk, world.person.pk, list(Purpose)

    def foreign(purpose: Purpose) -> str:
        if of == "purpose":
            return token(purposes[purposes.index(purpose) - 1], account, person)
        return token(purpose, *((account, person + 1) if purpose in PERSONAL else (account + 1, person)))

    found = answers(world, fields_of(world, foreign))

    assert reading(found) == set()
    assert failing(found) == set()
