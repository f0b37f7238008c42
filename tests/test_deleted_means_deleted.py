"""Somebody who is deleted with their history is nowhere any more in that account: tables, files, searches, reports."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contacts.models import Erasure, Exclusion
from contacts.operations import erasure, exclusions
from directory.operations import contacts
from directory.queries import facets
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests import walk
from tests.conftest import NOW
from tests.walk import ZEPHYRINE, given, held

Committed = Callable[..., Any]


@pytest.fixture(autouse=True)
def _files_of_this_test(tmp_path: Path, settings: Any) -> None:
    """Accounts have the same ids again; the files of other tests do not belong to them."""
    storage = settings.STORAGES["default"]
    settings.STORAGES = settings.STORAGES | {
        "default": storage | {"OPTIONS": storage["OPTIONS"] | {"location": tmp_path}}
    }


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search keys are made of lists and directories of any size."""
    monkeypatch.setattr(facets, "LARGE_CONTACTS", 0)


def deleted(account: Account, by: User, committed: Committed) -> Erasure:
    """Delete the person and do what is left to do in the background."""
    with committed(execute=True):
        contacts.delete(account, phone=ZEPHYRINE, **given(by))
        [job] = Erasure.objects.filter(account=account, status=Erasure.Status.QUEUED)
        erasure.run(account, erasure_id=job.pk, now=NOW)
    job.refresh_from_db()
    return job


def walked(account: Account, by: User) -> None:
    walk.in_lists(account, by)
    walk.switched_on(account, by)
    walk.in_the_directory(account, by)


def test_a_deleted_person_is_in_no_table_and_no_file_of_the_account(
    account: Account,
    other_account: Account,
    marketer: User,
    stranger: User,
    django_capture_on_commit_callbacks: Committed,
) -> None:
    with account_context(other_account):
        walk.done(other_account, stranger, walk.FILE)
        theirs = held(other_account)
    with account_context(account):
        with django_capture_on_commit_callbacks(execute=True):
            walked(account, marketer)
        exclusions.add(account, phones=[ZEPHYRINE], source=Exclusion.Source.STOP, **given(marketer))
        before = held(account)

        job = deleted(account, marketer, django_capture_on_commit_callbacks)

        after = held(account)
    assert {"contacts_listentry", "directory_contact", "contacts_import", "directory_contactbatch"} <= before
    assert {f"imports/{account.pk}", f"exports/{account.pk}", "contacts_exclusion", "contacts_importchange"} <= before
    assert (job.status, job.phones, after) == (Erasure.Status.DONE, [], set())
    with account_context(other_account):
        assert held(other_account) == theirs != set()
