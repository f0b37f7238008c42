"""What a preview says is what the import does, whatever is chosen after the analysis."""

from itertools import product
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Import
from contacts.operations import imports
from contacts.operations.import_moves import ImportChanged
from directory.models import Contact
from smsplatform.accounts.models import Account, User
from tests.directory.factories import make_contact, make_diffusion_list, make_directory
from tests.directory.importing import ANNE, BOB, CHLOE, analysed, contacts, counts, done, later, run

PHONES = [33612345600 + number for number in range(6)]
CITIES = st.sampled_from(["", "Lyon", "Nice"])
DAYS = st.sampled_from(["", "12/03/1985", "13/03/1985", "31/02/1985"])
LINES = st.lists(st.tuples(st.sampled_from(PHONES), CITIES, DAYS), min_size=1, max_size=8)
KNOWN = st.dictionaries(st.sampled_from(PHONES), st.tuples(CITIES, st.sampled_from(["", "1985-03-12"])), max_size=6)
CHOICES = list(product([True, False], [True, False]))


class _Undone(Exception):
    pass


def of_file(lines: list[tuple[int, str, str]]) -> str:
    return "Mobile;Ville;Date de naissance\n" + "".join(f"+{phone};{city};{day}\n" for phone, city, day in lines)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, known=KNOWN, listed=st.sets(st.sampled_from(PHONES)), target=st.sampled_from(Import.Target.values))
def test_the_preview_is_the_result_for_all_settings(
    in_account: Account,
    marketer: User,
    lines: list[tuple[int, str, str]],
    known: dict[int, tuple[str, str]],
    listed: set[int],
    target: str,
) -> None:
    target = "BASE" if target == "EXCLUDE" else target
    try:
        with transaction.atomic():
            keys = make_directory(in_account)
            for phone, (city, day) in known.items():
                values = {keys["city"].key: city, keys["birth_date"].key: day}
                make_contact(in_account, phone, {key: value for key, value in values.items() if value})
            into: dict[str, Any] = {"target": target}
            if target in ("APPEND", "REPLACE"):
                into["contact_list"] = make_diffusion_list(in_account, phones=listed & set(known))
            imported = analysed(in_account, marketer, of_file(lines), **into)
            for updates, erases in CHOICES:
                _try(in_account, marketer, imported, updates=updates, erases=erases)
            raise _Undone
    except _Undone:
        pass


def _try(account: Account, by: User, imported: Import, *, updates: bool, erases: bool) -> None:
    """Settle and run the import, compare, and undo all that."""
    before = contacts(account)
    try:
        with transaction.atomic():
            chosen = {"updates_existing": updates, "erases_empty": erases}
            imports.settle(account, imported=imported, **chosen, by=by, now=later(1))
            imported.refresh_from_db()
            expected = counts(imported, "preview")
            if set(expected) <= {"unchanged"}:
                raise _Undone
            done = run(account, by, Import.objects.get(pk=imported.pk), later(2))
            assert (done.status, counts(done)) == ("DONE", expected)
            after = contacts(account)
            changed = sum(after[phone] != attributes for phone, attributes in before.items())
            found = (len(after) - len(before), changed)
            assert found == (expected.get("new", 0), expected.get("updated", 0))
            raise _Undone
    except _Undone:
        imported.refresh_from_db()


@pytest.fixture
def imported(in_account: Account, marketer: User) -> Import:
    keys = make_directory(in_account)
    make_contact(in_account, ANNE, {keys["city"].key: "Lyon"})
    make_contact(in_account, BOB, {keys["city"].key: "Lyon"})
    return analysed(in_account, marketer, of_file([(ANNE, "Nice", ""), (BOB, "", ""), (CHLOE, "Nice", "")]))


def test_some_of_the_contacts_that_change_are_shown_before_and_after(imported: Import, marketer: User) -> None:
    given: dict[str, Any] = {"by": marketer, "now": later(1)}
    anne = {"phone": ANNE, "before": {"a8": "Lyon"}, "after": {"a8": "Nice"}}
    bob = {"phone": BOB, "before": {"a8": "Lyon"}, "after": {}}
    assert imported.preview["changed"] == [anne]

    imports.settle(imported.account, imported=imported, updates_existing=True, erases_empty=True, **given)
    assert imported.preview["changed"] == [anne, bob]

    imports.settle(imported.account, imported=imported, updates_existing=False, erases_empty=True, **given)
    assert imported.preview["changed"] == []
    assert (imported.updates_existing, imported.erases_empty) == (False, False)


def test_the_new_list_is_named_and_expires_as_settled(imported: Import, marketer: User) -> None:
    imports.settle(
        imported.account,
        imported=imported,
        updates_existing=True,
        erases_empty=False,
        expires_after_months=6,
        list_name=" Abonnés ",
        list_description="De la boutique",
        by=marketer,
        now=later(1),
    )

    made = run(imported.account, marketer, imported, later(2)).contact_list
    assert made is not None
    assert (made.name, made.description, made.expires_after_months) == ("Abonnés", "De la boutique", 6)


@pytest.mark.parametrize("months", [0, 13, -1])
def test_a_list_expires_after_a_year_at_most(imported: Import, marketer: User, months: int) -> None:
    with pytest.raises(imports.CorrectionRefused):
        imports.settle(
            imported.account,
            imported=imported,
            updates_existing=True,
            erases_empty=False,
            expires_after_months=months,
            by=marketer,
            now=later(1),
        )

    imported.refresh_from_db()
    assert imported.expires_after_months is None


def test_what_is_done_cannot_be_settled(in_account: Account, marketer: User) -> None:
    make_directory(in_account)
    imported = done(in_account, marketer, of_file([(ANNE, "Nice", "")]))

    with pytest.raises(ImportChanged):
        imports.settle(
            in_account, imported=imported, updates_existing=False, erases_empty=False, by=marketer, now=later(1)
        )

    assert Contact.objects.count() == 1
