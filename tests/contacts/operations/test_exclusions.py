from datetime import timedelta
from typing import Any

import pytest

from contacts.models import ContactList, Exclusion
from contacts.operations import exclusions
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion, make_list

LATER = NOW + timedelta(days=1)
BY_HAND, STOP = Exclusion.Source.PERSON, Exclusion.Source.STOP


def journal() -> list[tuple[str, str, dict[str, int], str | None]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "subject", "counts", "actor__email"))


def excluded() -> list[tuple[int, str, str]]:
    return list(Exclusion.objects.order_by("phone").values_list("phone", "source", "reason"))


def test_add_excludes_numbers_and_notes_it_without_them(in_account: Account, marketer: User) -> None:
    phones, reason = [FICTION + 1, FICTION, FICTION], "Demande par téléphone"

    added = exclusions.add(in_account, phones=phones, source=BY_HAND, reason=reason, by=marketer, now=NOW)

    assert added == 2
    assert excluded() == [(FICTION + n, "PERSON", "Demande par téléphone") for n in (0, 1)]
    assert journal() == [("EXCLUSIONS_ADDED", "Demande par téléphone", {"contacts": 2}, "marketer@example.com")]


def test_add_keeps_the_first_date_source_and_reason_of_a_number(in_account: Account, marketer: User) -> None:
    make_exclusion(in_account, FICTION)

    again = exclusions.add(in_account, phones=[FICTION], source=BY_HAND, reason="Erreur", by=marketer, now=LATER)

    assert again == 0
    assert list(Exclusion.objects.values_list("source", "reason", "at")) == [("STOP", "", NOW)]
    assert journal() == []


def test_add_of_one_account_does_not_exclude_for_another(in_account: Account, other_account: Account) -> None:
    exclusions.add(in_account, phones=[FICTION], source=STOP, by=None, now=NOW)

    with account_context(other_account):
        assert excluded() == []


def test_add_and_remove_keep_the_count_of_every_list(in_account: Account, marketer: User) -> None:
    both = [make_list(in_account, "A", phones=[FICTION, FICTION + 1]), make_list(in_account, "B", phones=[FICTION])]

    exclusions.add(in_account, phones=[FICTION, FICTION + 1, FICTION + 2], source=BY_HAND, by=marketer, now=NOW)
    with_all = [one.excluded_count for one in map(refreshed, both)]
    exclusions.remove(in_account, phones=[FICTION, FICTION + 2], reason="Erreur", by=marketer, now=NOW)

    assert with_all == [2, 1]
    assert [one.excluded_count for one in map(refreshed, both)] == [1, 0]


def refreshed(contact_list: ContactList) -> ContactList:
    contact_list.refresh_from_db()
    return contact_list


def test_remove_takes_numbers_off_and_notes_the_reason(in_account: Account, marketer: User) -> None:
    exclusions.add(in_account, phones=[FICTION, FICTION + 1], source=BY_HAND, by=None, now=NOW)

    removed = exclusions.remove(
        in_account, phones=[FICTION, FICTION + 5], reason="  Saisi par erreur ", by=marketer, now=LATER
    )

    assert removed == 1
    assert excluded() == [(FICTION + 1, "PERSON", "")]
    assert journal()[1:] == [("EXCLUSIONS_REMOVED", "Saisi par erreur", {"contacts": 1}, "marketer@example.com")]


@pytest.mark.parametrize("reason", ["", "   "])
def test_remove_without_a_reason_removes_nothing(in_account: Account, marketer: User, reason: str) -> None:
    make_exclusion(in_account)

    with pytest.raises(exclusions.ReasonMissing) as refusal:
        exclusions.remove(in_account, phones=[FICTION], reason=reason, by=marketer, now=NOW, including_stop=True)

    assert refusal.value.code == "REASON_MISSING"
    assert (len(excluded()), journal()) == (1, [])


def test_remove_of_a_stop_needs_an_explicit_yes(in_account: Account, marketer: User) -> None:
    make_exclusion(in_account)
    exclusions.add(in_account, phones=[FICTION + 1], source=BY_HAND, by=None, now=NOW)
    both: dict[str, Any] = {"phones": [FICTION, FICTION + 1], "reason": "Nouvel accord", "by": marketer, "now": NOW}

    with pytest.raises(exclusions.StopNotConfirmed):
        exclusions.remove(in_account, **both)
    kept = len(excluded())
    removed = exclusions.remove(in_account, **both, including_stop=True)

    assert (kept, removed, excluded()) == (2, 2, [])
    assert journal()[-1][2] == {"contacts": 2, "stops": 1}


def test_remove_of_numbers_that_are_not_excluded_leaves_no_trace(in_account: Account, marketer: User) -> None:
    removed = exclusions.remove(in_account, phones=[FICTION], reason="Erreur", by=marketer, now=NOW)

    assert (removed, journal()) == (0, [])


def test_remove_does_not_reach_another_account(in_account: Account, other_account: Account, marketer: User) -> None:
    with account_context(other_account):
        make_exclusion(other_account)

    exclusions.remove(in_account, phones=[FICTION], reason="Erreur", by=marketer, now=NOW, including_stop=True)

    with account_context(other_account):
        assert excluded() == [(FICTION, "STOP", "")]
