"""Fixtures of every test: one migrated database per process, accounts, people and signed-in clients."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql

from smsplatform.accounts import tenancy
from smsplatform.accounts.management.commands.prepare import migrate
from smsplatform.accounts.models import Account, Membership, Role, User
from tests import owner
from tests.support import signing_in
from tools import browser as chromium

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


# What passed once passes again: new examples are looked for by `./test --slow` and by running a file alone.
hypothesis.settings.register_profile("repeatable", derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """Serve static files under their own names: only `prepare` makes the hashed ones, which the browser tests use."""
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.MIN_FREE_DISK_PERCENT = 0  # how full this machine is says nothing about the code
    # A busy machine is not a Redis that is away.
    settings.CACHES["default"]["OPTIONS"] = {"socket_timeout": 10, "socket_connect_timeout": 10}
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if config.option.markexpr == "not slow":
        hypothesis.settings.load_profile("repeatable")


def owner_url(database: str) -> str:
    owner = connections["owner"].settings_dict
    return psycopg.conninfo.make_conninfo(
        dbname=database,
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        host=owner["HOST"] or None,
        port=owner["PORT"] or None,
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest, worker_id: str) -> Iterator[None]:
    """Make a database as the owner, then test as the application's role: row-level security is on in every test."""
    name = f"test_{settings.DATABASES['default']['NAME']}_{worker_id}"
    with psycopg.connect(owner_url("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name
    with django_db_blocker.unblock():
        migrate()
        owner.install()
        connections["owner"].close()
    yield
    connections.close_all()


@pytest.fixture(autouse=True)
def _own_cache() -> Iterator[None]:
    """Rate limits and sessions of one test must not reach the next."""
    cache.key_prefix = f"test:{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    yield
    cache.clear() if not os.environ.get("PYTEST_XDIST_WORKER") else None


@pytest.fixture
def account(db: None) -> Account:
    return Account.objects.create(name="Boulangerie Martin")


@pytest.fixture
def other_account(db: None) -> Account:
    return Account.objects.create(name="Mairie de Laval", mode=Account.Mode.DIRECTORY)


@pytest.fixture
def in_account(account: Account) -> Iterator[Account]:
    """The account, with its context open for the whole test."""
    with tenancy.account_context(account):
        yield account


MakeMember = Callable[..., User]


@pytest.fixture
def make_member(db: None) -> MakeMember:
    def make(account: Account, email: str, role: Role = Role.MARKETER, **rights: bool) -> User:
        user = User.objects.create_user(email, name=email.split("@")[0].capitalize())
        with tenancy.account_context(account):
            Membership.objects.create(account=account, user=user, role=role, **rights)
        return user

    return make


@pytest.fixture
def marketer(account: Account, make_member: MakeMember) -> User:
    return make_member(account, "marketer@example.com")


@pytest.fixture
def stranger(other_account: Account, make_member: MakeMember) -> User:
    """A marketer of the other account."""
    return make_member(other_account, "stranger@example.com")


@pytest.fixture
def reader(account: Account, make_member: MakeMember) -> User:
    return make_member(account, "reader@example.com", Role.READ_ONLY, import_allowed=False, export_allowed=False)


SignIn = Callable[..., Client]


@pytest.fixture
def sign_in() -> SignIn:
    def make(user: User, **how: Any) -> Client:
        client = Client()
        signing_in.sign_in(client, user, **how)
        return client

    return make


# Per module: while Playwright's loop runs in the process, Django refuses every query.
@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium.find(), args=CHROMIUM_FLAGS)
