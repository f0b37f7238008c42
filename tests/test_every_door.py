"""Every address of ours, tried by somebody who may not: a visitor is asked to sign in, a reader changes nothing."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.encoding import escape_uri_path

from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import SignIn
from tests.test_every_address import MAKERS, OURS, everything

# Addresses that answer a visitor, and why.
OPEN_TO_VISITORS = {
    "accounts:invitation_accept": "the link of the e-mail is its own proof, and a new person has no access yet",
    "accounts:language": "the pages before signing in speak several languages",
}
# Addresses that a reader may post to, and why.
OPEN_TO_READERS = {
    "accounts:invitation_accept": "the link of the e-mail is its own proof; a forged one is refused (410)",
    "accounts:language": "changes the person's own profile",
    "accounts:preferences": "changes the person's own profile",
    "accounts:theme": "changes the person's own profile",
    "accounts:session_end": "signs out one of the person's own browsers",
    "accounts:sessions_end": "signs out the person's own browsers",
    "accounts:switch": "changes the person's own session",
    "contacts:list_edit_search": "only leads to the page: posted, so that no number stands in an address",
    "directory:contact_search": "only leads to the table: posted, so that nothing searched for stands in an address",
    "directory:contact_columns": "changes what the person sees of the table, for themselves only",
    "contacts:exclusion_search": "only leads to the table: posted, so that no number stands in an address",
}
WRITTEN = {"token": "forged"}


def doors(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the arguments of each address of ours."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from doors(entry, entry.namespace or namespace)
        elif isinstance(entry, URLPattern) and namespace in OURS:
            yield f"{namespace}:{entry.name}", list(entry.pattern.converters)


DOORS = dict(doors(get_resolver()))


def address(name: str, account: Account) -> str:
    """Return an address with existing things of the account in it. Needs the account's context."""
    return reverse(name, args=[WRITTEN.get(part) or MAKERS[part](account).pk for part in DOORS[name]])


def all_addresses(account: Account) -> dict[str, str]:
    """Return every address with the same few things of the account in it. Needs the account's context."""
    made = {
        part: MAKERS[part](account).pk for part in {part for parts in DOORS.values() for part in parts} - set(WRITTEN)
    }
    return {name: reverse(name, args=[(WRITTEN | made)[part] for part in parts]) for name, parts in DOORS.items()}


def tried(client: Client, url: str) -> dict[str, Any]:
    return {method: getattr(client, method)(url) for method in ("get", "post")}


def test_there_are_doors_to_try_and_no_exception_is_out_of_date() -> None:
    assert len(DOORS) >= 28
    assert set(OPEN_TO_VISITORS) | set(OPEN_TO_READERS) <= set(DOORS)


@pytest.mark.parametrize("name", [name for name in DOORS if name not in OPEN_TO_VISITORS])
def test_a_visitor_is_asked_to_sign_in(name: str, account: Account, marketer: User, client: Client) -> None:
    with account_context(account):
        url = address(name, account)
        before = everything()

    responses = tried(client, url)

    sign_in = f"{reverse('account_login')}?next={quote(escape_uri_path(url))}"
    answers = {method: response.headers.get("Location", response.status_code) for method, response in responses.items()}
    # 405 where the address does not know the method at all; it knows one of them.
    assert set(answers.values()) - {405} == {sign_in}
    with account_context(account):
        assert everything() == before


@pytest.mark.parametrize("name", [name for name in DOORS if name not in OPEN_TO_READERS])
def test_a_reader_posts_nothing(name: str, account: Account, reader: User, sign_in: SignIn) -> None:
    with account_context(account):
        url = address(name, account)
        before = everything()

    response = sign_in(reader).post(url)

    assert response.status_code in {403, 405}
    with account_context(account):
        assert everything() == before


@pytest.mark.parametrize("name", OPEN_TO_READERS)
def test_what_a_reader_may_post_changes_nothing_of_the_account(
    name: str, account: Account, reader: User, sign_in: SignIn
) -> None:
    with account_context(account):
        url = address(name, account)
        before = everything()

    sign_in(reader).post(url)

    with account_context(account):
        assert everything() == before
