from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from contacts.models import Import
from contacts.operations import import_files, imports, lists
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts.operations.importing import analysed, done


def files_of(imported: Import) -> list[bool]:
    return [default_storage.exists(path) for path in (imported.file_path, imported.rejects_path)]


def test_files_are_forgotten_thirty_days_after_the_end_and_the_report_stays(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: object
) -> None:
    imported = done(in_account, marketer)
    Import.objects.update(finished_at=NOW)
    before = files_of(imported)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        too_early = imports.purge_files(in_account, now=NOW + timedelta(days=30))
        purged = imports.purge_files(in_account, now=NOW + timedelta(days=30, seconds=1))
        again = imports.purge_files(in_account, now=NOW + timedelta(days=60))

    assert (too_early, purged, again) == (0, 1, 0)
    assert (before, files_of(imported)) == ([True, True], [False, False])
    left = Import.objects.get()
    assert (left.status, left.file_path, left.rejects_path, left.result["new"]) == ("DONE", "", "", 3)


def test_an_import_nobody_confirmed_is_given_up(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: object
) -> None:
    imported = analysed(in_account, marketer)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        imports.purge_files(in_account, now=NOW + timedelta(days=31))

    assert Import.objects.get().status == "CANCELLED"
    assert files_of(imported) == [False, False]


def test_emptying_the_bin_forgets_the_files_of_its_lists(
    in_account: Account, marketer: User, django_capture_on_commit_callbacks: object
) -> None:
    imported = done(in_account, marketer)
    assert imported.contact_list is not None
    lists.delete(in_account, contact_list=imported.contact_list, by=marketer, now=NOW)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        lists.empty_bin(in_account, now=NOW + timedelta(days=31))

    left = Import.objects.get()
    assert (left.contact_list, left.file_path, left.rejects_path) == (None, "", "")
    assert files_of(imported) == [False, False]


def test_files_that_belong_to_no_import_are_swept_after_a_day(in_account: Account, marketer: User) -> None:
    kept = analysed(in_account, marketer)
    lost = default_storage.save(f"imports/{in_account.pk}/lost", ContentFile(b"0612345678"))
    written_at = default_storage.get_modified_time(lost)

    early = import_files.sweep(in_account, now=written_at + timedelta(hours=23))
    swept = import_files.sweep(in_account, now=written_at + timedelta(hours=25))

    assert (early, swept, default_storage.exists(lost)) == (0, 1, False)
    assert files_of(kept) == [True, True]
