"""Two lists become one, and are two again when somebody thinks better of it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from contacts.models import ContactList, ListEntry
from contacts.operations import lists
from contacts.operations.jobs import JobAlreadyStarted
from directory.models import ListMerge, MergedEntry
from directory.operations import erasure, living, merge_undo, merges
from directory.queries import merges as queries
from directory.queries.query import Query
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import make_exclusion, make_list
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

ANA, BEN, CLO, DAN = 33639980001, 33639980002, 33639980003, 33639980004
LATER = NOW + timedelta(days=3)
After = ListMerge.SourceAfter


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def directory(in_account: Account) -> Account:
    make_directory(in_account)
    for phone in (ANA, BEN, CLO, DAN):
        make_contact(in_account, phone)
    return in_account


def made(account: Account, name: str, phones: Iterable[int], **fields: Any) -> ContactList:
    contact_list = make_diffusion_list(account, name, phones, **fields)
    contact_list.refresh_from_db()
    return contact_list


def merged(
    account: Account,
    first: ContactList,
    second: ContactList,
    by: User,
    target: ContactList | None = None,
    **fields: Any,
) -> ListMerge:
    given = {"name": "Tous", "expires_after_months": None, "source_after": After.DELETE, "now": NOW} | fields
    return merges.start(account, first=first, second=second, target=target, by=by, **given)


def undone(account: Account, merge: ListMerge, by: User) -> queries.Undoing:
    return merge_undo.undo(account, merge=merge, by=by, now=LATER)


def phones(contact_list: ContactList) -> list[int]:
    rows = ListEntry.objects.filter(contact_list=contact_list).order_by("phone")
    return list(rows.values_list("phone", flat=True))


def state(contact_list: ContactList) -> tuple[str, str, int | None, bool, int]:
    held = ContactList.objects.get(pk=contact_list.pk)
    return held.name, held.status, held.expires_after_months, held.deleted_at is not None, held.contact_count


def events() -> list[tuple[str, str, dict[str, int]]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "subject", "counts"))


def test_a_new_list_has_each_number_of_both_once(directory: Account, marketer: User) -> None:
    make_exclusion(directory, CLO)
    first, second = made(directory, "Nord", [ANA, BEN]), made(directory, "Sud", [BEN, CLO])

    merge = merged(directory, first, second, marketer, expires_after_months=6)

    assert merge.status == "DONE"
    assert merge.target is not None
    assert phones(merge.target) == [ANA, BEN, CLO]
    assert state(merge.target) == ("Tous", "ACTIVE", 6, False, 3)
    assert (merge.target.kind, merge.target.excluded_count, merge.target.author) == ("DIRECTORY", 1, marketer)
    counts = {name: merge.result[name] for name in ("first", "second", "both", "added", "final")}
    assert counts == {"first": 2, "second": 2, "both": 1, "added": 3, "final": 3}
    assert [state(one)[3] for one in (first, second)] == [True, True]
    assert events() == [
        ("LISTS_MERGED", "Nord + Sud → Tous", {"contacts": 3}),
        ("LIST_DELETED", "Nord", {"contacts": 2}),
        ("LIST_DELETED", "Sud", {"contacts": 2}),
    ]


def test_undoing_a_merge_into_a_new_list_puts_it_in_the_bin_and_brings_both_back(
    directory: Account, marketer: User
) -> None:
    first, second = made(directory, "Nord", [ANA, BEN]), made(directory, "Sud", [CLO], expires_after_months=2)
    merge = merged(directory, first, second, marketer)

    what = undone(directory, merge, marketer)

    assert what == queries.Undoing(removed=3, gone=0, back=("Nord", "Sud"), is_new=True)
    assert merge.target is not None
    assert state(merge.target)[3] is True
    assert [state(first), state(second)] == [("Nord", "ACTIVE", None, False, 2), ("Sud", "ACTIVE", 2, False, 1)]
    assert [phones(first), phones(second)] == [[ANA, BEN], [CLO]]
    assert [action for action, _subject, _counts in events()][-4:] == [
        "LIST_DELETED",
        "LIST_RESTORED",
        "LIST_RESTORED",
        "LISTS_UNMERGED",
    ]


def test_an_existing_list_receives_what_it_lacks_with_the_chosen_name_and_life(
    directory: Account, marketer: User
) -> None:
    first, second = made(directory, "Nord", [ANA, BEN], expires_after_months=1), made(directory, "Sud", [BEN, CLO])

    merge = merged(directory, first, second, marketer, target=first, now=LATER, source_after=After.DISABLE)

    assert merge.target == first
    assert phones(first) == [ANA, BEN, CLO]
    assert state(first) == ("Tous", "ACTIVE", None, False, 3)
    assert ContactList.objects.get(pk=first.pk).last_used_at == LATER
    assert state(second) == ("Sud", "DISABLED", None, False, 2)
    assert list(MergedEntry.objects.values_list("merge", "phone")) == [(merge.pk, CLO)]
    assert {name: merge.result[name] for name in ("both", "added", "final", "into")} == {
        "both": 1,
        "added": 1,
        "final": 3,
        "into": "FIRST",
    }


def test_undoing_takes_the_received_numbers_out_again_and_gives_name_and_life_back(
    directory: Account, marketer: User
) -> None:
    first, second = made(directory, "Nord", [ANA, BEN], expires_after_months=1), made(directory, "Sud", [BEN, CLO])
    merge = merged(directory, second, first, marketer, target=first, now=LATER, source_after=After.DISABLE)
    # Somebody adds a number of their own meanwhile: it stays.
    ListEntry.objects.create(account=directory, contact_list=first, phone=DAN)

    what = undone(directory, merge, marketer)

    assert what == queries.Undoing(removed=1, gone=0, back=("Sud",), is_new=False)
    assert phones(first) == [ANA, BEN, DAN]
    assert state(first) == ("Nord", "ACTIVE", 1, False, 3)
    assert ContactList.objects.get(pk=first.pk).last_used_at == NOW
    assert state(second) == ("Sud", "ACTIVE", None, False, 2)
    assert MergedEntry.objects.count() == 0


def test_undoing_leaves_what_was_changed_since(directory: Account, marketer: User) -> None:
    first, second = made(directory, "Nord", [ANA]), made(directory, "Sud", [BEN, CLO])
    merge = merged(directory, first, second, marketer, target=first, expires_after_months=2)
    ListEntry.objects.filter(contact_list=first, phone=CLO).delete()
    ContactList.objects.filter(pk=first.pk).update(name="Clients fidèles", expires_after_months=12)
    lists.restore(directory, contact_list=second, by=marketer, now=NOW)

    what = undone(directory, merge, marketer)

    assert what == queries.Undoing(removed=1, gone=1, back=(), is_new=False, keeps_name=True, keeps_expiry=True)
    assert phones(first) == [ANA]
    assert state(first) == ("Clients fidèles", "ACTIVE", 12, False, 1)
    assert state(second) == ("Sud", "ACTIVE", None, False, 2)


def test_sources_can_be_kept_as_they_are(directory: Account, marketer: User) -> None:
    first, second = made(directory, "Nord", [ANA]), made(directory, "Sud", [BEN], status="DISABLED")

    merge = merged(directory, first, second, marketer, source_after=After.KEEP)
    undone(directory, merge, marketer)

    assert [state(first), state(second)] == [("Nord", "ACTIVE", None, False, 1), ("Sud", "DISABLED", None, False, 1)]


def test_a_list_that_was_deactivated_before_is_not_reactivated_by_an_undo(directory: Account, marketer: User) -> None:
    first, second = made(directory, "Nord", [ANA]), made(directory, "Sud", [BEN], status="DISABLED")
    merge = merged(directory, first, second, marketer, source_after=After.DISABLE)

    undone(directory, merge, marketer)

    assert [state(first)[1], state(second)[1]] == ["ACTIVE", "DISABLED"]


def test_a_merge_is_undone_once_only(directory: Account, marketer: User) -> None:
    merge = merged(directory, made(directory, "Nord", [ANA]), made(directory, "Sud", [BEN]), marketer)
    undone(directory, merge, marketer)

    with pytest.raises(merge_undo.CannotUndoMerge, match=r"This merge can no longer be undone\."):
        undone(directory, merge, marketer)


def test_after_thirty_days_it_is_too_late_and_the_noted_numbers_are_forgotten(
    directory: Account, marketer: User
) -> None:
    first, second = made(directory, "Nord", [ANA]), made(directory, "Sud", [BEN])
    merge = merged(directory, first, second, marketer, target=first)
    late = NOW + timedelta(days=30, seconds=1)

    with pytest.raises(merge_undo.CannotUndoMerge, match=r"This merge can no longer be undone\."):
        merge_undo.undo(directory, merge=merge, by=marketer, now=late)

    assert [merges.purge(directory, now=NOW + timedelta(days=29)), merges.purge(directory, now=late)] == [0, 1]
    assert phones(first) == [ANA, BEN]


def test_a_merge_whose_source_is_gone_for_good_cannot_be_undone(directory: Account, marketer: User) -> None:
    first, second = made(directory, "Nord", [ANA]), made(directory, "Sud", [BEN])
    merge = merged(directory, first, second, marketer, target=first)
    ContactList.objects.filter(pk=second.pk).update(deleted_at=NOW - timedelta(days=40))
    lists.empty_bin(directory, now=NOW)

    with pytest.raises(merge_undo.CannotUndoMerge, match="removed for good"):
        undone(directory, ListMerge.objects.get(pk=merge.pk), marketer)

    assert phones(first) == [ANA, BEN]


def test_a_target_in_the_bin_must_be_restored_before_the_undo(directory: Account, marketer: User) -> None:
    first, second = made(directory, "Nord", [ANA]), made(directory, "Sud", [BEN])
    merge = merged(directory, first, second, marketer, target=first)
    lists.delete(directory, contact_list=first, by=marketer, now=NOW)

    with pytest.raises(merge_undo.CannotUndoMerge, match="“Tous” is in the bin"):
        undone(directory, merge, marketer)


def test_a_living_list_is_brought_up_to_date_and_gives_its_members(directory: Account, marketer: User) -> None:
    everybody = living.save(directory, query=Query(), name="Tout le monde", by=marketer, now=NOW)
    second = made(directory, "Sud", [ANA])
    make_contact(directory, 33639980009)

    merge = merged(directory, everybody, second, marketer)

    assert merge.target is not None
    assert phones(merge.target) == [ANA, BEN, CLO, DAN, 33639980009]
    assert merge.target.is_living is False
    assert {name: merge.result[name] for name in ("first", "second", "both")} == {"first": 5, "second": 1, "both": 1}


def test_a_living_list_cannot_receive_another(directory: Account, marketer: User) -> None:
    everybody = living.save(directory, query=Query(), name="Tout le monde", by=marketer, now=NOW)
    second = made(directory, "Sud", [ANA])

    with pytest.raises(merges.CannotMerge, match="“Tout le monde” keeps itself up to date"):
        merged(directory, everybody, second, marketer, target=everybody)

    assert ListMerge.objects.count() == 0


@pytest.mark.parametrize("fields, message", [({"deleted_at": NOW}, "“Sud” no longer exists"), ({}, "with itself")])
def test_what_cannot_be_merged_is_refused(
    fields: dict[str, Any], message: str, directory: Account, marketer: User
) -> None:
    first, second = made(directory, "Nord", [ANA]), made(directory, "Sud", [BEN], **fields)

    with pytest.raises(merges.CannotMerge, match=message):
        merged(directory, first, second if fields else first, marketer)

    assert [phones(first), phones(second), ListMerge.objects.count()] == [[ANA], [BEN], 0]


def test_an_independent_list_is_no_diffusion_list(directory: Account, marketer: User) -> None:
    with pytest.raises(merges.CannotMerge, match="“Clients” no longer exists"):
        merged(directory, made(directory, "Nord", [ANA]), make_list(directory), marketer)


def test_big_lists_are_merged_by_a_worker_chunk_by_chunk(
    account: Account, marketer: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 3
    monkeypatch.setattr(merges, "CHUNK", 2)
    with account_context(account):
        make_directory(account)
        first, second = made(account, "Nord", [ANA, CLO]), made(account, "Sud", [ANA, BEN, CLO, DAN])
        merge = merged(account, first, second, marketer, source_after=After.KEEP)
        waiting = merge.status, merge.target
        into = merged(account, first, second, marketer, target=first, source_after=After.KEEP)

    merges.run(account, merge_id=merge.pk, now=NOW)
    merges.run(account, merge_id=into.pk, now=NOW)

    assert waiting == ("QUEUED", None)
    with account_context(account):
        merge.refresh_from_db()
        into.refresh_from_db()
        assert (merge.status, into.status, merge.target_id is not None, into.target_id) == (
            "DONE",
            "DONE",
            True,
            first.pk,
        )
        assert phones(ContactList.objects.get(pk=merge.target_id)) == [ANA, BEN, CLO, DAN]
        assert phones(first) == [ANA, BEN, CLO, DAN]
        assert (merge.result["both"], into.result["both"], into.result["added"]) == (2, 2, 2)
        assert sorted(MergedEntry.objects.values_list("phone", flat=True)) == [BEN, DAN]
    with pytest.raises(JobAlreadyStarted):
        merges.run(account, merge_id=merge.pk, now=NOW)


def test_a_list_deleted_while_the_merge_waits_fails_it_and_nothing_is_merged(
    account: Account, marketer: User, settings: Any
) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 0
    with account_context(account):
        make_directory(account)
        first, second = made(account, "Nord", [ANA]), made(account, "Sud", [BEN])
        merge = merged(account, first, second, marketer)
        lists.delete(account, contact_list=second, by=marketer, now=NOW)

    merges.run(account, merge_id=merge.pk, now=NOW)

    with account_context(account):
        merge.refresh_from_db()
        assert (merge.status, merge.error, merge.target_id) == ("FAILED", "CANNOT_MERGE", None)
        assert ContactList.objects.count() == 2
        assert events()[-1][:2] == ("LISTS_NOT_MERGED", "Tous")


def test_an_erased_contact_is_not_in_what_a_merge_remembers(directory: Account, marketer: User) -> None:
    first, second = made(directory, "Nord", [ANA]), made(directory, "Sud", [BEN, CLO])
    merge = merged(directory, first, second, marketer, target=first, source_after=After.KEEP)

    erasure.erase(directory, phones=[CLO], now=NOW)
    undone(directory, merge, marketer)

    assert [phones(first), phones(second)] == [[ANA], [BEN]]


def test_the_counts_are_known_before(directory: Account) -> None:
    first, second = made(directory, "Nord", [ANA, BEN, CLO]), made(directory, "Sud", [BEN, CLO, DAN])

    overlap = queries.overlap(directory, first, second)

    assert overlap == queries.Overlap(first=3, second=3, both=2)
    assert overlap.total == 4


def test_candidates_are_the_other_diffusion_lists_by_name(directory: Account) -> None:
    first, south, _north = (made(directory, name, []) for name in ("Nord", "Été du Sud", "Nord-Est"))
    made(directory, "Sud supprimé", [], deleted_at=NOW)
    make_list(directory, "Sud indépendant")

    assert queries.candidates(directory, first, search="ete du") == [south]
    assert [one.name for one in queries.candidates(directory, first)] == ["Nord-Est", "Été du Sud"]
