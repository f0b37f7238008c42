"""Accounts that other connections see, and work on those connections: for what only several at once can show."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.storage import default_storage
from django.db import connections

from contacts.models import (
    ContactList,
    EntryKey,
    ErasedExclusion,
    Erasure,
    Exclusion,
    ExclusionInbox,
    Import,
    ImportChange,
    ListEntry,
)
from directory.models import (
    Attribute,
    Contact,
    ContactChange,
    ContactKey,
    ContactTally,
    Directory,
    KeyBacklog,
    ModeSwitch,
)
from smsplatform.accounts.models import Account, Membership, SentForm, User
from smsplatform.accounts.tenancy import account_context
from tests.owner import as_owner

PATIENCE_SECONDS = 20  # for a busy machine
# In the order in which they can go.
MODELS = (
    KeyBacklog,
    ContactKey,
    EntryKey,
    ListEntry,
    ImportChange,
    Contact,
    ContactChange,
    ContactTally,
    Exclusion,
    ExclusionInbox,
    ErasedExclusion,
    Erasure,
    ModeSwitch,
    Import,
    ContactList,
    SentForm,
    Membership,
    Attribute,
    Directory,
)


@contextmanager
def shared_account(django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    """An account and somebody who works in it, committed; removed afterwards with all it owns."""
    with django_db_blocker.unblock():
        account = Account.objects.create(name="Ensemble")
        author = User.objects.create_user(f"together-{account.pk}@example.com")
        yield account, author
        with account_context(account):
            for imported in Import.objects.filter(account=account):
                default_storage.delete(imported.file_path)
                if imported.rejects_path:
                    default_storage.delete(imported.rejects_path)
            for model in MODELS:
                model._default_manager.filter(account=account).delete()
            for table, column, key in (
                ("accounts_auditevent", "account_id", account.pk),
                ("accounts_user", "id", author.pk),
                ("accounts_account", "id", account.pk),
            ):
                as_owner(f"delete from {table} where {column} = {key}")


def started(account: Account, work: Callable[[], object]) -> threading.Thread:
    """Do something on another connection, in the account and committed."""

    def run() -> None:
        try:
            with account_context(account):
                work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def elsewhere(account: Account, work: Callable[[], object]) -> bool:
    """Do something on another connection; return whether it ended, rather than wait for ours."""
    thread = started(account, work)
    thread.join(PATIENCE_SECONDS)
    return not thread.is_alive()
