"""The pages of the directory option: account managers try it out and switch it, the others are told whom to ask."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList, Import, ListEntry
from directory.models import Contact, ModeSwitch
from directory.operations import option
from directory.queries.query import contact_count
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import flashes, forget_the_account
from tests.conftest import NOW, MakeMember, SignIn
from tests.contacts.factories import FICTION, make_list
from tests.directory.factories import make_diffusion_list, make_directory

OPTION, TRY, OFF = (reverse(f"directory:{name}") for name in ("option", "option_try", "option_off"))
ZOE = FICTION + 1


@pytest.fixture
def manager(account: Account, make_member: MakeMember) -> User:
    return make_member(account, "manager@example.com", Role.ACCOUNT_MANAGER)


@pytest.fixture
def client_of_manager(manager: User, sign_in: SignIn) -> Client:
    return sign_in(manager)


def fill(account: Account, name: str = "Salon", value: str = "Laval") -> ContactList:
    with account_context(account):
        made = make_list(account, name, columns=[{"key": "c1", "name": "Ville"}])
        ListEntry.objects.create(account=account, contact_list=made, phone=ZOE, values={"c1": value})
        return made


def tried(account: Account, by: User, **choices: str) -> ModeSwitch:
    with account_context(account):
        return option.try_out(account, choices=choices, by=by, now=NOW)


def mode(account: Account) -> str:
    account.refresh_from_db()
    return account.mode


def on_url(trial: ModeSwitch) -> str:
    return reverse("directory:option_on", args=[trial.pk])


def show_url(switch: ModeSwitch) -> str:
    return reverse("directory:option_show", args=[switch.pk])


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MARKETER])
def test_people_of_the_account_are_told_whom_to_ask(
    account: Account, make_member: MakeMember, sign_in: SignIn, role: Role
) -> None:
    trial = tried(account, make_member(account, "manager@example.com", Role.ACCOUNT_MANAGER))
    client = sign_in(make_member(account, "person@example.com", role))

    page = client.get(OPTION)
    posts = [client.post(url).status_code for url in (TRY, OFF, on_url(trial))]
    gets = [client.get(url).status_code for url in (show_url(trial), on_url(trial))]

    assert (page.status_code, TRY in page.content.decode()) == (200, False)
    assert (posts, gets) == ([403, 403, 403], [403, 403])
    with account_context(account):
        assert (mode(account), ModeSwitch.objects.count()) == ("LISTS", 1)


def test_a_manager_of_another_account_finds_nothing_here(
    account: Account, manager: User, other_account: Account, make_member: MakeMember, sign_in: SignIn
) -> None:
    trial = tried(account, manager)
    client = sign_in(make_member(other_account, "other@example.com", Role.ACCOUNT_MANAGER))

    assert [client.get(url).status_code for url in (show_url(trial), on_url(trial))] == [404, 404]
    assert client.post(TRY, {"trial": trial.pk}).status_code == 404
    assert mode(account) == "LISTS"


@pytest.mark.parametrize("trial", ["²", "9" * 5000, "9" * 25, "x", ""])
def test_a_trial_that_cannot_be_is_not_found(client_of_manager: Client, trial: str) -> None:
    assert client_of_manager.post(TRY, {"trial": trial}).status_code == 404


def test_a_manager_tries_looks_confirms_and_the_directory_is_on(account: Account, client_of_manager: Client) -> None:
    fill(account)

    trial_url = client_of_manager.post(TRY).headers["Location"]
    page = client_of_manager.get(trial_url)
    form = page.context["form"]
    posted = {"trial": page.context["switch"].pk, "confirm": "yes", "column0": form["column0"].value()}
    confirm_url = client_of_manager.post(TRY, posted).headers["Location"]
    asked = client_of_manager.get(confirm_url)
    done = client_of_manager.post(confirm_url, {"seen": asked.context["trial"].result["digest"]}, follow=True)

    assert (page.status_code, asked.status_code, done.status_code) == (200, 200, 200)
    assert form["column0"].value() == "a8"
    assert done.context["switch"].result["new"] == 1
    with account_context(account):
        assert (mode(account), Contact.objects.get().attributes) == ("DIRECTORY", {"a8": "Laval"})


def test_changed_choices_are_tried_before_they_are_confirmed(
    account: Account, manager: User, client_of_manager: Client
) -> None:
    fill(account)
    trial = tried(account, manager)

    response = client_of_manager.post(TRY, {"trial": trial.pk, "confirm": "yes", "column0": "NEW:TEXT"})

    with account_context(account):
        again = ModeSwitch.objects.latest("pk")
    assert response.headers["Location"] == show_url(again)
    assert (again.pk > trial.pk, again.result["choices"]) == (True, {"ville": "NEW:TEXT"})
    assert mode(account) == "LISTS"


def test_a_choice_that_does_not_exist_is_refused(account: Account, manager: User, client_of_manager: Client) -> None:
    fill(account)
    trial = tried(account, manager)

    response = client_of_manager.post(TRY, {"trial": trial.pk, "column0": "a99"})

    assert (response.headers["Location"], len(flashes(response))) == (show_url(trial), 1)
    with account_context(account):
        assert ModeSwitch.objects.count() == 1


@pytest.mark.parametrize("seen", ["", "forged"])
def test_what_was_not_seen_is_not_switched_on(
    account: Account, manager: User, client_of_manager: Client, seen: str
) -> None:
    trial = tried(account, manager)

    response = client_of_manager.post(on_url(trial), {"seen": seen})

    assert (response.headers["Location"], len(flashes(response)), mode(account)) == (OPTION, 1, "LISTS")


def test_a_trial_shows_differences_unreadable_values_and_what_it_cancels(
    account: Account, manager: User, client_of_manager: Client
) -> None:
    fill(account, "Boutique", "Évron")
    fill(account, "Salon", "Laval")
    with account_context(account):
        required = {"file_path": "x", "size_bytes": 1, "region": "FR", "created_at": NOW}
        Import.objects.create(account=account, list_name="Clients", status="READY", **required)
        make_list(account, "Ancienne", deleted_at=NOW)

    differing = client_of_manager.get(show_url(tried(account, manager)))
    unreadable = client_of_manager.get(show_url(tried(account, manager, ville="NEW:DATE")))

    assert [(one["before"], one["after"], one["list"]) for one in differing.context["examples"]] == [
        ("Évron", "Laval", "Salon")
    ]
    result = differing.context["switch"].result
    assert (result["conflicts"], result["unconfirmed"], result["in_bin"]) == (1, 1, 1)
    assert "06 39 98 00 01" in differing.content.decode()
    assert unreadable.context["form"].rows()[0]["unreadable"] == {"count": 2, "text": "Évron"}
    assert "Évron" in unreadable.content.decode()


def test_the_option_is_switched_off_and_says_what_it_keeps(account: Account, client_of_manager: Client) -> None:
    with account_context(account):
        make_directory(account)
        make_diffusion_list(account)

    page = client_of_manager.get(OPTION)
    response = client_of_manager.post(OFF)

    assert (page.context["is_on"], page.context["hidden"]) == (True, 1)
    assert (response.headers["Location"], mode(account)) == (OPTION, "LISTS")
    assert len(flashes(client_of_manager.post(OFF))) == 2  # the second says that it is off already
    assert [switch.direction for switch in client_of_manager.get(OPTION).context["history"]] == ["OFF"]


def test_work_in_progress_is_followed_until_it_ends(account: Account, manager: User, client_of_manager: Client) -> None:
    with account_context(account):
        switch = ModeSwitch.objects.create(
            account=account, direction="ON", status="RUNNING", done=3, total=10, created_at=NOW, heartbeat_at=NOW
        )
    htmx = {"HX-Request": "true"}

    page = client_of_manager.get(show_url(switch)).content.decode()
    bar = client_of_manager.get(show_url(switch), headers=htmx).content.decode()
    with account_context(account):
        ModeSwitch.objects.update(status="FAILED", error="ACCOUNT_BUSY")
    ended = client_of_manager.get(show_url(switch), headers=htmx)
    failed = client_of_manager.get(show_url(switch))

    assert ('value="3" max="10"' in page, "<h1>" in page, "<h1>" in bar) == (True, True, False)
    assert ended.headers["HX-Refresh"] == "true"
    assert failed.context["failure"] != ""


def test_a_trial_that_runs_cannot_be_confirmed(account: Account, client_of_manager: Client) -> None:
    with account_context(account):
        switch = ModeSwitch.objects.create(
            account=account, direction="ON", status="RUNNING", created_at=NOW, heartbeat_at=NOW
        )

    assert client_of_manager.get(on_url(switch)).status_code == 404


def test_home_and_the_menu_follow_the_mode(account: Account, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)
    contacts, attributes = reverse("directory:contact_index"), reverse("directory:attribute_index")

    before = client.get("/").headers["Location"], client.get(reverse("accounts:preferences")).content.decode()
    with account_context(account):
        make_directory(account)
    forget_the_account()
    after = client.get("/").headers["Location"], client.get(reverse("accounts:preferences")).content.decode()

    assert (before[0], after[0]) == (reverse("contacts:list_index"), contacts)
    assert [(contacts in menu, attributes in menu) for _, menu in (before, after)] == [(False, False), (True, True)]


def test_nobody_is_sent_to_lists_of_the_other_mode_before_signing_in(client: Client) -> None:
    assert client.get("/").headers["Location"] == reverse("contacts:list_index")


def test_customer_accounts_lead_to_their_option(
    account: Account, other_account: Account, manager: User, client_of_manager: Client
) -> None:
    with account_context(other_account):
        Membership.objects.create(account=other_account, user=manager, role=Role.ACCOUNT_MANAGER)
    forget_the_account()

    page = client_of_manager.get(reverse("accounts:customers")).content.decode()
    forget_the_account()
    opened = client_of_manager.post(reverse("accounts:switch"), {"account": other_account.pk, "next": OPTION})
    forget_the_account()
    shown: Any = client_of_manager.get(opened.headers["Location"])

    assert (f'href="{OPTION}"' in page, f'name="next" value="{OPTION}"' in page) == (True, True)
    assert (opened.headers["Location"], shown.context["account"]) == (OPTION, other_account)
    with account_context(other_account):
        assert contact_count(other_account) == 0
