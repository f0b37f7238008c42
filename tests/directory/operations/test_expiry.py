"""Lists that nobody used for as many months as they were given go to the bin; their contacts stay."""

from datetime import UTC, datetime, timedelta

import pytest

from contacts import tasks
from contacts.models import ContactList
from contacts.operations import lists
from directory.models import Contact
from directory.operations import option
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import make_list
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

ONE = 33612345671
USED = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
MONTH_LATER = datetime(2026, 2, 28, 9, 0, tzinfo=UTC)


@pytest.fixture
def dated(in_account: Account) -> ContactList:
    """A list of one contact that expires a month after its last use."""
    make_directory(in_account)
    make_contact(in_account, ONE)
    return make_diffusion_list(in_account, "Foire", [ONE], expires_after_months=1, last_used_at=USED)


def present(account: Account) -> list[str]:
    return list(ContactList.objects.for_account(account).order_by("name").values_list("name", flat=True))


def test_a_list_goes_to_the_bin_the_moment_its_months_are_over_and_its_contacts_stay(
    in_account: Account, dated: ContactList
) -> None:
    early = lists.expire(in_account, now=MONTH_LATER - timedelta(seconds=1))
    before = present(in_account)

    gone = lists.expire(in_account, now=MONTH_LATER)

    assert (early, before, gone, present(in_account)) == (0, ["Foire"], 1, [])
    assert list(Contact.objects.values_list("phone", flat=True)) == [ONE]
    events = AuditEvent.objects.values_list("action", "subject", "actor", "counts")
    assert list(events) == [("LIST_EXPIRED", "Foire", None, {"contacts": 1})]
    assert lists.expire(in_account, now=MONTH_LATER) == 0


def test_permanent_independent_and_used_lists_stay(in_account: Account, dated: ContactList) -> None:
    make_diffusion_list(in_account, "Pérenne", last_used_at=USED)
    ContactList.objects.filter(pk=dated.pk).update(last_used_at=MONTH_LATER)

    assert lists.expire(in_account, now=MONTH_LATER + timedelta(days=1)) == 0
    assert present(in_account) == ["Foire", "Pérenne"]


def test_a_deactivated_list_expires_too(in_account: Account, dated: ContactList, marketer: User) -> None:
    lists.disable(in_account, contact_list=dated, by=marketer, now=USED)

    assert lists.expire(in_account, now=MONTH_LATER) == 1


def test_a_list_restored_after_it_expired_lives_as_long_again(
    in_account: Account, dated: ContactList, marketer: User
) -> None:
    lists.expire(in_account, now=MONTH_LATER)
    lists.restore(in_account, contact_list=ContactList.objects.get(), by=marketer, now=MONTH_LATER)

    assert lists.expire(in_account, now=MONTH_LATER + timedelta(days=1)) == 0
    assert ContactList.objects.get().last_used_at == MONTH_LATER


def test_a_list_restored_before_it_expired_keeps_its_date(
    in_account: Account, dated: ContactList, marketer: User
) -> None:
    lists.delete(in_account, contact_list=dated, by=marketer, now=USED)
    lists.restore(in_account, contact_list=ContactList.objects.get(), by=marketer, now=USED)

    assert ContactList.objects.get().last_used_at == USED


def test_lists_hidden_with_the_directory_do_not_expire_and_live_as_long_again_afterwards(
    in_account: Account, dated: ContactList, marketer: User
) -> None:
    option.switch_off(in_account, by=marketer, now=NOW)
    hidden = lists.expire(in_account, now=NOW)
    trial = option.try_out(in_account, choices={}, by=marketer, now=NOW)
    seen = trial.result["digest"]
    option.switch_on(in_account, choices=trial.result["choices"], seen=seen, by=marketer, now=NOW)

    assert (hidden, lists.expire(in_account, now=NOW), present(in_account)) == (0, 0, ["Foire"])
    assert ContactList.objects.get().last_used_at == NOW


def test_lists_expire_in_every_account(account: Account, other_account: Account) -> None:
    for one in (account, other_account):
        with account_context(one):
            make_directory(one)
            make_diffusion_list(one, "Foire", expires_after_months=1, last_used_at=USED)
            make_list(one, "Ancienne")

    tasks.expire_lists()

    for one in (account, other_account):
        with account_context(one):
            assert list(ContactList.objects.filter(deleted_at=None).values_list("name", flat=True)) == ["Ancienne"]
