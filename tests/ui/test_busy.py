"""A database that is busy or away is explained, at whatever point of the request, and nothing that somebody typed is lost."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import InternalError, OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import translation

from contacts.models import ContactList
from smsplatform import busy
from smsplatform.accounts.models import Account, AuditEvent, Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import SignIn
from tests.contacts.factories import make_list
from tests.together import PATIENCE_SECONDS, shared_account, started

BUSY_TITLE, AWAY_TITLE = "Occupé : rien n'a été fait", "Nous sommes injoignables pour le moment"


def raised(error: type[Exception], cause: Exception | None) -> Exception:
    """Return an error as Django raises it for one of the driver's."""
    made = error("words of the server, which may quote a number")
    made.__cause__ = cause
    return made


def lock_timeout() -> Exception:
    return raised(OperationalError, psycopg.errors.LockNotAvailable())


@pytest.mark.parametrize(
    "error, kind",
    [
        (lock_timeout(), "busy"),
        (raised(OperationalError, psycopg.errors.QueryCanceled()), "busy"),
        (raised(OperationalError, psycopg.errors.DeadlockDetected()), "busy"),
        (raised(InternalError, psycopg.errors.IdleInTransactionSessionTimeout()), "busy"),
        (psycopg.errors.LockNotAvailable(), "busy"),
        (raised(OperationalError, psycopg.OperationalError("connection refused")), "away"),
        (raised(OperationalError, psycopg.errors.AdminShutdown()), "away"),
        (raised(OperationalError, psycopg.errors.TooManyConnections()), "away"),
        (raised(ProgrammingError, psycopg.errors.UndefinedColumn()), None),
        (ValueError(), None),
        (None, None),
    ],
)
def test_what_passes_by_itself_is_told_from_what_is_broken(error: Exception | None, kind: str | None) -> None:
    assert busy.kind_of(error) == kind


FORM = "application/x-www-form-urlencoded"
TYPED = {"name": "Clients d’été", "more": ["1", "<b>"], "csrfmiddlewaretoken": "old"}


def answered(
    error: Exception, typed: Mapping[str, Any] = MappingProxyType({}), content_type: str = FORM, **changes: Any
) -> Any:
    """Return the answer to a request in which this error comes up, without any database."""
    request = RequestFactory().post(
        "/lists/1/disable/?page=2", urlencode({**TYPED, **typed}, doseq=True), content_type=content_type
    )
    request.resolver_match = resolve("/lists/1/disable/")
    for name, value in changes.items():
        setattr(request, name, value)
    with translation.override("fr"):
        request.LANGUAGE_CODE = "fr"
        try:
            raise error
        except Exception:
            return busy.server_error(request)


def test_a_form_that_waited_too_long_can_be_sent_again_as_it_was() -> None:
    response = answered(lock_timeout())

    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
    assert f"<h1>{BUSY_TITLE}</h1>" in page
    assert '<form method="post" action="/lists/1/disable/?page=2">' in page
    assert re.findall(r'name="(name|more)" value="([^"]*)"', page) == [
        ("name", "Clients d’été"),
        ("more", "1"),
        ("more", "&lt;b&gt;"),
    ]
    assert "may quote a number" not in page


@pytest.mark.parametrize(
    "changes",
    [
        {"content_type": "multipart/form-data; boundary=x"},
        {"resolver_match": resolve("/auth/login/")},
        {"typed": {"description": "x" * busy.SENT_AGAIN_CHARACTERS}},
        {"resolver_match": None},
    ],
    ids=["a file", "a password", "very long", "no address of ours"],
)
def test_what_a_button_must_not_send_again_waits_behind_the_browsers_back_button(changes: dict[str, Any]) -> None:
    page = answered(lock_timeout(), **changes).content.decode()

    assert "<form" not in page
    assert "bouton Précédent" in page


def test_a_page_that_waited_too_long_is_asked_for_again_by_a_link() -> None:
    page = answered(lock_timeout(), method="GET").content.decode()

    assert '<a class="btn btn-primary" href="/lists/1/disable/?page=2">' in page


def test_where_the_database_went_away_nobody_is_told_that_nothing_was_done() -> None:
    response = answered(raised(OperationalError, psycopg.OperationalError("connection refused")))

    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "15")
    assert f"<h1>{AWAY_TITLE}</h1>" in page
    assert ("<form" in page, "rien n'a été fait" in page) == (False, False)


def test_a_program_is_answered_in_its_own_way() -> None:
    request = RequestFactory(headers={"accept": "application/json"}).get("/lists/")

    response = busy.answer(request, "busy")

    assert (response.status_code, json.loads(response.content)["code"]) == (503, "BUSY")


def test_what_is_broken_stays_a_500() -> None:
    assert answered(ValueError()).status_code == 500


@pytest.mark.parametrize("address", ["/", "/lists/", "/auth/login/", "/auth/password/reset/", "/nothing/"])
def test_without_a_database_every_page_says_so_in_words(
    address: str, client: Client, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "s" * 32
    client.raise_request_exception = False

    def refuses(*args: Any, **kwargs: Any) -> None:
        raise raised(OperationalError, psycopg.OperationalError("connection refused"))

    with connection.execute_wrapper(refuses):
        response = client.get(address, headers={"accept-language": "fr"})

    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"], AWAY_TITLE in page) == (503, "15", True)
    assert ("Traceback" in page, "refused" in page) == (False, False)


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    with shared_account(django_db_blocker) as (account, author):
        with account_context(account):
            Membership.objects.create(account=account, user=author, role=Role.MARKETER)
        yield account, author
        with account_context(account):
            Membership.objects.filter(account=account).delete()


def test_a_list_that_an_import_has_is_left_alone_until_it_is_sent_again(
    owner: tuple[Account, User], sign_in: SignIn
) -> None:
    account, author = owner
    with account_context(account):
        contact_list = make_list(account)
    client, address = sign_in(author), reverse("contacts:list_disable", args=[contact_list.pk])
    client.raise_request_exception = False
    held = threading.Event()
    ended = threading.Event()

    def hold() -> None:
        ContactList.objects.select_for_update().get(pk=contact_list.pk)
        held.set()
        assert ended.wait(PATIENCE_SECONDS)

    importing = started(account, hold)
    assert held.wait(PATIENCE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '100ms'")  # as the web's connections have
    try:
        while_held = client.post(address)
        ended.set()
        importing.join(PATIENCE_SECONDS)
        afterwards = client.post(address)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("reset lock_timeout")

    assert (while_held.status_code, BUSY_TITLE in while_held.content.decode()) == (503, True)
    assert afterwards.status_code == 302
    with account_context(account):
        assert ContactList.objects.get().status == "DISABLED"
        assert list(AuditEvent.objects.values_list("action", flat=True)) == ["LIST_DISABLED"]
