"""Without Redis, or with one that accepts and never answers, every page answers as it does with it, and work waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from contacts.models import Exclusion, Import
from contacts.operations import imports
from smsplatform.accounts.models import Account, Role, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.jobs import wakeups
from smsplatform.lib.circuit import REDIS
from tests.conftest import NOW, MakeMember, SignIn
from tests.contacts.operations.importing import analysed
from tests.embedded.running import ROOT
from tests.redis_away import AWAY, hung, redis_at
from tests.test_every_address import MAKERS
from tests.test_every_door import DOORS, WRITTEN

LOGIN = reverse("account_login")
PASSWORD = "boulange-2026"
OTHERS = ["home", "account_login", "account_reset_password", "account_change_password", "mfa_index", "account_logout"]
Away = Callable[[], Any]


@pytest.fixture(params=["stopped", "hung"])
def away(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Away:
    """Takes Redis away for a block; yields the connections that a hung one has accepted."""

    @contextmanager
    def taken_away() -> Iterator[list[Any]]:
        if request.param == "stopped":
            with redis_at(AWAY, settings, monkeypatch):
                yield []
        else:
            with hung() as redis, redis_at(redis.address, settings, monkeypatch):
                yield redis.connections

    return taken_away


@pytest.fixture
def person(account: Account, make_member: MakeMember) -> User:
    """Somebody who may do everything in the account."""
    person = make_member(account, "admin@example.com", Role.ADMIN)
    person.set_password(PASSWORD)
    person.save()
    return person


def answers(client: Client, urls: list[str]) -> dict[str, tuple[int, str]]:
    found = {}
    for url in urls:
        response = client.get(url)
        found[url] = (response.status_code, response.headers.get("Location", ""))
        b"".join(response)  # a file is closed once it is read
    return found


@pytest.mark.parametrize("mode", Account.Mode.values)
def test_every_page_answers_as_with_redis(
    mode: str, account: Account, person: User, sign_in: SignIn, away: Away
) -> None:
    account.mode = mode
    account.save()
    with account_context(account):
        parts = {part for parts in DOORS.values() for part in parts if part not in WRITTEN}
        made = {part: MAKERS[part](account).pk for part in parts - {"import_id"}}
        things = made | WRITTEN | {"import_id": analysed(account, person).pk}
        doors = [reverse(name, args=[things[part] for part in parts]) for name, parts in DOORS.items()]
        urls = [*map(reverse, OTHERS), *doors]
    client = sign_in(person)
    with_redis = answers(client, urls)

    with away() as connections:
        without = answers(client, urls)

    assert without == with_redis
    assert len(connections) <= 2
    assert max(status for status, _ in without.values()) < 500


def test_a_list_is_begun_and_an_exclusion_added(
    account: Account, person: User, sign_in: SignIn, away: Away, django_capture_on_commit_callbacks: Any
) -> None:
    client = sign_in(person)
    file = SimpleUploadedFile("clients.csv", b"Mobile\n06 12 34 56 78\n")

    with away() as connections, django_capture_on_commit_callbacks(execute=True):
        begun = client.post(reverse("contacts:list_create"), {"name": "Clients", "source": "FILE", "file": file})
        added = client.post(reverse("contacts:exclusion_add"), {"number": "06 12 34 56 78", "reason": "Courrier"})

    assert (begun.status_code, added.status_code) == (302, 302)
    assert len(connections) <= 2
    with account_context(account):
        assert Import.objects.get().status == Import.Status.UPLOADED
        assert Exclusion.objects.get().phone == 33612345678


def test_one_signs_in_and_guesses_are_still_limited(person: User, client: Client, away: Away) -> None:
    with away():
        guesses = [client.post(LOGIN, {"login": person.email, "password": f"wrong-{n}"}) for n in range(6)]
        with_the_right_one = client.post(LOGIN, {"login": person.email, "password": PASSWORD})

    assert "incorrects" in guesses[0].content.decode()
    assert "incorrects" not in guesses[5].content.decode()
    assert (with_the_right_one.status_code, "_auth_user_id" in client.session) == (200, False)


def test_signing_in_needs_no_redis(person: User, client: Client, away: Away) -> None:
    with away():
        response = client.post(LOGIN, {"login": person.email, "password": PASSWORD})

        assert (response.status_code, client.get("/").headers["Location"]) == (302, reverse("contacts:list_index"))


def test_a_hung_redis_is_asked_once_and_then_left_alone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with hung() as redis, redis_at(redis.address, settings, monkeypatch):
        for _ in range(20):
            cache.set("key", 1)
            wakeups.send("contacts.tasks.rescue_imports")

        assert len(redis.connections) == 1
        assert cache.get("key") == 1


def test_a_broker_that_hangs_while_a_call_is_sent_is_left_alone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with hung() as redis, redis_at(redis.address, settings, monkeypatch):
        for _ in range(20):
            wakeups.send("contacts.tasks.rescue_imports")

        assert len(redis.connections) == 1


def test_redis_is_used_again_once_it_is_back(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.set("key", "far")
    with redis_at(AWAY, settings, monkeypatch):
        cache.set("key", "near")
        near = cache.get("key")
        assert REDIS.is_away
        monkeypatch.setattr(REDIS, "_left_alone_until", 0.0)
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": settings.REDIS_URL}}
        back = cache.get("key")

    assert (near, back, REDIS.is_away) == ("near", "far", False)


def test_a_lost_call_is_repeated_by_the_rescue(
    account: Account, person: User, away: Away, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    file = SimpleUploadedFile("clients.csv", b"Mobile\n06 12 34 56 78\n")
    with away(), django_capture_on_commit_callbacks(execute=True), account_context(account):
        imported = imports.upload(account, list_name="Clients", file=file, by=person, now=NOW)
    called: list[Any] = []
    monkeypatch.setattr(wakeups, "send", lambda task, **ids: called.append((task, ids)))

    with django_capture_on_commit_callbacks(execute=True):
        imports.rescue(account, now=NOW + 2 * imports.CALL_AGAIN_AFTER)

    ids = {"account_id": account.pk, "import_id": imported.pk}
    assert called == [("contacts.tasks.analyse_import", ids)]


def test_health_says_that_redis_is_away(db: None, client: Client, away: Away) -> None:
    with_redis = client.get("/health/")
    with away():
        without = client.get("/health/")

    assert (with_redis.status_code, with_redis.json()) == (200, {"status": "ok"})
    assert (without.status_code, without.json()) == (200, {"status": "degraded", "redis": "away"})


def test_health_says_that_postgresql_is_away(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as away:
        away.setattr(connection, "cursor", refused)
        response = client.get("/health/")

    assert (response.status_code, response.json()) == (503, {"status": "down", "postgres": "away"})


def test_workers_are_called_in_one_way() -> None:
    sources = [path for app in ("contacts", "directory", "smsplatform") for path in (ROOT / app).rglob("*.py")]

    callers = [path.relative_to(ROOT) for path in sources if "send_task" in path.read_text()]

    assert callers == [Path("smsplatform/jobs/wakeups.py")]
