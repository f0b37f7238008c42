"""A number that was erased and stays excluded is counted, and leaves the list when somebody types it with a reason."""

from typing import Any

import pytest
from django.urls import reverse

from contacts.models import ErasedExclusion, Exclusion
from contacts.operations import erased_exclusions
from smsplatform.accounts.models import Account, AuditEvent, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, MakeMember, SignIn

URL, INDEX = reverse("contacts:exclusion_readmit"), reverse("contacts:exclusion_index")
NUMBER = 33612345678


@pytest.fixture
def admin(account: Account, make_member: MakeMember) -> User:
    return make_member(account, "admin@example.com", Role.ADMIN)


@pytest.fixture
def erased(account: Account) -> Account:
    with account_context(account):
        Exclusion.objects.create(account=account, phone=NUMBER, source="PERSON", at=NOW)
        erased_exclusions.keep(account, phones=[NUMBER])
    return account


def left(account: Account) -> int:
    with account_context(account):
        return ErasedExclusion.objects.count()


def test_the_list_says_how_many_there_are(erased: Account, admin: User, reader: User, sign_in: SignIn) -> None:
    shown, read = (sign_in(user).get(INDEX).content.decode() for user in (admin, reader))

    sentence = "1 numéro d’une personne supprimée reste exclu sans être affiché."
    assert (sentence in shown, URL in shown) == (True, True)
    assert (sentence in read, URL in read) == (True, False)


def test_a_typed_number_leaves_the_list_with_a_reason(erased: Account, admin: User, sign_in: SignIn) -> None:
    answer = sign_in(admin).post(URL, {"number": "06 12 34 56 78", "reason": "demandé"})

    assert (answer.status_code, answer.headers["Location"], left(erased)) == (302, INDEX, 0)
    with account_context(erased):
        assert AuditEvent.objects.values_list("action", "subject").last() == ("EXCLUSIONS_REMOVED", "demandé")


@pytest.mark.parametrize(
    "typed",
    [
        {"number": "06 12 34 56 78", "reason": ""},
        {"number": "06 12", "reason": "demandé"},
        {"number": "06 12 34 56 78 06 98 76 54 32", "reason": "demandé"},
        {"number": "06 98 76 54 32", "reason": "demandé"},
    ],
    ids=["no reason", "no number", "two numbers", "a number that is not excluded"],
)
def test_anything_else_changes_nothing(erased: Account, admin: User, sign_in: SignIn, typed: dict[str, Any]) -> None:
    assert (sign_in(admin).post(URL, typed).status_code, left(erased)) == (422, 1)


def test_who_does_not_manage_the_account_may_not(erased: Account, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)

    answers = [client.get(URL).status_code, client.post(URL, {"number": "0612345678", "reason": "x"}).status_code]

    assert (answers, left(erased)) == ([403, 403], 1)
