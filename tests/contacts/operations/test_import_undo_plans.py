"""Taking an import back when the planner takes the list for empty: it was filled before anybody counted it."""

import pytest
from django.db import connection

from contacts.models import ContactList, Import, ImportChange, ListEntry
from contacts.operations import import_undo
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts.operations import importing


@pytest.mark.parametrize("chunk_rows", [1, 2, 50_000])
def test_all_is_taken_back_whatever_goes_at_once(
    in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch, chunk_rows: int
) -> None:
    monkeypatch.setattr(import_undo, "CHUNK_ROWS", chunk_rows)
    before = "Mobile;Ville\n0612345601;Lyon\n0612345602;Lyon\n0612345603;Lyon\n"
    contact_list = importing.done(in_account, marketer, before.encode()).contact_list
    assert contact_list is not None
    then = entries(contact_list)
    after = "Mobile;Ville\n0612345602;Nice\n0612345603;Brest\n0612345604;Nice\n0612345605;Nice\n"
    replaced = importing.done(
        in_account, marketer, after.encode(), target=Import.Target.REPLACE, contact_list=contact_list
    )

    undone = import_undo.undo(in_account, imported=replaced, by=marketer, now=NOW)

    assert (undone.removed, undone.restored, undone.kept) == (2, 3, 0)
    assert entries(contact_list) == then


def test_a_list_that_seems_empty_is_looked_up_by_number(in_account: Account) -> None:
    ids = {"account": in_account.pk, "list": 1, "import": 1}
    with connection.cursor() as cursor:
        cursor.execute(f"explain {import_undo._COUNT}", ids)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    # Never beside a filter on the number: that would be a loop over the list for each of them.
    assert "Join Filter" not in plan
    assert ImportChange._meta.db_table in plan


def entries(contact_list: ContactList) -> dict[int, object]:
    rows = ListEntry.objects.filter(account=contact_list.account_id, contact_list=contact_list)
    return dict(rows.values_list("phone", "values"))
