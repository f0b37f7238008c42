"""All that the preview of an import into a list says is what the import then does."""

from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Exclusion, Import, ListEntry
from contacts.operations import imports
from contacts.operations.imports import NothingToImport
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts import previews
from tests.contacts.factories import make_exclusion, make_list
from tests.contacts.operations import importing
from tests.contacts.previews import NAMES, NUMBERS, Given, givens

Target = Import.Target
COLUMNS = [{"key": "c1", "name": "Nom"}, {"key": "c2", "name": "Ville"}]
KNOWN = st.dictionaries(NUMBERS, st.tuples(NAMES, previews.TOWNS), max_size=8)
TARGETS = st.sampled_from([Target.NEW, Target.APPEND, Target.APPEND, Target.REPLACE, Target.EXCLUDE])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=givens(), target=TARGETS, known=KNOWN, excluded=st.sets(NUMBERS, max_size=4))
def test_the_preview_is_what_the_import_does(
    in_account: Account,
    marketer: User,
    sent: Given,
    target: Import.Target,
    known: dict[int, tuple[str, str]],
    excluded: set[int],
) -> None:
    with transaction.atomic():
        for phone in excluded:
            make_exclusion(in_account, phone)
        into = _into(in_account, target, known)
        settled = {"updates_existing": sent.updates, "erases_empty": sent.erases}
        imported = importing.analysed(in_account, marketer, sent.content, **into, **settled)
        previews.chosen(in_account, marketer, imported, sent, "columns")
        before = _stored(in_account, imported)

        try:
            imports.confirm(in_account, imported=imported, seen=imported.settings_digest, by=marketer, now=NOW)
            _run_and_compare(in_account, imported, before, excluded)
        except NothingToImport:
            counts = imported.preview
            assert not counts["new"] + counts["updated"] + counts["removed"]
        transaction.set_rollback(True)  # the next one starts from nothing


def _into(account: Account, target: Import.Target, known: dict[int, tuple[str, str]]) -> dict[str, Any]:
    if target in (Target.NEW, Target.EXCLUDE):
        return {"target": target}
    held = make_list(account, columns=COLUMNS)
    for phone, (name, town) in known.items():
        values = {key: value for key, value in (("c1", name.strip()), ("c2", town.strip("'"))) if value}
        ListEntry.objects.create(account=account, contact_list=held, phone=phone, values=values or None)
    held.refresh_from_db()
    return {"target": target, "contact_list": held}


def _stored(account: Account, imported: Import) -> dict[int, Any]:
    """Return what the import writes to, by number."""
    if imported.target == Target.EXCLUDE:
        return dict(Exclusion.objects.filter(account=account).values_list("phone", "source"))
    entries = ListEntry.objects.filter(account=account, contact_list=imported.contact_list_id)
    return dict(entries.values_list("phone", "values"))


def _run_and_compare(account: Account, imported: Import, before: dict[int, Any], excluded: set[int]) -> None:
    said, pages, examples = previews.said(imported, "preview"), previews.pages(imported), previews.examples(imported)

    imports.run(account, import_id=imported.pk, now=NOW)
    imported = Import.objects.select_related("account", "contact_list").get(pk=imported.pk)
    after = _stored(account, imported)

    assert (imported.status, previews.said(imported, "result"), previews.pages(imported)) == ("DONE", said, pages)
    assert previews.found(before, after) == {name: said[name] for name in ("new", "updated", "removed")}
    assert examples == [(phone, before[phone], after[phone]) for phone, _, _ in examples]
    assert len(examples) == said["updated"]
    if imported.target in (Target.NEW, Target.REPLACE):
        assert said["excluded"] == len(excluded & after.keys())
