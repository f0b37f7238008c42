"""The register of personal data says all: every table, every column, every key of JSON that a walk through the product writes."""

from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection

from contacts import personal_data as of_lists
from directory import personal_data as of_directory
from directory.queries import facets
from smsplatform.accounts import personal_data as of_accounts
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.rights import TABLES as RIGHTS
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib.personal_data import Table, paths
from tests import walk

REGISTER: dict[str, Table] = {**of_accounts.TABLES, **of_lists.TABLES, **of_directory.TABLES}


def columns() -> dict[str, list[tuple[str, str]]]:
    """Return the columns of every table of the database, each with its type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, a.attname, format_type(a.atttypid, null) from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0"
            " and not a.attisdropped"
        )
        found: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in cursor.fetchall():
            found.setdefault(table, []).append((column, kind))
    return found


def test_every_table_and_every_column_is_registered_once(db: None) -> None:
    found = {table: Counter(name for name, _kind in each) for table, each in columns().items()}

    assert {table: Counter(each.columns()) for table, each in REGISTER.items()} == found


def test_no_table_is_in_two_registers() -> None:
    registers = (of_accounts.TABLES, of_lists.TABLES, of_directory.TABLES)

    assert sum(map(len, registers)) == len(REGISTER) == len(RIGHTS)


def test_every_number_of_a_person_is_registered_as_one(db: None) -> None:
    named = {(table, name) for table, each in columns().items() for name, _kind in each if "phone" in name}

    assert named == {(table, name) for table, each in REGISTER.items() for name in each.number.split()}


def test_every_file_of_a_model_is_registered_as_one(db: None) -> None:
    named = {(table, name) for table, each in columns().items() for name, _kind in each if name.endswith("path")}

    assert named == {(table, name) for table, each in REGISTER.items() for name in each.files.split()}


def test_every_column_of_json_has_its_keys_registered(db: None) -> None:
    json = {(table, name) for table, each in columns().items() for name, kind in each if kind == "jsonb"}

    assert json == {(table, name) for table, each in REGISTER.items() for name in each.keys}


def test_what_expires_names_its_own_columns(db: None) -> None:
    expiring = {table: each for table, each in REGISTER.items() if each.expires}

    assert set(expiring) == {"contacts_export", "directory_contactbatch"}
    assert [t for t, each in expiring.items() if not set(each.expires) <= set(each.columns())] == []


def written(table: str, column: str) -> set[str]:
    """Return the keys that the account's rows have in a column of JSON."""
    model: Any = next(model for model in apps.get_models() if model._meta.db_table == table)
    values = model._default_manager.values_list(column, flat=True)
    return {path for value in values for path in paths(value)}


def test_every_key_that_the_product_writes_is_registered(
    account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "LARGE_CONTACTS", 0)
    with account_context(account):
        walk.in_lists(account, marketer)
        walk.switched_on(account, marketer)
        walk.in_the_directory(account, marketer)
        found = {
            (table, column): {path for path in written(table, column) if not each.knows(column, path)}
            for table, each in REGISTER.items()
            for column in each.keys
            if table not in OF_PEOPLE
        }

    assert {place: unknown for place, unknown in found.items() if unknown} == {}


OF_PEOPLE = {"mfa_authenticator"}  # secrets of second factors, sealed


def test_every_folder_of_files_is_registered(account: Account, marketer: User) -> None:
    with account_context(account):
        walk.in_lists(account, marketer)

    assert set(default_storage.listdir("")[0]) == set(of_lists.FILES)
