from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from contacts import tasks
from contacts.models import ContactList, Import
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.contacts.factories import FICTION, make_list
from tests.contacts.operations.importing import sent


def left(account: Account) -> list[str]:
    with account_context(account):
        return list(ContactList.objects.values_list("name", flat=True))


def test_bins_of_every_account_are_emptied(account: Account, other_account: Account) -> None:
    long_ago = timezone.now() - timedelta(days=31)
    for one in (account, other_account):
        with account_context(one):
            make_list(one, "Vieille", phones=[FICTION], deleted_at=long_ago)
            make_list(one, "Vivante", phones=[FICTION])

    tasks.empty_bins()

    assert [left(account), left(other_account)] == [["Vivante"], ["Vivante"]]


def test_what_goes_wrong_in_one_account_keeps_no_other_waiting(
    account: Account, other_account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[Account] = []
    number = "06 12 34 56 78"

    def work(one: Account, *, now: datetime) -> None:
        if one == account:
            raise ValueError(number)
        done.append(one)

    tasks.everywhere(work)

    assert done == [other_account]
    assert [record.getMessage().split("\n")[0] for record in caplog.records] == [f"account {account.pk}: ValueError"]
    assert number not in caplog.text


def test_nothing_runs_for_a_suspended_account(account: Account, marketer: User) -> None:
    with account_context(account):
        imported = sent(account, marketer)
    Account.objects.update(is_active=False)

    tasks.analyse_import(account.pk, import_id=imported.pk)
    Account.objects.update(is_active=True)
    with account_context(account):
        waiting = Import.objects.get().status
    tasks.analyse_import(account.pk, import_id=imported.pk)

    with account_context(account):
        assert (waiting, Import.objects.get().status) == ("UPLOADED", "READY")
