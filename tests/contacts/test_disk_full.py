"""A disk that is full, or nearly, and accounts that keep as much as they may: words, nothing half done, nothing left."""

import errno
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from contacts.models import Export, Import, ListEntry
from contacts.operations import exports, import_files, imports, stored_files
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib import storage
from tests.conftest import NOW, SignIn
from tests.contacts.factories import make_list
from tests.contacts.operations import importing
from tests.contacts.operations.importing import SEVEN_LINES, confirmed

CREATE = reverse("contacts:list_create")
BIG = b"Mobile\n" + b"06 12 34 56 78\n" * 200_000  # 3 MB


@pytest.fixture
def small_disk(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Files lie on a disk of their own of one megabyte."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], check=False).returncode:
        pytest.skip("only root can mount a small disk")
    default = settings.STORAGES["default"]
    options = default["OPTIONS"] | {"location": tmp_path / "files"}
    settings.STORAGES = settings.STORAGES | {"default": default | {"OPTIONS": options}}
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def sent(client: Client, content: bytes) -> Any:
    file = SimpleUploadedFile("clients.csv", content)
    return client.post(CREATE, {"name": "Clients", "source": "FILE", "file": file})


def test_a_file_that_does_not_fit_is_refused_in_words_and_leaves_nothing(
    account: Account, client_of_marketer: Client, small_disk: Path
) -> None:
    response = sent(client_of_marketer, BIG)

    assert response.status_code == 422
    assert "Il n’y a plus assez de place sur le serveur pour ce fichier." in response.content.decode()
    assert files_in(small_disk) == []
    with account_context(account):
        assert not Import.objects.exists()


def test_a_file_is_refused_while_there_is_room_for_the_others(
    account: Account, client_of_marketer: Client, settings: Any
) -> None:
    settings.MIN_FREE_DISK_PERCENT = 101

    announced = client_of_marketer.get(CREATE).content.decode()
    small = sent(client_of_marketer, SEVEN_LINES)
    client_of_marketer.raise_request_exception = False
    response = sent(client_of_marketer, BIG)

    assert "<div><p data-text>Il n’y a plus assez de place sur le serveur" in announced  # without another's title
    assert (small.status_code, response.status_code) == (422, 507)
    assert "Il n’y a plus assez de place sur le serveur" in small.content.decode()
    assert "Il n’y a plus de place sur le serveur" in response.content.decode()
    with account_context(account):
        assert not Import.objects.exists()


def test_pasted_values_are_refused_too(account: Account, client_of_marketer: Client, settings: Any) -> None:
    settings.MIN_FREE_DISK_PERCENT = 101

    response = client_of_marketer.post(CREATE, {"name": "Clients", "source": "PASTE", "pasted": "06 12 34 56 78"})

    assert response.status_code == 422
    assert "Il n’y a plus assez de place sur le serveur" in response.content.decode()


def test_an_import_whose_refused_lines_do_not_fit_fails_in_words_and_is_done_once_there_is_room(
    in_account: Account, marketer: User, small_disk: Path
) -> None:
    imported = confirmed(in_account, marketer)
    filling = small_disk / "filling"
    with filling.open("wb", buffering=0) as file:
        fill(file)
    before = files_in(small_disk)

    imports.run(in_account, import_id=imported.pk, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.error, ListEntry.objects.count()) == ("FAILED", "NO_SPACE", 0)
    assert files_in(small_disk) == before
    filling.unlink()
    again = confirmed(in_account, marketer)
    imports.run(in_account, import_id=again.pk, now=NOW)
    again.refresh_from_db()
    assert (again.status, ListEntry.objects.count()) == ("DONE", 3)


def fill(file: Any) -> None:
    for size in (4096, 1):
        with pytest.raises(OSError, match="No space left"):
            while True:
                file.write(b"x" * size)


def test_an_export_that_does_not_fit_fails_in_words(in_account: Account, marketer: User, small_disk: Path) -> None:
    contact_list = make_list(in_account, [{"phone": 33612000000 + n, "values": {}} for n in range(3)])
    order = exports.Order(lists=(contact_list,))
    export = exports.request(in_account, order=order, by=marketer, now=NOW)
    with (small_disk / "filling").open("wb", buffering=0) as file:
        fill(file)

    exports.run(in_account, export_id=export.pk, now=NOW)

    export.refresh_from_db()
    assert (export.status, export.error, export.path) == (Export.Status.FAILED, "NO_SPACE", "")
    assert files_in(small_disk) == [small_disk / "filling"]


def test_a_database_that_is_full_is_told_from_one_that_is_lost(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OperationalError("no space") from psycopg.errors.DiskFull("could not extend file")

    imported = confirmed(in_account, marketer)
    monkeypatch.setattr("contacts.operations.import_runs._pipeline", full)

    imports.run(in_account, import_id=imported.pk, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.error) == ("FAILED", "NO_SPACE")


def test_a_page_that_meets_a_full_database_says_so(client_of_marketer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OperationalError("no space") from psycopg.errors.DiskFull("could not extend file")

    monkeypatch.setattr("contacts.views.lists.import_operations.upload", full)
    client_of_marketer.raise_request_exception = False

    response = sent(client_of_marketer, SEVEN_LINES)

    assert response.status_code == 507
    assert "Rien n’a été modifié" in response.content.decode()


@pytest.mark.parametrize("quota, default", [(1, 20_000), (None, 1)])
def test_an_account_keeps_no_more_than_its_quota(
    quota: int | None, default: int, in_account: Account, marketer: User, settings: Any
) -> None:
    in_account.files_mb, settings.ACCOUNT_FILES_MB = quota, default
    kept = import_files.keep(in_account, SimpleUploadedFile("a.csv", b"0612345678\n" * 60_000))

    with pytest.raises(stored_files.QuotaReached, match=r"660\sKo"):
        import_files.keep(in_account, SimpleUploadedFile("b.csv", b"0612345678\n" * 60_000))
    used = stored_files.used_bytes(in_account)
    default_storage.delete(kept.path)
    import_files.keep(in_account, SimpleUploadedFile("b.csv", b"0612345678\n" * 60_000))

    assert used == 660_000


def test_a_quota_is_the_accounts_own(in_account: Account, other_account: Account) -> None:
    default_storage.save(f"exports/{other_account.pk}/theirs", ContentFile(b"12345"))
    default_storage.save(f"exports/{in_account.pk}/ours", ContentFile(b"123"))

    assert (stored_files.used_bytes(in_account), stored_files.used_bytes(other_account)) == (3, 5)


def test_an_analysis_beyond_the_quota_says_so(in_account: Account, marketer: User, settings: Any) -> None:
    imported = importing.sent(in_account, marketer)
    settings.ACCOUNT_FILES_MB = 0

    imports.analyse(in_account, import_id=imported.pk, now=NOW)

    imported.refresh_from_db()
    assert (imported.status, imported.error) == ("FAILED", "QUOTA_REACHED")


def test_another_error_of_the_disk_is_not_taken_for_a_full_one() -> None:
    with pytest.raises(PermissionError), storage.said():
        raise PermissionError(errno.EACCES, "denied")
    assert not storage.is_full(ValueError())
