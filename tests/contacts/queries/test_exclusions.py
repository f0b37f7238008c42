"""The excluded numbers, as the importer compares with them."""

from contacts.queries import exclusions
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.contacts.factories import make_exclusion


def test_the_numbers_of_the_account_come_sorted(in_account: Account) -> None:
    for phone in (33698765432, 32470123456, 33612345678):
        make_exclusion(in_account, phone)

    assert exclusions.phones(in_account).tolist() == [32470123456, 33612345678, 33698765432]


def test_without_exclusions_there_are_none(in_account: Account) -> None:
    assert exclusions.phones(in_account).tolist() == []


def test_another_account_s_exclusions_are_not_ours(account: Account, other_account: Account) -> None:
    with account_context(other_account):
        make_exclusion(other_account, 33612345678)

    with account_context(account):
        assert exclusions.phones(account).tolist() == []
        assert exclusions.phones(other_account).tolist() == []
