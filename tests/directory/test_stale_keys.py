"""Search keys of contacts that an undo removed, or that have another number now: they find nobody who is not there."""

import pytest

from contacts.operations import import_undo
from directory.models import Contact, ContactKey, Directory
from directory.operations import contacts as one
from directory.operations import key_making
from directory.queries import contacts as queries
from directory.queries import facets
from directory.queries.query import Query
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.directory.factories import make_contact, make_directory
from tests.directory.importing import ANNE, BOB, done, later

FILE = "Mobile;Prénom\n0612345602;Zoé\n0612345603;Zoé\n"


@pytest.fixture
def searched(in_account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A directory that counts as large, with keys of the words and numbers of its contacts."""
    keys = {code: attribute.key for code, attribute in make_directory(in_account).items()}
    make_contact(in_account, ANNE, {keys["first_name"]: "Zoé"})
    Directory.objects.filter(account=in_account).update(key_facets={})
    monkeypatch.setattr(facets, "is_large", lambda account: True)
    key_making.tend(in_account, now=NOW)
    return in_account


def found(account: Account) -> list[int]:
    return sorted(row.phone for row in queries.page(account, Query(search="zoe")).contacts)


def test_who_was_imported_and_taken_back_is_not_found(searched: Account, marketer: User) -> None:
    imported = done(searched, marketer, FILE, now=later(1))
    key_making.work_off(searched)
    assert len(found(searched)) == 3

    import_undo.undo(searched, imported=imported, by=marketer, now=later(2))

    assert ContactKey.objects.filter(account=searched, facet="", phone=BOB).exists()
    assert found(searched) == [ANNE]
    key_making.work_off(searched)
    assert found(searched) == [ANNE]
    assert Contact.objects.filter(account=searched).count() == 1


def test_who_has_another_number_is_found_once(searched: Account, marketer: User) -> None:
    done(searched, marketer, FILE, now=later(1))
    key_making.work_off(searched)

    one.renumber(searched, phone=BOB, new_phone=BOB + 100, by=marketer, now=later(2))

    assert found(searched) == [ANNE, 33612345603, BOB + 100]
