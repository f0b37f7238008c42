"""A real worker killed at any moment of an import into the directory: all of it is there, or nothing."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.utils import timezone

from contacts.management import realistic
from contacts.models import ContactList, Import, ListEntry
from contacts.operations import imports
from directory.models import Attribute, Contact, ContactKey, Directory, KeyBacklog
from directory.operations import keys
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.contacts.test_import_crash import _own_files, is_alone, let_time_pass, wait_for, worker
from tests.directory.factories import make_directory
from tests.together import shared_account

ROWS = 50_000
KILLS = 4

__all__ = ["_own_files"]
pytestmark = pytest.mark.slow


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    """An account with a directory that other processes see too."""
    with shared_account(django_db_blocker) as (account, author):
        with account_context(account):
            make_directory(account)
            # As of a directory that is searched by keys: an import notes itself in their backlog.
            Directory.objects.filter(account=account).update(key_facets={"": "2026-03-12"})
        yield account, author


def confirmed(account: Account, author: User, file: Path) -> Import:
    now = timezone.now()
    with file.open("rb") as opened, account_context(account):
        sent = File(opened, name="contacts.csv")
        given = {"list_name": "Endurance", "into_directory": True}
        imported = imports.upload(account, file=sent, by=author, now=now, **given)
    imports.analyse(account, import_id=imported.pk, now=now)
    with account_context(account):
        imported.refresh_from_db()
        imports.confirm(account, imported=imported, seen=imported.settings_digest, by=author, now=now)
    return imported


def status(account: Account, imported: Import) -> str:
    with account_context(account):
        return Import.objects.get(pk=imported.pk).status


def state(account: Account) -> tuple[int, int, int, int]:
    """Return how many contacts there are, how many of them are counted, members and lists, as one moment shows them."""
    with account_context(account):
        listed = ListEntry.objects.filter(account=account)
        return (
            Contact.objects.filter(account=account).count(),
            contact_count(account),
            listed.count(),
            ContactList.objects.filter(account=account).count(),
        )


def keys_are_made(account: Account, contacts: int) -> bool:
    """Return whether the worker has made a key at least for each contact, and nothing is left to do."""
    with account_context(account):
        known = ContactKey.objects.filter(account=account, facet="").values("phone").distinct().count()
        return known == contacts and not KeyBacklog.objects.filter(account=account).exists()


def test_a_killed_worker_leaves_all_or_nothing_and_another_one_finishes(
    owner: tuple[Account, User], tmp_path: Path
) -> None:
    account, author = owner
    file, log = tmp_path / "contacts.csv", tmp_path / "worker.log"
    realistic.write_file(file, ROWS)
    source = random.Random()
    imported = confirmed(account, author, file)
    whole = imported.preview["new"]

    seen = []
    for _ in range(KILLS):
        with worker(log) as kill:
            wait_for(lambda: status(account, imported) in ("RUNNING", "DONE"), log)
            time.sleep(source.uniform(0, 1.5))
            kill()
        wait_for(is_alone, log)
        seen.append((status(account, imported), state(account)))
        let_time_pass(account, imported.pk)

    assert set(seen) <= {("RUNNING", (0, 0, 0, 0)), ("DONE", (whole, whole, whole, 1))}
    with worker(log):
        wait_for(lambda: status(account, imported) == "DONE", log)
        assert state(account) == (whole, whole, whole, 1)
        # Also where the worker died between the import and the keys.
        wait_for(lambda: keys_are_made_or_ask(account, whole), log)
    with account_context(account):
        assert Contact.objects.filter(account=account, imported=imported).count() == whole
        filled = set(imported.preview["filled"])
        assert set(Attribute.objects.filter(is_used=True).values_list("key", flat=True)) == filled


def keys_are_made_or_ask(account: Account, contacts: int) -> bool:
    with account_context(account):
        keys.rescue(account)
    return keys_are_made(account, contacts)
