"""The directory option: a trial tells what the switch does, the switch loses nothing, and off and on again all is back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contacts.models import ContactList, Import, ListEntry
from contacts.operations import entries, entry_changes, import_undo, jobs, lists
from directory import standard
from directory.models import Attribute, Contact, ContactChange, Directory, ModeSwitch
from directory.operations import option
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_list
from tests.contacts.operations.importing import done
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

LATER = NOW + timedelta(days=1)
ZOE, NOEL, AICHA = FICTION + 1, FICTION + 2, FICTION + 3


def make_filled(
    account: Account, name: str, columns: list[str], rows: dict[int, list[str]], **fields: Any
) -> ContactList:
    """Make an independent list: for each number its values, in the columns' order."""
    keys = [f"c{number}" for number in range(1, len(columns) + 1)]
    described = [{"key": key, "name": column} for key, column in zip(keys, columns, strict=True)]
    made = make_list(account, name, columns=described, **fields)
    ListEntry.objects.bulk_create(
        ListEntry(
            account=account,
            contact_list=made,
            phone=phone,
            values={key: value for key, value in zip(keys, values, strict=True) if value},
        )
        for phone, values in rows.items()
    )
    made.refresh_from_db()
    return made


def tried(account: Account, by: User, **choices: str) -> dict[str, Any]:
    return option.try_out(account, choices=choices, by=by, now=NOW).result


def switched_on(account: Account, by: User, *, lists_win: bool = False, **choices: str) -> ModeSwitch:
    trial = option.try_out(account, choices=choices, lists_win=lists_win, by=by, now=NOW).result
    given = {"choices": trial["choices"], "lists_win": lists_win, "seen": trial["digest"]}
    return option.switch_on(account, **given, by=by, now=NOW)


def known(account: Account) -> dict[int, dict[str, Any]]:
    """Return what the directory knows, by number and the attributes' standard codes or names."""
    attributes = Attribute.objects.filter(account=account)
    names = {attribute.key: attribute.standard or attribute.name for attribute in attributes}
    rows = Contact.objects.filter(account=account).values_list("phone", "attributes")
    return {phone: {names[key]: value for key, value in values.items()} for phone, values in rows}


def kinds(account: Account) -> dict[str, str]:
    return dict(ContactList.objects.filter(account=account).values_list("name", "kind"))


def two_lists(account: Account) -> None:
    make_filled(account, "Boutique", ["Prénom", "Ville"], {ZOE: ["Zoé", "Laval"], NOEL: ["Noël", ""]})
    make_filled(
        account,
        "Salon",
        ["Ville", "Date de naissance", "Quartier"],
        {ZOE: ["Évron", "12/03/1990", "Nord"], AICHA: ["Craon", "le 32/13", "Sud"]},
        updated_at=LATER,
    )


def test_a_trial_tells_everything_and_changes_nothing(in_account: Account, marketer: User) -> None:
    two_lists(in_account)

    result = tried(in_account, marketer)

    figures = ("lists", "entries", "contacts", "merged", "conflicts", "known", "differing")
    assert {name: result[name] for name in figures} == {
        "lists": 2,
        "entries": 4,
        "contacts": 3,
        "merged": 1,
        "conflicts": 1,
        "known": 0,
        "differing": 0,
    }
    assert result["choices"] == {"ville": "a8", "prenom": "a3", "date de naissance": "a4", "quartier": "NEW:TEXT"}
    assert result["attributes"] == [{"name": "Quartier", "type": "TEXT"}]
    town = str(standard.made_for(in_account, now=NOW)[7])
    assert result["examples"] == [
        {"phone": ZOE, "attribute": town, "type": "TEXT", "list": "Salon", "before": "Laval", "after": "Évron"}
    ]
    unreadable = {column["name"]: column["unreadable"] for column in result["columns"] if column["unreadable"]}
    assert unreadable == {"Date de naissance": {"count": 1, "text": "le 32/13"}}
    in_account.refresh_from_db()
    assert (in_account.mode, kinds(in_account)) == ("LISTS", {"Boutique": "INDEPENDENT", "Salon": "INDEPENDENT"})
    rows = [model.objects.count() for model in (Contact, Attribute, Directory, AuditEvent)]
    assert rows == [0, 0, 0, 0]


def test_the_switch_does_what_the_trial_told(in_account: Account, marketer: User) -> None:
    two_lists(in_account)

    switch = switched_on(in_account, marketer)

    in_account.refresh_from_db()
    assert (switch.status, in_account.mode) == ("DONE", "DIRECTORY")
    assert known(in_account) == {
        ZOE: {"first_name": "Zoé", "city": "Évron", "birth_date": "1990-03-12", "Quartier": "Nord"},
        NOEL: {"first_name": "Noël"},
        AICHA: {"city": "Craon", "Quartier": "Sud"},
    }
    lists = ContactList.objects.order_by("name").values_list("name", "kind", "was_independent", "contact_count")
    assert list(lists) == [("Boutique", "DIRECTORY", True, 2), ("Salon", "DIRECTORY", True, 2)]
    assert ListEntry.objects.get(phone=NOEL).values == {"c1": "Noël"}
    assert (switch.result["new"], switch.result["changed"], contact_count(in_account)) == (3, 0, 3)
    assert set(Contact.objects.values_list("source", "created_at")) == {("LIST", NOW)}
    assert set(ContactChange.objects.values_list("kind", "source", "actor")) == {("C", "LIST", marketer.pk)}
    used = Attribute.objects.filter(is_used=True).order_by("position").values_list("key", flat=True)
    assert list(used) == ["a3", "a4", "a8", "a12"]
    event = AuditEvent.objects.get(action="DIRECTORY_ON")
    assert (event.subject, event.counts) == ("Boulangerie Martin", {"lists": 2, "contacts": 3, "merged": 1})


def test_choices_say_where_columns_go(in_account: Account, marketer: User) -> None:
    columns = ["E-mail", "Commune", "Points", "Note"]
    make_filled(in_account, "A", columns, {ZOE: ["a@x.fr", "Laval", "12", "x"], NOEL: ["", "", "1 250", ""]})

    switched_on(in_account, marketer, commune="a8", points="NEW:INTEGER", note="", **{"e-mail": "NEW:TEXT"})

    assert known(in_account) == {
        ZOE: {"E-mail (2)": "a@x.fr", "city": "Laval", "Points": 12},
        NOEL: {"Points": 1250},
    }


def test_two_columns_of_a_list_never_share_an_attribute_unasked(in_account: Account, marketer: User) -> None:
    make_filled(
        in_account, "A", ["E-mail 2", "E-mail", "Ville", "Ville"], {ZOE: ["b@x.fr", "a@x.fr", "Laval", "Craon"]}
    )

    switched_on(in_account, marketer)

    assert known(in_account) == {ZOE: {"email": "a@x.fr", "E-mail 2": "b@x.fr", "city": "Laval", "Ville (2)": "Craon"}}


def test_two_columns_with_one_goal_fill_in_for_each_other(in_account: Account, marketer: User) -> None:
    make_filled(in_account, "A", ["Ville", "Commune"], {ZOE: ["", "Laval"], NOEL: ["Craon", "Ernée"]})

    switched_on(in_account, marketer, ville="a8", commune="a8")

    assert known(in_account) == {ZOE: {"city": "Laval"}, NOEL: {"city": "Craon"}}


def test_types_are_suggested_from_what_columns_hold(in_account: Account, marketer: User) -> None:
    columns = ["Inscrit le", "Points", "Abonné", "Code", "Remarque"]
    make_filled(
        in_account,
        "A",
        columns,
        {ZOE: ["12/03/2024", "12", "oui", "0123", "appeler"], NOEL: ["01/02/2025", "250", "non", "0456", "12"]},
    )

    result = tried(in_account, marketer)

    assert [result["choices"][key] for key in ("inscrit le", "points", "abonne", "code", "remarque")] == [
        "NEW:DATE",
        "NEW:INTEGER",
        "NEW:BOOLEAN",
        "NEW:TEXT",
        "NEW:TEXT",
    ]


def test_an_account_without_lists_starts_an_empty_directory(in_account: Account, marketer: User) -> None:
    switched_on(in_account, marketer)

    assert (in_account.mode, contact_count(in_account), Attribute.objects.count()) == ("DIRECTORY", 0, 11)


def test_a_trial_of_before_a_change_switches_nothing_on(in_account: Account, marketer: User) -> None:
    two_lists(in_account)
    trial = tried(in_account, marketer)
    ContactList.objects.filter(name="Salon").update(updated_at=LATER + timedelta(hours=1))

    with pytest.raises(option.TrialOutdated):
        option.switch_on(in_account, choices=trial["choices"], seen=trial["digest"], by=marketer, now=NOW)

    assert (in_account.mode, Contact.objects.count()) == ("LISTS", 0)


@pytest.mark.parametrize("status", ["UPLOADED", "ANALYSING", "QUEUED", "RUNNING"])
def test_nothing_is_switched_while_an_import_is_at_work(in_account: Account, marketer: User, status: str) -> None:
    trial = tried(in_account, marketer)
    make_import(in_account, status=status)

    with pytest.raises(option.AccountBusy):
        option.switch_on(in_account, choices=trial["choices"], seen=trial["digest"], by=marketer, now=NOW)

    assert in_account.mode == "LISTS"


def make_import(account: Account, **fields: Any) -> Import:
    required = {"list_name": "Clients", "file_path": "x", "size_bytes": 1, "region": "FR", "created_at": NOW}
    return Import.objects.create(account=account, **required | fields)


def test_imports_that_wait_for_a_yes_are_cancelled_but_those_of_exclusions(in_account: Account, marketer: User) -> None:
    waiting = make_import(in_account, status="READY")
    exclusions = make_import(in_account, status="READY", target="EXCLUDE")
    assert tried(in_account, marketer)["unconfirmed"] == 1

    switch = switched_on(in_account, marketer)

    waiting.refresh_from_db()
    exclusions.refresh_from_db()
    assert (waiting.status, exclusions.status, switch.result["cancelled"]) == ("CANCELLED", "READY", 1)


def test_lists_in_the_bin_and_of_campaigns_stay_as_they_are(in_account: Account, marketer: User) -> None:
    make_list(in_account, "Corbeille", phones=[ZOE], deleted_at=NOW)
    make_list(in_account, "Campagne", phones=[NOEL], kind="CAMPAIGN")

    switch = switched_on(in_account, marketer)

    assert kinds(in_account) == {"Corbeille": "INDEPENDENT", "Campagne": "CAMPAIGN"}
    assert (switch.result["in_bin"], Contact.objects.count()) == (1, 0)


def test_off_hides_and_keeps_everything(in_account: Account, marketer: User) -> None:
    two_lists(in_account)
    switched_on(in_account, marketer)
    make_contact(in_account, FICTION + 9)
    diffusion = make_diffusion_list(in_account, "Abonnés", [FICTION + 9])
    before = known(in_account)

    switch = option.switch_off(in_account, by=marketer, now=LATER)

    in_account.refresh_from_db()
    assert (in_account.mode, switch.result) == ("LISTS", {"lists": 2, "kept": 1, "cancelled": 0})
    assert kinds(in_account) == {"Boutique": "INDEPENDENT", "Salon": "INDEPENDENT", "Abonnés": "DIRECTORY"}
    assert ListEntry.objects.get(contact_list__name="Boutique", phone=ZOE).values == {"c1": "Zoé", "c2": "Laval"}
    assert known(in_account) == before
    shown = ContactList.objects.for_account(in_account).shown(in_account).order_by("name")
    assert diffusion not in shown
    assert [one.name for one in shown] == ["Boutique", "Salon"]
    assert AuditEvent.objects.filter(action="DIRECTORY_OFF", subject="Boulangerie Martin").count() == 1


def test_on_again_all_is_back_and_lists_made_meanwhile_join(in_account: Account, marketer: User) -> None:
    two_lists(in_account)
    switched_on(in_account, marketer)
    Contact.objects.filter(phone=ZOE).update(attributes={"a8": "Mayenne"})
    ContactList.objects.filter(name="Salon").update(expires_after_months=6)
    option.switch_off(in_account, by=marketer, now=NOW)
    make_filled(in_account, "Nouvelle", ["Prénom", "Ville"], {FICTION + 9: ["Léa", "Craon"], ZOE: ["Zoé", "Ernée"]})

    switch = switched_on(in_account, marketer)

    assert set(kinds(in_account).values()) == {"DIRECTORY"}
    assert dict(ContactList.objects.values_list("name", "expires_after_months")) == {
        "Boutique": None,
        "Salon": 6,
        "Nouvelle": None,
    }
    # What the directory says stays; only what it did not know comes from the lists.
    assert known(in_account)[ZOE] == {
        "city": "Mayenne",
        "first_name": "Zoé",
        "birth_date": "1990-03-12",
        "Quartier": "Nord",
    }
    assert known(in_account)[FICTION + 9] == {"first_name": "Léa", "city": "Craon"}
    assert (switch.result["known"], switch.result["differing"], switch.result["new"]) == (3, 1, 1)
    assert Attribute.objects.filter(name="Quartier").count() == 1
    change = ContactChange.objects.get(phone=ZOE, kind="U")
    assert (change.before, change.source) == ({"a8": "Mayenne"}, "LIST")


def test_lists_may_be_told_to_win_over_the_directory(in_account: Account, marketer: User) -> None:
    cities = make_directory(in_account)["city"].key
    make_contact(in_account, ZOE, {cities: "Mayenne"})
    option.switch_off(in_account, by=marketer, now=NOW)
    make_filled(in_account, "Nouvelle", ["Ville"], {ZOE: ["Ernée"]})

    switched_on(in_account, marketer, lists_win=True)

    assert known(in_account) == {ZOE: {"city": "Ernée"}}


def test_a_list_left_independent_is_brought_in_later(in_account: Account, marketer: User) -> None:
    switched_on(in_account, marketer)
    make_filled(in_account, "Restaurée", ["Prénom"], {ZOE: ["Zoé"]})

    switched_on(in_account, marketer)

    assert (kinds(in_account), known(in_account)) == ({"Restaurée": "DIRECTORY"}, {ZOE: {"first_name": "Zoé"}})


def test_what_is_on_is_not_switched_on_nor_off_what_is_off(in_account: Account, marketer: User) -> None:
    with pytest.raises(option.NothingToSwitch):
        option.switch_off(in_account, by=marketer, now=NOW)
    make_directory(in_account)

    with pytest.raises(option.NothingToSwitch):
        option.switch_on(in_account, choices={}, seen="", by=marketer, now=NOW)


def test_a_big_account_is_switched_by_a_worker(
    account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(option, "AT_ONCE_ENTRIES", 3)
    with account_context(account):
        two_lists(account)
        trial = option.try_out(account, choices={}, by=marketer, now=NOW)
        assert (trial.status, trial.total, trial.result) == ("QUEUED", 4, {})
    option.run(account, switch_id=trial.pk, now=NOW)
    with account_context(account):
        trial.refresh_from_db()
        given = {"choices": trial.result["choices"], "seen": trial.result["digest"], "by": marketer, "now": NOW}
        switch = option.switch_on(account, **given)
        with pytest.raises(option.AccountBusy):
            option.switch_on(account, **given)

    option.run(account, switch_id=switch.pk, now=NOW)

    with pytest.raises(jobs.JobAlreadyStarted):
        option.run(account, switch_id=switch.pk, now=NOW)
    account.refresh_from_db()
    with account_context(account):
        switch.refresh_from_db()
        assert (switch.status, switch.done, switch.result["new"]) == ("DONE", 4, 3)
        assert (account.mode, contact_count(account)) == ("DIRECTORY", 3)


def test_a_worker_that_meets_an_import_leaves_everything_as_it_was(account: Account, marketer: User) -> None:
    with account_context(account):
        two_lists(account)
        make_import(account, status="RUNNING")
        switch = ModeSwitch.objects.create(
            account=account, author=marketer, direction="ON", is_dry_run=False, created_at=NOW, heartbeat_at=NOW
        )

    option.run(account, switch_id=switch.pk, now=NOW)

    with account_context(account):
        switch.refresh_from_db()
        account.refresh_from_db()
        assert (switch.status, switch.error, account.mode) == ("FAILED", "ACCOUNT_BUSY", "LISTS")
        assert (Contact.objects.count(), Attribute.objects.count()) == (0, 0)


def test_a_worker_that_lost_its_claim_writes_nothing(in_account: Account, marketer: User) -> None:
    two_lists(in_account)
    switch = ModeSwitch.objects.create(
        account=in_account, direction="ON", is_dry_run=False, claim=uuid4(), created_at=NOW, heartbeat_at=NOW
    )
    ModeSwitch.objects.update(claim=uuid4())

    with pytest.raises(jobs.ClaimLost):
        option._do(in_account, switch, NOW)

    in_account.refresh_from_db()
    assert (in_account.mode, Contact.objects.count()) == ("LISTS", 0)


def test_another_accounts_lists_and_contacts_are_not_touched(
    account: Account, other_account: Account, marketer: User
) -> None:
    with account_context(other_account):
        make_directory(other_account)
        make_contact(other_account, ZOE, {"a8": "Ailleurs"})
        make_list(other_account, "Autre", phones=[ZOE])
    with account_context(account):
        two_lists(account)
        switched_on(account, marketer)

    with account_context(other_account):
        assert known(other_account) == {ZOE: {"city": "Ailleurs"}}
        assert kinds(other_account) == {"Autre": "INDEPENDENT"}


def test_an_import_of_before_the_directory_cannot_be_undone_while_it_is_on(account: Account, marketer: User) -> None:
    with account_context(account):
        contact_list = make_list(account, "Clients", phones=[ZOE])
    target = {"target": Import.Target.REPLACE, "contact_list": contact_list}
    with account_context(account):
        imported = done(account, marketer, **target)
        could = import_undo.until(imported)
        switched_on(account, marketer)
        imported.refresh_from_db()

        with pytest.raises(import_undo.CannotUndo):
            import_undo.undo(account, imported=imported, by=marketer, now=NOW)

        members = set(ListEntry.objects.values_list("phone", flat=True))
        assert (could is not None, import_undo.until(imported)) == (True, None)
        assert members == set(Contact.objects.values_list("phone", flat=True))
        option.switch_off(account, by=marketer, now=NOW)
        imported.refresh_from_db()
        assert import_undo.until(imported) == could


def test_an_editor_left_open_adds_nobody_to_what_became_a_diffusion_list(in_account: Account, marketer: User) -> None:
    contact_list = make_list(in_account, "Clients", phones=[ZOE])
    switched_on(in_account, marketer)
    changes = entry_changes.Changes(rows=(entry_changes.RowChange("1", number="06 39 98 00 09"),))

    with pytest.raises(entries.ListGone):
        entries.save(in_account, contact_list=contact_list, changes=changes, by=marketer, now=LATER)

    assert list(ListEntry.objects.values_list("phone", flat=True)) == [ZOE]


def test_hidden_lists_are_out_of_reach_until_the_directory_is_back(in_account: Account, marketer: User) -> None:
    make_directory(in_account)
    make_contact(in_account, ZOE)
    diffusion = make_diffusion_list(in_account, "Abonnés", [ZOE])
    option.switch_off(in_account, by=marketer, now=NOW)

    with pytest.raises(lists.ListChanged):
        lists.delete(in_account, contact_list=diffusion, by=marketer, now=NOW)

    assert list(ContactList.objects.for_account(in_account)) == []
    switched_on(in_account, marketer)
    assert list(ContactList.objects.for_account(in_account).shown(in_account)) == [diffusion]
