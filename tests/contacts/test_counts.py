"""The lists' counts are kept by the database, whoever writes and however."""

from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import ContactList, Exclusion, ListEntry
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from tests.contacts.factories import FICTION, make_exclusion, make_list

PHONES = st.integers(FICTION, FICTION + 5)
KINDS = st.sampled_from(["add", "remove", "clear", "exclude", "include"])
STEPS = st.lists(st.tuples(KINDS, st.integers(0, 1), PHONES), max_size=25)


def recount(contact_list: ContactList) -> tuple[int, int]:
    entries = ListEntry.objects.filter(contact_list=contact_list)
    excluded = entries.filter(phone__in=Exclusion.objects.values("phone"))
    return entries.count(), excluded.count()


def stored(contact_list: ContactList) -> tuple[int, int]:
    contact_list.refresh_from_db()
    return contact_list.contact_count, contact_list.excluded_count


def apply(account: Account, contact_list: ContactList, step: str, phone: int) -> None:
    entries = ListEntry.objects.filter(contact_list=contact_list)
    if step == "add":
        with suppress(DatabaseError), transaction.atomic():
            # Two rows in one statement, of which one may be there: all or nothing.
            rows = [
                ListEntry(account=account, contact_list=contact_list, phone=number) for number in (phone, phone + 1)
            ]
            ListEntry.objects.bulk_create(rows)
    elif step == "remove":
        entries.filter(phone=phone).delete()
    elif step == "clear":
        entries.delete()
    elif step == "exclude":
        with suppress(DatabaseError), transaction.atomic():
            make_exclusion(account, phone)
    else:
        Exclusion.objects.filter(phone=phone).delete()


@given(steps=STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_equal_a_recount_after_any_sequence_of_writes(
    in_account: Account, steps: list[tuple[str, int, int]]
) -> None:
    both = [make_list(in_account, "A"), make_list(in_account, "B")]

    for step, which, phone in steps:
        apply(in_account, both[which], step, phone)

    assert [stored(one) for one in both] == [recount(one) for one in both]
    ListEntry.objects.all().delete()
    Exclusion.objects.all().delete()


def test_raw_sql_is_counted_too(in_account: Account) -> None:
    contact_list = make_list(in_account)
    make_exclusion(in_account, FICTION + 3)

    with connection.cursor() as cursor:
        cursor.execute(
            "insert into contacts_listentry (account_id, list_id, phone) select %s, %s, %s + n from generate_series(1, 5) n",
            [in_account.pk, contact_list.pk, FICTION],
        )

    assert stored(contact_list) == (5, 1)


def test_exclusions_of_another_account_do_not_count(in_account: Account, other_account: Account) -> None:
    contact_list = make_list(in_account, phones=[FICTION])
    with account_context(other_account):
        make_exclusion(other_account, FICTION)

    assert stored(contact_list) == (1, 0)


def test_an_entry_never_changes_its_number(in_account: Account) -> None:
    contact_list = make_list(in_account, phones=[FICTION])

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        ListEntry.objects.filter(contact_list=contact_list).update(phone=FICTION + 1)

    assert list(ListEntry.objects.values_list("phone", flat=True)) == [FICTION]
