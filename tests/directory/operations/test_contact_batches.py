"""One action on chosen contacts: all of it or nothing, none twice, few at once and many by a worker."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from contacts.models import ContactList, Exclusion, ListEntry
from contacts.operations import jobs
from directory import batch_pages
from directory.models import Contact, ContactBatch, ContactChange, ContactKey, ListMerge, MergedEntry
from directory.operations import contact_batches, erasure, keys, locks, members
from directory.queries.query import Query, Selection, contact_count
from smsplatform.accounts.models import Account, AuditEvent, User
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion
from tests.directory.factories import make_contact, make_diffusion_list
from tests.directory.operations.test_members import make_people, of_lyon, phones_of

Action = ContactBatch.Action


@pytest.fixture(autouse=True)
def _in_english(marketer: User) -> Iterator[None]:
    User.objects.filter(pk=marketer.pk).update(language="en")
    with translation.override("en"):
        yield


@pytest.fixture
def people(in_account: Account) -> list[int]:
    return make_people(in_account, 6)


@pytest.fixture
def by_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a worker do even the smallest action, two contacts at a time."""
    monkeypatch.setattr(contact_batches, "AT_ONCE_CONTACTS", 0)
    monkeypatch.setattr(contact_batches, "CHUNK", 2)


def started(account: Account, action: Action, by: User, selection: Selection, **given: Any) -> ContactBatch:
    return contact_batches.start(account, action=action, selection=selection, by=by, now=NOW, **given)


def events() -> list[tuple[str, str, dict[str, int]]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "subject", "counts"))


def test_a_few_contacts_are_added_at_once(in_account: Account, marketer: User, people: list[int]) -> None:
    contact_list = make_diffusion_list(in_account, phones=people[:1])

    batch = started(in_account, Action.ADD, marketer, Selection(phones=tuple(people[:3])), contact_list=contact_list)

    assert (batch.status, batch.claim, batch.done, batch.total) == ("DONE", None, 3, 3)
    assert batch.result == {"added": 2, "already": 1, "found": 3}
    assert phones_of(contact_list) == people[:3]
    assert events() == [("CONTACTS_ADDED_TO_LIST", "Abonnés", {"contacts": 2})]
    assert batch_pages.summary(batch) == "2 contacts added to the list “Abonnés”, 1 was there already."


def test_a_batch_forgets_the_numbers_once_it_is_done(in_account: Account, marketer: User, people: list[int]) -> None:
    batch = started(in_account, Action.EXCLUDE, marketer, Selection(phones=tuple(people)))

    assert (batch.phones, batch.done) == ([], 6)


def test_a_new_list_holds_all_that_was_found(in_account: Account, marketer: User, people: list[int]) -> None:
    options = {"name": "Lyonnais", "description": "Du printemps", "expires_after_months": 3, "expected": 3}

    batch = started(in_account, Action.NEW_LIST, marketer, Selection(of_lyon(in_account)), options=options)

    made = ContactList.objects.get()
    assert batch.contact_list == made
    assert (made.name, made.description, made.kind, made.expires_after_months, made.author) == (
        "Lyonnais",
        "Du printemps",
        "DIRECTORY",
        3,
        marketer,
    )
    assert phones_of(made) == people[::2]
    assert events() == [("LIST_CREATED", "Lyonnais", {"contacts": 3})]
    assert batch_pages.difference(batch) == ""


def test_contacts_are_removed_from_the_list_of_the_page(in_account: Account, marketer: User, people: list[int]) -> None:
    contact_list = make_diffusion_list(in_account, phones=people)
    query = Query(list_id=contact_list.pk, rule=of_lyon(in_account).rule)

    batch = started(in_account, Action.REMOVE, marketer, Selection(query), contact_list=contact_list)

    assert batch.result == {"removed": 3, "found": 3}
    assert phones_of(contact_list) == people[1::2]
    assert contact_count(in_account) == 6
    assert events() == [("CONTACTS_REMOVED_FROM_LIST", "Abonnés", {"contacts": 3})]


def test_those_excluded_already_keep_their_date_and_reason(
    in_account: Account, marketer: User, people: list[int]
) -> None:
    make_exclusion(in_account, people[0])
    contact_list = make_diffusion_list(in_account, phones=people)

    batch = started(
        in_account, Action.EXCLUDE, marketer, Selection(of_lyon(in_account)), options={"reason": "Fermeture"}
    )

    assert batch.result == {"added": 2, "already": 1, "found": 3}
    rows = Exclusion.objects.order_by("phone").values_list("phone", "source", "reason")
    assert list(rows) == [
        (people[0], "STOP", ""),
        (people[2], "PERSON", "Fermeture"),
        (people[4], "PERSON", "Fermeture"),
    ]
    contact_list.refresh_from_db()
    assert contact_list.excluded_count == 3
    assert events() == [("EXCLUSIONS_ADDED", "Fermeture", {"contacts": 2})]


def test_deleted_contacts_leave_everything_but_the_exclusion_list(
    in_account: Account, marketer: User, people: list[int]
) -> None:
    contact_list = make_diffusion_list(in_account, phones=people)
    in_bin = make_diffusion_list(in_account, "Ancienne", phones=people, deleted_at=NOW)
    make_exclusion(in_account, people[0])
    for phone in people:
        ContactChange.objects.create(account=in_account, phone=phone, kind="C", source="PERSON", at=NOW)
    merge = ListMerge.objects.create(account=in_account, name="Fusion", created_at=NOW, heartbeat_at=NOW)
    for phone in people:
        MergedEntry.objects.create(account=in_account, merge=merge, phone=phone)
    keys.rekey(in_account, people)

    batch = started(in_account, Action.DELETE, marketer, Selection(of_lyon(in_account)))

    left = people[1::2]
    assert batch.result == {"deleted": 3, "found": 3}
    for model in (Contact, ContactChange, MergedEntry):
        assert list(model.objects.order_by("phone").values_list("phone", flat=True)) == left, model
    assert set(ContactKey.objects.values_list("phone", flat=True)) <= set(left)
    assert (phones_of(contact_list), phones_of(in_bin)) == (left, left)
    contact_list.refresh_from_db()
    assert (contact_list.contact_count, contact_list.excluded_count) == (3, 0)
    assert contact_count(in_account) == 3
    assert Exclusion.objects.get().phone == people[0]
    assert events() == [("CONTACTS_DELETED", "", {"contacts": 3})]


@pytest.mark.parametrize(
    "selection, given, code",
    [
        (Selection(phones=()), {}, "NOBODY_CHOSEN"),
        (Selection(phones=(FICTION + 900,)), {}, "NOBODY_CHOSEN"),
        (Selection(Query(search="Personne")), {}, "NOBODY_CHOSEN"),
        (Selection(phones=tuple(range(FICTION, FICTION + 2_001))), {}, "TOO_MANY_CHOSEN"),
        (Selection(), {"action": Action.NEW_LIST}, "NAME_MISSING"),
        (Selection(), {"action": Action.ADD}, "LIST_MISSING"),
    ],
)
def test_what_cannot_be_done_leaves_no_batch(
    selection: Selection, given: dict[str, Any], code: str, in_account: Account, marketer: User, people: list[int]
) -> None:
    with pytest.raises(contact_batches.OperationError) as refused:
        started(in_account, given.get("action", Action.DELETE), marketer, selection)

    assert refused.value.code == code
    assert (ContactBatch.objects.count(), contact_count(in_account), events()) == (0, 6, [])


def test_a_list_that_keeps_itself_refuses_at_once(in_account: Account, marketer: User, people: list[int]) -> None:
    living = make_diffusion_list(in_account, "Lyonnais", rule={"rule": None, "search": "lyon"})

    with pytest.raises(members.ListKeepsItself, match=r"Lyonnais.*freeze it first"):
        started(in_account, Action.ADD, marketer, Selection(), contact_list=living)

    assert (ContactBatch.objects.count(), phones_of(living)) == (0, [])


def test_many_contacts_wait_for_a_worker(
    in_account: Account, marketer: User, people: list[int], by_worker: None
) -> None:
    contact_list = make_diffusion_list(in_account)
    batch = started(
        in_account,
        Action.ADD,
        marketer,
        Selection(of_lyon(in_account)),
        contact_list=contact_list,
        options={"expected": 3},
    )
    waiting = (batch.status, phones_of(contact_list))
    make_contact(in_account, FICTION + 50, {"a8": "Lyon"})

    contact_batches.run(in_account, batch_id=batch.pk, now=NOW)

    batch.refresh_from_db()
    assert waiting == ("QUEUED", [])
    assert (batch.status, batch.done, batch.result["added"]) == ("DONE", 4, 4)
    assert phones_of(contact_list) == [*people[::2], FICTION + 50]
    assert batch_pages.difference(batch) == (
        "When you confirmed, 3 contacts were found; when it was done, there were 4."
    )
    with pytest.raises(jobs.JobAlreadyStarted):
        contact_batches.run(in_account, batch_id=batch.pk, now=NOW)


def test_a_list_deleted_meanwhile_ends_the_batch_with_the_reason(
    in_account: Account, marketer: User, people: list[int], by_worker: None
) -> None:
    contact_list = make_diffusion_list(in_account)
    batch = started(in_account, Action.ADD, marketer, Selection(), contact_list=contact_list)
    ContactList.objects.filter(pk=contact_list.pk).update(deleted_at=NOW)

    contact_batches.run(in_account, batch_id=batch.pk, now=NOW)

    batch.refresh_from_db()
    assert (batch.status, batch.error, batch.result) == ("FAILED", "LIST_NOT_THERE", {})
    assert batch_pages.failure(batch) == "The list was deleted meanwhile. Nothing was changed."
    assert (phones_of(contact_list), [action for action, *_ in events()]) == ([], ["CONTACT_BATCH_FAILED"])


def test_a_new_list_whose_worker_dies_is_made_once(
    in_account: Account, marketer: User, people: list[int], by_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = started(in_account, Action.NEW_LIST, marketer, Selection(), options={"name": "Tous"})
    insert = members.insert

    def die_after(*given: Any) -> int:
        insert(*given)
        raise SystemExit

    monkeypatch.setattr(members, "insert", die_after)
    with pytest.raises(SystemExit):
        contact_batches.run(in_account, batch_id=batch.pk, now=NOW)
    monkeypatch.setattr(members, "insert", insert)
    after_crash = (ContactList.objects.count(), ListEntry.objects.count())
    assert contact_batches.BATCHES.rescue(in_account, now=NOW + timedelta(days=10_000)) == 1
    contact_batches.run(in_account, batch_id=batch.pk, now=NOW)

    assert after_crash == (0, 0)
    assert (ContactList.objects.count(), phones_of(ContactList.objects.get())) == (1, people)
    assert events() == [("LIST_CREATED", "Tous", {"contacts": 6})]


def test_deleting_goes_on_where_a_crash_stopped_it(
    in_account: Account, marketer: User, people: list[int], by_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = started(in_account, Action.DELETE, marketer, Selection())
    erase, calls = erasure.erase, []

    def die_at_second(account: Account, **given: Any) -> int:
        calls.append(given["phones"])
        erased = erase(account, **given)
        if len(calls) == 2:
            raise SystemExit
        return erased

    monkeypatch.setattr(erasure, "erase", die_at_second)
    with pytest.raises(SystemExit):
        contact_batches.run(in_account, batch_id=batch.pk, now=NOW)
    after_crash = contact_count(in_account)
    contact_batches.BATCHES.rescue(in_account, now=NOW + timedelta(days=10_000))
    contact_batches.run(in_account, batch_id=batch.pk, now=NOW)

    batch.refresh_from_db()
    assert after_crash == 4
    assert calls == [people[:2], people[2:4], people[2:4], people[4:]]
    assert (batch.status, batch.result) == ("DONE", {"deleted": 6, "found": 6})
    assert events() == [("CONTACTS_DELETED", "", {"contacts": 6})]


def test_contacts_added_after_the_confirmation_are_not_deleted(
    in_account: Account, marketer: User, people: list[int], by_worker: None
) -> None:
    batch = started(in_account, Action.DELETE, marketer, Selection(of_lyon(in_account)), options={"expected": 3})
    late = make_contact(in_account, FICTION + 50, {"a8": "Lyon"}, now=NOW + timedelta(seconds=1))

    contact_batches.run(in_account, batch_id=batch.pk, now=NOW + timedelta(minutes=1))

    left = Contact.objects.order_by("phone").values_list("phone", flat=True)
    assert list(left) == [*people[1::2], late.phone]


def test_deleting_and_removing_take_their_locks_first(
    in_account: Account, marketer: User, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    for module, name in ((locks, "add"), (locks, "remove")):
        operation = getattr(module, name)
        label = f"{module.__name__.rpartition('.')[2]}.{name}"
        monkeypatch.setattr(module, name, lambda *a, _o=operation, _l=label, **k: (taken.append(_l), _o(*a, **k))[1])

    started(in_account, Action.DELETE, marketer, Selection(phones=(people[0],)))
    started(
        in_account,
        Action.REMOVE,
        marketer,
        Selection(phones=(people[1],)),
        contact_list=make_diffusion_list(in_account, phones=people[1:2]),
    )

    assert taken == ["locks.remove", "locks.add"]
