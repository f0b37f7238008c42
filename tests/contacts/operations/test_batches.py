"""One action on many lists: each by the ordinary operation, none twice."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from contacts.models import ContactList, ListBatch
from contacts.operations import batches, jobs, lists
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_list

Action = ListBatch.Action


@pytest.fixture(autouse=True)
def _in_english(marketer: User) -> Any:
    User.objects.filter(pk=marketer.pk).update(language="en")
    with translation.override("en"):
        yield


def started(account: Account, action: Action, by: User, *chosen: ContactList, **data: Any) -> ListBatch:
    return batches.start(account, action=action, contact_lists=list(chosen), by=by, now=NOW, **data)


def lines(batch: ListBatch) -> list[tuple[str, bool, str]]:
    return [(line["name"], line["ok"], line["message"]) for line in batch.results]


def events() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "subject"))


def test_a_few_lists_are_done_at_once_with_one_event_each(in_account: Account, marketer: User) -> None:
    active, disabled = make_list(in_account, "A"), make_list(in_account, "B", status="DISABLED")

    batch = started(in_account, Action.DISABLE, marketer, active, disabled)

    assert (batch.status, batch.done, batch.total, batch.claim) == ("DONE", 2, 2, None)
    assert lines(batch) == [("A", True, "deactivated"), ("B", False, "was already deactivated")]
    assert list(ContactList.objects.values_list("status", flat=True)) == ["DISABLED", "DISABLED"]
    assert events() == [("LIST_DISABLED", "A")]


@pytest.mark.parametrize(
    "action, fields, ok, message",
    [
        (Action.ENABLE, {"status": "DISABLED"}, True, "active again"),
        (Action.ENABLE, {}, False, "was already active"),
        (Action.ENABLE, {"deleted_at": NOW}, False, "is in the bin"),
        (Action.DELETE, {}, True, "in the bin"),
        (Action.DELETE, {"deleted_at": NOW}, False, "is in the bin"),
        (Action.RESTORE, {"deleted_at": NOW}, True, "restored"),
        (Action.RESTORE, {}, False, "is not in the bin"),
        (Action.DUPLICATE, {}, True, "copied as “A (copy)”"),
        (Action.DUPLICATE, {"deleted_at": NOW}, False, "is in the bin"),
    ],
)
def test_each_action_says_what_came_of_it(
    action: Action, fields: dict[str, Any], ok: bool, message: str, in_account: Account, marketer: User
) -> None:
    batch = started(in_account, action, marketer, make_list(in_account, "A", **fields))

    assert lines(batch) == [("A", ok, message)]
    assert len(events()) == ok


def test_a_refusal_of_one_list_undoes_nothing_of_the_others(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (make_list(in_account, name) for name in "ABC")
    delete = lists.delete

    def delete_but_b(account: Account, *, contact_list: ContactList, **given: Any) -> None:
        delete(account, contact_list=contact_list, **given)
        if contact_list == second:
            raise lists.ListChanged("A campaign uses this list.")

    monkeypatch.setitem(batches._OPERATIONS, Action.DELETE, (delete_but_b, "in the bin"))

    batch = started(in_account, Action.DELETE, marketer, first, second, third)

    assert lines(batch) == [
        ("A", True, "in the bin"),
        ("B", False, "A campaign uses this list."),
        ("C", True, "in the bin"),
    ]
    assert [one.name for one in ContactList.objects.for_account(in_account)] == ["B"]
    assert events() == [("LIST_DELETED", "A"), ("LIST_DELETED", "C")]


def test_many_lists_wait_for_a_worker(in_account: Account, marketer: User) -> None:
    chosen = [make_list(in_account, f"L{number}") for number in range(21)]

    batch = started(in_account, Action.DISABLE, marketer, *chosen)
    waiting = (batch.status, events())
    batches.run(in_account, batch_id=batch.pk, now=NOW)
    batch.refresh_from_db()

    assert waiting == ("QUEUED", [])
    assert (batch.status, batch.done, len(batch.results)) == ("DONE", 21, 21)
    assert {line["message"] for line in batch.results} == {"deactivated"}
    with pytest.raises(jobs.JobAlreadyStarted):
        batches.run(in_account, batch_id=batch.pk, now=NOW)
    assert len(events()) == 21


def test_a_batch_taken_up_after_a_crash_does_nothing_twice(
    in_account: Account, marketer: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 0
    chosen = [make_list(in_account, name, phones=[FICTION]) for name in "ABC"]
    batch = started(in_account, Action.DUPLICATE, marketer, *chosen)
    copy = batches.duplicate

    def die_at_c(account: Account, *, contact_list: ContactList, **given: Any) -> ContactList:
        copied = copy(account, contact_list=contact_list, **given)
        if contact_list.name == "C":
            raise SystemExit
        return copied

    monkeypatch.setattr(batches, "duplicate", die_at_c)
    with pytest.raises(SystemExit):
        batches.run(in_account, batch_id=batch.pk, now=NOW)
    monkeypatch.setattr(batches, "duplicate", copy)
    later = NOW + timedelta(days=10_000)
    assert batches.BATCHES.rescue(in_account, now=later) == 1
    batches.run(in_account, batch_id=batch.pk, now=NOW)

    batch.refresh_from_db()
    assert [line["name"] for line in batch.results] == ["A", "B", "C"]
    names = ContactList.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["A", "A (copy)", "B", "B (copy)", "C", "C (copy)"]
    assert [action for action, _ in events()] == ["LIST_DUPLICATED"] * 3


def test_a_worker_that_lost_its_claim_undoes_the_list_it_was_at(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE_LISTS", 0)
    batch = started(in_account, Action.DISABLE, marketer, make_list(in_account, "A"))
    disable = lists.disable

    def disable_while_another_takes_over(*args: Any, **given: Any) -> None:
        disable(*args, **given)
        ListBatch.objects.filter(pk=batch.pk).update(claim=uuid4())

    monkeypatch.setitem(batches._OPERATIONS, Action.DISABLE, (disable_while_another_takes_over, "deactivated"))

    batches.run(in_account, batch_id=batch.pk, now=NOW)

    assert (ContactList.objects.get().status, events()) == ("ACTIVE", [])


def test_a_list_that_is_gone_has_a_line_too(in_account: Account, marketer: User) -> None:
    contact_list = make_list(in_account, "A")
    ContactList.objects.filter(pk=contact_list.pk).delete()

    assert lines(started(in_account, Action.DISABLE, marketer, contact_list)) == [("", False, "no longer exists")]


def test_another_accounts_list_is_not_touched(in_account: Account, marketer: User, other_account: Account) -> None:
    with account_context(other_account):
        theirs = make_list(other_account, "Secret")

    batch = started(in_account, Action.DELETE, marketer, theirs)

    assert lines(batch) == [("", False, "no longer exists")]
    with account_context(other_account):
        assert ContactList.objects.get().deleted_at is None


def test_no_list_and_too_many_are_refused(in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_LISTS", 1)
    two = [make_list(in_account, name) for name in "AB"]

    with pytest.raises(batches.NothingChosen):
        started(in_account, Action.DELETE, marketer)
    with pytest.raises(batches.TooManyLists):
        started(in_account, Action.DELETE, marketer, *two)

    assert ListBatch.objects.count() == 0


def test_a_large_copy_is_a_workers_under_the_name_chosen(in_account: Account, marketer: User, settings: Any) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 1
    contact_list = make_list(in_account, "A", phones=[FICTION, FICTION + 1])

    batch = started(in_account, Action.DUPLICATE, marketer, contact_list, copy_name="Mars")
    waiting = batch.status
    batches.run(in_account, batch_id=batch.pk, now=NOW)

    assert waiting == "QUEUED"
    copy = ContactList.objects.get(name="Mars")
    assert (copy.contact_count, copy.author) == (2, marketer)
