"""All that the preview of an import into the directory says is what the import then does, under every setting of step 3."""

from itertools import product
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Import
from contacts.operations import imports
from contacts.operations.imports import NothingToImport
from directory import import_pages
from directory.queries import attributes as attribute_queries
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts import previews
from tests.contacts.factories import make_exclusion
from tests.contacts.previews import NUMBERS, Given, givens
from tests.directory.factories import make_contact, make_diffusion_list, make_directory
from tests.directory.importing import analysed, contacts, members

Target = Import.Target
DAYS = st.sampled_from(["", "1985-03-12"])
KNOWN = st.dictionaries(NUMBERS, st.tuples(previews.TOWNS, DAYS), max_size=8)
TARGETS = st.sampled_from([Target.NEW, Target.APPEND, Target.REPLACE, Target.BASE])
SETTINGS = list(product([True, False], [True, False]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=givens(), target=TARGETS, known=KNOWN, listed=st.sets(NUMBERS), excluded=st.sets(NUMBERS, max_size=4))
def test_the_preview_is_what_the_import_does(
    in_account: Account,
    marketer: User,
    sent: Given,
    target: Import.Target,
    known: dict[int, tuple[str, str]],
    listed: set[int],
    excluded: set[int],
) -> None:
    with transaction.atomic():
        keys = make_directory(in_account)
        for phone in excluded:
            make_exclusion(in_account, phone)
        for phone, (town, day) in known.items():
            values = {keys["city"].key: town.strip("'"), keys["birth_date"].key: day}
            make_contact(in_account, phone, {key: value for key, value in values.items() if value})
        into: dict[str, Any] = {"target": target}
        if target in (Target.APPEND, Target.REPLACE):
            into["contact_list"] = make_diffusion_list(in_account, phones=listed & known.keys())
        imported = analysed(in_account, marketer, sent.content, **into)
        previews.chosen(in_account, marketer, imported, sent, "attributes")
        for updates, erases in SETTINGS:
            with transaction.atomic():
                _settle_run_and_compare(in_account, marketer, imported.pk, updates=updates, erases=erases)
                transaction.set_rollback(True)
        transaction.set_rollback(True)  # the next one starts from nothing


def _settle_run_and_compare(account: Account, by: User, import_id: int, *, updates: bool, erases: bool) -> None:
    imported = Import.objects.select_related("account", "contact_list").get(pk=import_id)
    step_3 = import_pages.settings_page(imported, attribute_queries.by_key(account))
    shown = step_3["erased"] or step_3["changed"] if erases else step_3["changed"]
    chosen = {"updates_existing": updates, "erases_empty": erases}
    imports.settle(account, imported=imported, **chosen, by=by, now=NOW)
    said, pages, examples = previews.said(imported, "preview"), previews.pages(imported), previews.examples(imported)
    before, joined = contacts(account), _members(imported)
    try:
        imports.confirm(account, imported=imported, seen=imported.settings_digest, by=by, now=NOW)
    except NothingToImport:
        assert not said["new"] + said["updated"] + said["removed"] + said["joined"]
        return

    imports.run(account, import_id=import_id, now=NOW)
    imported = Import.objects.select_related("account", "contact_list").get(pk=import_id)
    after, now_in = contacts(account), _members(imported)

    assert (imported.status, previews.said(imported, "result"), previews.pages(imported)) == ("DONE", said, pages)
    assert previews.found(before, after) == {"new": said["new"], "updated": said["updated"], "removed": 0}
    assert (len(now_in - joined), len(joined - now_in)) == (said["joined"], said["removed"])
    assert examples == [(phone, before[phone], after[phone]) for phone, _, _ in examples]
    assert len(examples) == said["updated"]
    if updates:
        assert [row["phone"] for row in (shown or {"rows": []})["rows"]] == [phone for phone, _, _ in examples]


def _members(imported: Import) -> set[int]:
    return set(members(imported.contact_list)) if imported.contact_list else set()
