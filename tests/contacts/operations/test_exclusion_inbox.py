"""Exclusions that arrive are in force at once, and counted later exactly once, whatever happens in between."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from contacts.models import ContactList, Excluded, Exclusion, ExclusionInbox, Import
from contacts.operations import exclusion_inbox, exclusions, import_undo
from contacts.queries import entries, exports
from contacts.queries import exclusions as queries
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.contacts.factories import FICTION, make_list
from tests.contacts.operations import importing

STOP, BY_HAND = Exclusion.Source.STOP, Exclusion.Source.PERSON
ARRIVING = "d'autres viennent d'être exclus"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is always writing, so that nothing can be folded at once; no worker hears of it either."""
    monkeypatch.setattr(exclusion_inbox, "fold", lambda account, **given: False)
    monkeypatch.setattr(exclusion_inbox, "call", lambda account: None)


def arrive(account: Account, *phones: int, source: Any = STOP, at: Any = NOW, reason: str = "") -> int:
    return exclusions.add(account, phones=phones, source=source, reason=reason, by=None, now=at)


def put(account: Account, phone: int, *, row_id: int, source: Any = STOP, at: Any = NOW) -> None:
    """Leave a number in the inbox even where it is excluded already: as two do who exclude it at the same moment."""
    ExclusionInbox.objects.create(account=account, id=row_id, phone=phone, source=source, at=at)


def places() -> tuple[list[int], list[int]]:
    """Return the numbers in the inbox, and those that are counted."""
    return tuple(
        sorted(model._default_manager.values_list("phone", flat=True)) for model in (ExclusionInbox, Exclusion)
    )  # type: ignore[return-value]


def excluded_count(contact_list: ContactList) -> int:
    contact_list.refresh_from_db()
    return contact_list.excluded_count


def test_a_number_that_waits_to_be_counted_is_excluded_everywhere(in_account: Account, busy: None) -> None:
    contact_list = make_list(in_account, phones=[FICTION, FICTION + 1])

    added = arrive(in_account, FICTION)

    shown = entries.page(in_account, contact_list, shown=entries.Shown(excluded_only=True), limit=10).rows
    exported = exports.entries(in_account, contact_list, with_excluded=False)
    page = queries.page(in_account, filters=queries.Filters(number="0639980000"), limit=10)
    assert (added, places()) == (1, ([FICTION], []))
    assert queries.phones(in_account).tolist() == [FICTION]
    assert list(queries.known(in_account, [FICTION, FICTION + 1])) == [FICTION]
    assert [(row.phone, row.excluded is not None) for row in shown] == [(FICTION, True)]
    assert [entry.phone for entry in exported] == [FICTION + 1]
    assert ([row.phone for row in page.rows], page.count, queries.count(in_account)) == ([FICTION], 1, 1)
    assert [row[0] for row in queries.export_rows(in_account)] == [FICTION]


def test_an_import_points_out_a_number_that_waits_to_be_counted(
    in_account: Account, marketer: User, busy: None
) -> None:
    arrive(in_account, 33612345678)

    imported = importing.done(in_account, marketer, b"Mobile\n0612345678\n0698765432\n")

    assert (imported.status, imported.result["excluded"]) == ("DONE", 1)


def test_folding_counts_a_number_once_and_keeps_its_row(in_account: Account) -> None:
    contact_list = make_list(in_account, phones=[FICTION])
    put(in_account, FICTION, row_id=7_000_000, source=BY_HAND)
    before = list(Excluded.objects.values())

    outcomes = [exclusion_inbox.fold(in_account) for _ in range(2)]

    assert outcomes == [True, True]
    assert (places(), excluded_count(contact_list)) == (([], [FICTION]), 1)
    assert list(Excluded.objects.values()) == before


def test_a_fold_that_fails_loses_nothing(in_account: Account) -> None:
    contact_list = make_list(in_account, phones=[FICTION])
    put(in_account, FICTION, row_id=7_000_000)

    with pytest.raises(RuntimeError), transaction.atomic():
        exclusion_inbox.fold(in_account)
        raise RuntimeError

    assert (places(), excluded_count(contact_list)) == (([FICTION], []), 0)


def test_a_fold_takes_some_rows_at_a_time(in_account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusion_inbox, "FOLD_ROWS", 2)
    for row in range(3):
        put(in_account, FICTION + row, row_id=7_000_000 + row)

    exclusion_inbox.fold(in_account)

    assert places() == ([FICTION + 2], [FICTION, FICTION + 1])


def test_the_first_to_exclude_a_number_says_since_when(in_account: Account) -> None:
    put(in_account, FICTION, row_id=7_000_000, source=BY_HAND, at=LATER)
    put(in_account, FICTION, row_id=7_000_001, source=Exclusion.Source.FORM, at=NOW)

    exclusion_inbox.fold(in_account)

    assert list(Exclusion.objects.values_list("phone", "source", "at")) == [(FICTION, "FORM", NOW)]
    assert places() == ([], [FICTION])


@pytest.mark.parametrize("is_counted", [True, False])
def test_a_stop_of_somebody_excluded_by_hand_is_noted_with_the_first_date(
    in_account: Account, is_counted: bool
) -> None:
    contact_list = make_list(in_account, phones=[FICTION])
    if is_counted:
        arrive(in_account, FICTION, source=BY_HAND)
    else:
        put(in_account, FICTION, row_id=7_000_000, source=BY_HAND)

    added = arrive(in_account, FICTION, source=STOP, at=LATER)

    assert (added, excluded_count(contact_list)) == (0, 1)
    assert list(Exclusion.objects.values_list("source", "at")) == [("STOP", NOW)]


def test_a_number_in_both_places_is_one_exclusion_for_who_reads(in_account: Account, busy: None) -> None:
    contact_list = make_list(in_account, phones=[FICTION])
    Exclusion.objects.create(account=in_account, phone=FICTION, source=BY_HAND, at=NOW)
    put(in_account, FICTION, row_id=7_000_000, source=STOP, at=LATER)

    assert queries.phones(in_account).tolist() == [FICTION]
    assert [entry.phone for entry in exports.entries(in_account, contact_list)] == [FICTION]
    assert queries.known(in_account, [FICTION])[FICTION].source == "STOP"
    assert [row.phone for row in entries.page(in_account, contact_list, shown=entries.Shown(), limit=10).rows] == [
        FICTION
    ]
    assert [row[0] for row in queries.export_rows(in_account)] == [FICTION]
    found = queries.of_number(in_account, FICTION)
    assert found is not None
    assert (found.source, found.at) == ("STOP", LATER)


def test_taking_a_number_off_takes_it_off_wherever_it_is(in_account: Account, marketer: User) -> None:
    contact_list = make_list(in_account, phones=[FICTION, FICTION + 1])
    Exclusion.objects.create(account=in_account, phone=FICTION, source=BY_HAND, at=NOW)
    for row in range(2):
        put(in_account, FICTION + row, row_id=7_000_000 + row, source=BY_HAND)

    removed = exclusions.remove(in_account, phones=[FICTION, FICTION + 1], reason="Erreur", by=marketer, now=LATER)

    assert (removed, places(), excluded_count(contact_list)) == (2, ([], []), 0)


def test_a_stop_that_waits_to_be_counted_needs_a_yes_to_be_taken_off(in_account: Account, marketer: User) -> None:
    put(in_account, FICTION, row_id=7_000_000)

    with pytest.raises(exclusions.StopNotConfirmed):
        exclusions.remove(in_account, phones=[FICTION], reason="Erreur", by=marketer, now=LATER)

    assert places() == ([FICTION], [])


def test_undoing_an_import_of_exclusions_leaves_those_who_said_stop_since(
    in_account: Account, marketer: User, busy: None
) -> None:
    given: dict[str, Any] = {"target": Import.Target.EXCLUDE, "list_name": "Exclusions"}
    imported = importing.done(in_account, marketer, b"Mobile\n0612345678\n0698765432\n", **given)
    arrive(in_account, 33612345678)

    undone = import_undo.undo(in_account, imported=imported, by=marketer, now=NOW)

    assert (undone.removed, queries.phones(in_account).tolist()) == (2, [33612345678])


@pytest.mark.parametrize("kind", [ContactList.Kind.INDEPENDENT, ContactList.Kind.DIRECTORY])
def test_the_page_of_a_list_says_that_its_count_follows(
    account: Account, marketer: User, sign_in: SignIn, kind: ContactList.Kind
) -> None:
    is_directory = kind == ContactList.Kind.DIRECTORY
    Account.objects.filter(pk=account.pk).update(mode=Account.Mode.DIRECTORY if is_directory else Account.Mode.LISTS)
    with account_context(account):
        made = make_list(account, kind=kind)
        put(account, FICTION, row_id=7_000_000)
    client, address = sign_in(marketer), reverse("contacts:list_show", args=[made.pk])

    before = client.get(address, follow=True).content.decode()
    exclusion_inbox.fold_all(account)
    after = client.get(address, follow=True).content.decode()

    assert [ARRIVING in page for page in (before, after)] == [True, False]


def test_the_inbox_of_another_account_is_left_alone(in_account: Account, other_account: Account) -> None:
    put(in_account, FICTION, row_id=7_000_000)

    with account_context(other_account):
        folded, seen = exclusion_inbox.fold(other_account), Excluded.objects.count()

    assert (folded, seen, places()) == (True, 0, ([FICTION], []))
