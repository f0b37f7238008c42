"""A thousand files that went wrong: each is refused or imported, with words for it, and nothing hangs or breaks."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from contacts import messages
from contacts.models import Import, ListEntry
from contacts.operations import imports
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.contacts import mutations

FAST = range(0, mutations.COUNT, 16)  # 63, of every kind and mutation
CHUNK = 50
HANGING = 240  # seconds: far beyond what any takes, so that a hang fails by its name


@contextmanager
def _not_hanging(what: str) -> Iterator[None]:
    def give_up(*args: object) -> None:
        raise TimeoutError(f"{what} hangs")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(HANGING)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _outcome(client: Client, account: Account, by: User, upload: mutations.Upload) -> str:
    """Send a file as people do, and have it analysed, confirmed and run as workers do. Return how it ended."""
    file = SimpleUploadedFile(upload.name, upload.content)
    response = client.post(reverse("contacts:list_create"), {"name": "Clients", "source": "FILE", "file": file})
    if response.status_code == 422:
        return "REFUSED" if response.context["form"].errors["file"][0] else "NO WORDS"
    if response.status_code != 302:
        return f"HTTP {response.status_code}"
    with account_context(account):
        imported = Import.objects.latest("pk")
    imports.analyse(account, import_id=imported.pk, now=NOW)
    page = client.get(reverse("contacts:import_show", args=[imported.pk]))
    if page.status_code != 200:
        return f"HTTP {page.status_code} afterwards"
    return _ended(account, imported, by)


def _ended(account: Account, imported: Import, by: User) -> str:
    with account_context(account):
        imported.refresh_from_db()
        if imported.status == Import.Status.READY and imported.preview["new"]:
            imports.confirm(account, imported=imported, seen=imported.settings_digest, by=by, now=NOW)
    if imported.status == Import.Status.QUEUED:
        imports.run(account, import_id=imported.pk, now=NOW)
    with account_context(account):
        imported.refresh_from_db()
        if imported.status == Import.Status.FAILED:
            known = imported.error != "UNEXPECTED" and messages.failure_text(imported.error)
            return "FAILED" if known else f"FAILED {imported.error}"
        if imported.status == Import.Status.DONE:
            loaded = ListEntry.objects.filter(contact_list_id=imported.contact_list_id).count()
            return "DONE" if loaded == imported.result["new"] == imported.preview["new"] else "DONE, BUT OTHERWISE"
        return str(imported.status)


def _wrong(client: Client, account: Account, by: User, seeds: range) -> list[tuple[int, str, str]]:
    wrong = []
    client.raise_request_exception = False
    for seed in seeds:
        upload = mutations.upload(seed)
        with _not_hanging(f"{seed} {upload.what}"):
            outcome = _outcome(client, account, by, upload)
        if outcome not in ("REFUSED", "FAILED", "READY", "DONE"):
            wrong.append((seed, upload.what, outcome))
    return wrong


@pytest.fixture
def _short_waits(settings: Any) -> None:
    settings.IMPORT_WORKBOOK_SECONDS = 30


@pytest.mark.usefixtures("_short_waits")
@pytest.mark.parametrize("part", range(4))
def test_mutated_uploads_end_with_words(part: int, account: Account, marketer: User, sign_in: SignIn) -> None:
    with translation.override("fr"):
        assert _wrong(sign_in(marketer), account, marketer, FAST[part::4]) == []


@pytest.mark.slow
@pytest.mark.usefixtures("_short_waits")
@pytest.mark.parametrize("start", range(0, mutations.COUNT, CHUNK))
def test_a_thousand_mutated_uploads_end_with_words(
    start: int, account: Account, marketer: User, sign_in: SignIn
) -> None:
    assert _wrong(sign_in(marketer), account, marketer, range(start, start + CHUNK)) == []


def test_mutations_are_the_same_every_time_and_meet_every_kind_of_file() -> None:
    assert mutations.upload(123) == mutations.upload(123)
    pairs = {((seed // 12 + seed) % len(mutations.MUTATIONS), seed % 12) for seed in range(mutations.COUNT)}
    assert len(pairs) == len(mutations.MUTATIONS) * len(mutations.KINDS)
