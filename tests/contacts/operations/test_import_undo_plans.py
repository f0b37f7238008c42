"""Taking an import into a list back, a part of its numbers at a time."""

import pytest

from contacts.models import ContactList, Import, ListEntry
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


def entries(contact_list: ContactList) -> dict[int, object]:
    rows = ListEntry.objects.filter(account=contact_list.account_id, contact_list=contact_list)
    return dict(rows.values_list("phone", "values"))
