"""Lists that keep themselves up to date, and stop when they are frozen or their rule means nothing any more."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

from contacts.models import ContactList, ListEntry
from contacts.operations import lists
from contacts.operations.lists import ListChanged
from directory import tasks
from directory.models import Attribute, Contact
from directory.operations import contacts as contact_operations
from directory.operations import living
from directory.queries import living as queries
from directory.queries.query import Query
from directory.queries.rules import RuleRefused
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.jobs import wakeups
from tests.conftest import NOW
from tests.contacts.factories import make_exclusion
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

ANA, BEN, CLO = 33639980001, 33639980002, 33639980003
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def town(in_account: Account) -> str:
    """The key of the towns in a directory with two people of Lyon and one of Nantes."""
    key = make_directory(in_account)["city"].key
    for phone, name in ((ANA, "Lyon"), (BEN, "Nantes"), (CLO, "Lyon")):
        make_contact(in_account, phone, {key: name})
    return key


def lives_in(key: str, name: str = "Lyon", **fields: Any) -> Query:
    return Query(rule={"match": "ALL", "conditions": [{"field": key, "is": "EQUALS", "value": name}]}, **fields)


def saved(account: Account, query: Query, by: User, name: str = "Lyonnais") -> ContactList:
    return living.save(account, query=query, name=name, by=by, now=NOW)


def phones(contact_list: ContactList) -> list[int]:
    rows = ListEntry.objects.filter(contact_list=contact_list).order_by("phone")
    return list(rows.values_list("phone", flat=True))


def move_to(account: Account, phone: int, key: str, name: str, now: datetime = LATER) -> None:
    Contact.objects.filter(account=account, phone=phone).update(attributes={key: name}, updated_at=now)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_saved_filter_is_a_list_of_those_who_meet_it(in_account: Account, town: str, marketer: User) -> None:
    make_exclusion(in_account, CLO)

    made = saved(in_account, lives_in(town, sort="PHONE"), marketer)

    assert phones(made) == [ANA, CLO]
    assert (made.kind, made.is_living, made.contact_count, made.excluded_count) == ("DIRECTORY", True, 2, 1)
    assert (made.refreshed_at, made.author, made.expires_after_months) == (NOW, marketer, None)
    assert queries.query_of(made) == lives_in(town)
    assert list(AuditEvent.objects.values_list("action", "subject", "counts")) == [
        ("LIST_CREATED", "Lyonnais", {"contacts": 2})
    ]


def test_contacts_join_and_leave_as_they_meet_the_rule(in_account: Account, town: str, marketer: User) -> None:
    made = saved(in_account, lives_in(town), marketer)
    move_to(in_account, ANA, town, "Paris")
    move_to(in_account, BEN, town, "LYON")

    refreshed = living.refresh(in_account, contact_list=made, now=LATER)

    made.refresh_from_db()
    assert refreshed == living.Refreshed(added=1, removed=1)
    assert phones(made) == [BEN, CLO]
    assert (made.contact_count, made.refreshed_at, made.updated_at) == (2, LATER, LATER)


def test_refreshing_again_changes_nothing(in_account: Account, town: str, marketer: User) -> None:
    made = saved(in_account, lives_in(town), marketer)

    refreshed = living.refresh(in_account, contact_list=made, now=LATER)

    made.refresh_from_db()
    assert refreshed == living.Refreshed(added=0, removed=0)
    assert (made.refreshed_at, made.updated_at) == (LATER, NOW)


@pytest.mark.parametrize(
    "narrowed, members",
    [
        ({"search": "nantes"}, [BEN]),
        ({"excluded": True}, [CLO]),
        ({"excluded": False}, [ANA, BEN]),
        ({}, [ANA, BEN, CLO]),
    ],
)
def test_a_search_or_the_exclusion_list_makes_a_rule_too(
    narrowed: dict[str, Any], members: list[int], in_account: Account, town: str, marketer: User
) -> None:
    make_exclusion(in_account, CLO)

    assert phones(saved(in_account, Query(**narrowed), marketer)) == members


def test_a_rule_may_follow_a_list_that_people_fill(in_account: Account, town: str, marketer: User) -> None:
    followed = make_diffusion_list(in_account, "Abonnés", [BEN])
    made = saved(in_account, Query(list_id=followed.pk), marketer)
    ListEntry.objects.create(account=in_account, contact_list=followed, phone=ANA)

    living.refresh_all(in_account, now=LATER)

    assert phones(made) == [ANA, BEN]


def test_a_rule_cannot_follow_a_living_list_nor_itself(in_account: Account, town: str, marketer: User) -> None:
    made = saved(in_account, lives_in(town), marketer)

    with pytest.raises(queries.RuleNotKept, match="“Lyonnais”, which keeps itself up to date"):
        saved(in_account, Query(list_id=made.pk), marketer, "Autre")

    with pytest.raises(queries.RuleNotKept, match="“Lyonnais”"):
        living.set_rule(in_account, contact_list=made, query=Query(list_id=made.pk), by=marketer, now=LATER)
    assert list(ContactList.objects.values_list("name", flat=True)) == ["Lyonnais"]


def test_another_accounts_list_cannot_be_followed(account: Account, other_account: Account, marketer: User) -> None:
    with account_context(other_account):
        theirs = make_diffusion_list(other_account)
    with account_context(account):
        make_directory(account)
        with pytest.raises(queries.RuleNotKept, match="does not exist any more"):
            saved(account, Query(list_id=theirs.pk), marketer)


def test_a_rule_that_names_no_attribute_is_refused(in_account: Account, town: str, marketer: User) -> None:
    with pytest.raises(RuleRefused):
        saved(in_account, lives_in("a99"), marketer)

    assert ContactList.objects.count() == 0


def test_a_list_whose_attribute_was_deleted_keeps_its_members_and_says_so(
    in_account: Account, town: str, marketer: User
) -> None:
    made = saved(in_account, lives_in(town), marketer)
    before = queries.problem(in_account, made)
    Attribute.objects.filter(key=town).update(deleted_at=NOW)
    move_to(in_account, ANA, town, "Paris")

    refreshed = living.refresh(in_account, contact_list=made, now=LATER)

    assert (before, refreshed, phones(made)) == ("", None, [ANA, CLO])
    assert queries.problem(in_account, made) == (
        "A condition names an attribute that does not exist any more. Remove that condition."
    )


def test_a_list_whose_followed_list_is_in_the_bin_keeps_its_members(
    in_account: Account, town: str, marketer: User
) -> None:
    followed = make_diffusion_list(in_account, "Abonnés", [BEN])
    made = saved(in_account, Query(list_id=followed.pk), marketer)
    lists.delete(in_account, contact_list=followed, by=marketer, now=NOW)

    assert living.refresh(in_account, contact_list=made, now=LATER) is None
    assert phones(made) == [BEN]
    assert queries.problem(in_account, made) == "The filter names a list that does not exist any more. Choose another."


def test_another_rule_brings_other_members(in_account: Account, town: str, marketer: User) -> None:
    made = saved(in_account, lives_in(town), marketer)

    living.set_rule(in_account, contact_list=made, query=lives_in(town, "Nantes"), by=marketer, now=LATER)

    made.refresh_from_db()
    assert (phones(made), made.refreshed_at) == ([BEN], LATER)
    assert actions() == ["LIST_CREATED", "LIST_RULE_CHANGED"]


def test_a_frozen_list_keeps_its_members_whatever_happens(in_account: Account, town: str, marketer: User) -> None:
    made = saved(in_account, lives_in(town), marketer)

    living.freeze(in_account, contact_list=made, by=marketer, now=LATER)
    move_to(in_account, ANA, town, "Paris")
    refreshed = living.refresh_all(in_account, now=LATER), living.refresh(in_account, contact_list=made, now=LATER)

    assert (made.rule, made.refreshed_at, phones(made), refreshed) == (None, None, [ANA, CLO], (0, None))
    assert ContactList.objects.filter(rule__isnull=True).get() == made
    assert actions() == ["LIST_CREATED", "LIST_FROZEN"]
    assert AuditEvent.objects.get(action="LIST_FROZEN").counts == {"contacts": 2}


def test_a_list_without_a_rule_is_neither_frozen_nor_given_one(in_account: Account, town: str, marketer: User) -> None:
    static = make_diffusion_list(in_account, "Abonnés", [BEN])

    with pytest.raises(ListChanged):
        living.freeze(in_account, contact_list=static, by=marketer, now=LATER)
    with pytest.raises(ListChanged):
        living.set_rule(in_account, contact_list=static, query=lives_in(town), by=marketer, now=LATER)

    assert (phones(static), actions()) == ([BEN], [])


def test_before_it_is_looked_at_a_list_that_is_behind_is_brought_up_to_date(
    in_account: Account, town: str, marketer: User
) -> None:
    made = saved(in_account, lives_in(town), marketer)
    ContactList.objects.filter(pk=made.pk).update(refreshed_at=LATER)
    made.refresh_from_db()
    unseen = living.freshen(in_account, contact_list=made, now=LATER), phones(made)
    new = {"phone": 33639980009, "attributes": {town: "Lyon"}}
    contact_operations.add(in_account, **new, by=marketer, now=LATER + timedelta(minutes=1))

    is_fresh = living.freshen(in_account, contact_list=made, now=LATER + timedelta(minutes=2))

    assert unseen == (True, [ANA, CLO])
    assert (is_fresh, phones(made), made.contact_count) == (True, [ANA, CLO, 33639980009], 3)


def test_a_large_directory_is_searched_by_a_worker(
    in_account: Account, town: str, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(living, "AT_ONCE_CONTACTS", 2)

    made = saved(in_account, lives_in(town), marketer)

    assert (made.refreshed_at, phones(made)) == (None, [])
    assert living.freshen(in_account, contact_list=made, now=LATER) is False
    assert (living.answered(in_account, now=LATER), phones(made)) == (1, [ANA, CLO])


def test_many_changes_make_one_call_until_a_worker_begins(
    in_account: Account,
    town: str,
    marketer: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    calls: list[tuple[str, Any]] = []
    monkeypatch.setattr(wakeups, "send", lambda task, **ids: calls.append((task, ids)))
    cache.clear()
    with django_capture_on_commit_callbacks(execute=True):
        living.ask(in_account)
    without_lists = list(calls)
    saved(in_account, lives_in(town), marketer)

    with django_capture_on_commit_callbacks(execute=True):
        living.ask(in_account)
        living.ask(in_account)
    living.answered(in_account, now=LATER)
    with django_capture_on_commit_callbacks(execute=True):
        living.ask(in_account)

    assert without_lists == []
    assert calls == [("directory.tasks.refresh_living_lists", {"account_id": in_account.pk})] * 2


def test_a_change_of_contacts_asks_for_the_lists_by_itself(
    in_account: Account,
    town: str,
    marketer: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(wakeups, "send", lambda task, **ids: calls.append(ids))
    cache.clear()
    made = saved(in_account, lives_in(town), marketer)

    with django_capture_on_commit_callbacks(execute=True):
        living.freeze(in_account, contact_list=made, by=marketer, now=LATER)
        living.save(in_account, query=lives_in(town), name="Autre", by=marketer, now=LATER)
    unrelated = list(calls)
    with django_capture_on_commit_callbacks(execute=True):
        contact_operations.add(in_account, phone=33639980009, attributes={}, by=marketer, now=LATER)

    assert (unrelated, calls) == ([], [{"account_id": in_account.pk}])


@pytest.mark.parametrize("condition, is_behind", [("LAST_DAYS", True), ("AFTER", False)])
def test_a_rule_that_counts_days_is_behind_on_the_next_day(
    condition: str, is_behind: bool, in_account: Account, town: str, marketer: User
) -> None:
    value = 3 if condition == "LAST_DAYS" else date(2026, 3, 1).isoformat()
    rule = {"match": "ALL", "conditions": [{"field": "@created", "is": condition, "value": value}]}
    made = saved(in_account, Query(rule=rule), marketer)

    assert queries.is_behind(in_account, made, now=NOW + timedelta(hours=2)) is False
    assert queries.is_behind(in_account, made, now=NOW + timedelta(days=1)) is is_behind


def test_the_beat_refreshes_every_account_and_only_what_is_behind(
    account: Account, other_account: Account, marketer: User, stranger: User
) -> None:
    made = {}
    for one, by in ((account, marketer), (other_account, stranger)):
        with account_context(one):
            town = make_directory(one)["city"].key
            make_contact(one, ANA, {town: "Lyon"})
            made[one.pk] = saved(one, lives_in(town), by)
            make_contact(one, BEN, {town: "Lyon"})
    with account_context(other_account):
        AuditEvent.objects.create(account=other_account, action="CONTACT_ADDED", subject="", at=NOW)

    tasks.refresh_lists_behind()

    with account_context(account):
        assert phones(made[account.pk]) == [ANA]
    with account_context(other_account):
        assert phones(made[other_account.pk]) == [ANA, BEN]
    tasks.refresh_living_lists(account.pk)
    with account_context(account):
        assert phones(made[account.pk]) == [ANA, BEN]


def test_the_rule_is_said_in_words(in_account: Account, town: str, marketer: User) -> None:
    Attribute.objects.filter(key=town).update(name="Ville")
    followed = make_diffusion_list(in_account, "Abonnés", [])
    query = lives_in(town, search="ana", list_id=followed.pk, excluded=False)
    made = saved(in_account, query, marketer)

    everybody = saved(in_account, Query(), marketer, "Tous")

    assert queries.in_words(in_account, made) == (
        "Ville is “Lyon” and search “ana” and in the list “Abonnés” and not on the exclusion list"
    )
    assert queries.in_words(in_account, everybody) == "all contacts"


def test_a_choice_beside_a_search_is_said_in_brackets(in_account: Account, town: str, marketer: User) -> None:
    Attribute.objects.filter(key=town).update(name="Ville")
    towns = [{"field": town, "is": "EQUALS", "value": name} for name in ("Lyon", "Nantes")]
    made = saved(in_account, Query(rule={"match": "ANY", "conditions": towns}, search="ana"), marketer)

    assert queries.in_words(in_account, made) == "(Ville is “Lyon” or Ville is “Nantes”) and search “ana”"
