"""The demo: made once through the real operations, whatever an earlier version of it left."""

from typing import Any

import pytest
from django.core.management import call_command

from contacts.models import ContactList, ListEntry
from directory.management.commands import seed_demo
from directory.models import Attribute, Contact, ModeSwitch
from directory.operations import option
from smsplatform.accounts import powers
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.embedded.demo_logins import LOGINS
from tests.accounts.conftest import forget_the_account
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_list
from tests.owner import with_powers

LISTS = [("Alerte météo", None, False), ("Habitants d'Avesnières", None, True), ("Parents d'élèves", 6, False)]


@pytest.fixture(autouse=True)
def _with_few_lines(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BAKERY_LISTS", "COUNCIL_LISTS"):
        few = [one._replace(lines=120, excluded=min(1, one.excluded)) for one in getattr(seed_demo, name)]
        monkeypatch.setattr(seed_demo, name, few)
    # The owner's own connection would not see a person whom the test has not committed.
    monkeypatch.setattr(powers, "appoint", lambda pk: with_powers(User.objects.get(pk=pk), is_superuser=True))


def seed() -> Account:
    """Make the demo and return the council."""
    call_command("seed_demo")
    forget_the_account()
    return Account.objects.get(name="Mairie de Laval")


def lists(account: Account) -> list[tuple[Any, ...]]:
    with account_context(account):
        rows = ContactList.objects.filter(account=account, kind="DIRECTORY").order_by("name")
        return [(one.name, one.expires_after_months, one.is_living) for one in rows]


def test_the_council_has_a_directory_and_the_bakery_lists() -> None:
    council = seed()
    bakery = Account.objects.get(name="Boulangerie Martin")

    assert (council.mode, bakery.mode, lists(council)) == ("DIRECTORY", "LISTS", LISTS)
    with account_context(council):
        quarter = Attribute.objects.get(name="Quartier").key
        living = ContactList.objects.get(name="Habitants d'Avesnières")
        members = set(ListEntry.objects.filter(contact_list=living).values_list("phone", flat=True))
        expected = Contact.objects.filter(**{f"attributes__{quarter}": "Avesnières"})
        assert members == set(expected.values_list("phone", flat=True)) != set()
        assert ModeSwitch.objects.get(is_dry_run=False).author == User.objects.get(email=LOGINS[2][0])
    with account_context(bakery):
        assert set(ContactList.objects.values_list("kind", "status")) == {
            ("INDEPENDENT", "ACTIVE"),
            ("INDEPENDENT", "DISABLED"),
        }


def test_the_demo_is_made_once() -> None:
    council = seed()
    with account_context(council):
        before = Contact.objects.count(), ContactList.objects.count(), ModeSwitch.objects.count()

    seed()

    with account_context(council):
        assert (Contact.objects.count(), ContactList.objects.count(), ModeSwitch.objects.count()) == before


def test_a_directory_that_somebody_switched_off_stays_off() -> None:
    council = seed()
    with account_context(council):
        option.switch_off(council, by=User.objects.get(email=LOGINS[2][0]), now=NOW)

    assert seed().mode == "LISTS"


def test_lists_of_an_older_demo_join_the_directory() -> None:
    town, manager = (User.objects.create_user(email) for email in (LOGINS[1][0], LOGINS[2][0]))
    council = Account.objects.create(name="Mairie de Laval", mode="DIRECTORY")
    with account_context(council):
        Membership.objects.create(account=council, user=town, role=Role.ADMIN)
        Membership.objects.create(account=council, user=manager, role=Role.ACCOUNT_MANAGER)
        make_list(council, "Ancienne", phones=[FICTION])
    forget_the_account()

    seed()

    assert lists(council) == sorted([("Ancienne", None, False), *LISTS])
    with account_context(council):
        assert Contact.objects.filter(phone=FICTION, source="LIST").exists()
