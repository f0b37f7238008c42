"""Workers are shared fairly: one account's files never keep another account waiting for all of them."""

from typing import Any
from uuid import uuid4

from contacts.models import Import
from contacts.operations import imports
from smsplatform.accounts import tenancy
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts.operations.importing import confirmed, sent


def test_an_account_runs_no_more_imports_at_once_than_its_share(
    in_account: Account, marketer: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.IMPORTS_PER_ACCOUNT = 1
    first, second = confirmed(in_account, marketer), confirmed(in_account, marketer)
    Import.objects.filter(pk=first.pk).update(status="RUNNING", claim=uuid4(), heartbeat_at=NOW)

    imports.run(in_account, import_id=second.pk, now=NOW)

    second.refresh_from_db()
    assert second.status == "QUEUED"
    Import.objects.filter(pk=first.pk).update(status="QUEUED", claim=None)
    with django_capture_on_commit_callbacks() as calls:
        imports.run(in_account, import_id=first.pk, now=NOW)
    assert [call.keywords["import_id"] for call in calls if "import_id" in call.keywords] == [second.pk]


def test_analyses_count_in_an_accounts_share_and_do_not_hold_up_another_account(
    account: Account, other_account: Account, marketer: User, stranger: User, settings: Any
) -> None:
    settings.IMPORTS_PER_ACCOUNT = 2
    with tenancy.account_context(account):
        ours = [sent(account, marketer) for _ in range(3)]
        Import.objects.filter(pk__in=[ours[0].pk, ours[1].pk]).update(status="ANALYSING")
    with tenancy.account_context(other_account):
        theirs = sent(other_account, stranger)

    imports.analyse(account, import_id=ours[2].pk, now=NOW)
    imports.analyse(other_account, import_id=theirs.pk, now=NOW)

    with tenancy.account_context(account):
        assert Import.objects.get(pk=ours[2].pk).status == "UPLOADED"
    with tenancy.account_context(other_account):
        assert Import.objects.get(pk=theirs.pk).status == "READY"


def test_the_end_of_an_analysis_calls_for_the_next_that_waits(
    in_account: Account, marketer: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.IMPORTS_PER_ACCOUNT = 1
    first, second = sent(in_account, marketer), sent(in_account, marketer)

    with django_capture_on_commit_callbacks() as calls:
        imports.analyse(in_account, import_id=first.pk, now=NOW)

    called = [(call.args[0], call.keywords["import_id"]) for call in calls if "import_id" in call.keywords]
    assert called == [("contacts.tasks.analyse_import", second.pk)]
