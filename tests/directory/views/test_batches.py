"""Choosing contacts in a table and acting on them: asked first, with the exact numbers, then done and told."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import ContactList, Exclusion, Export
from contacts.operations import exports
from directory.contact_table import contact_token
from directory.models import Contact, ContactBatch
from directory.operations import contact_batches
from directory.queries.query import Query, Selection
from directory.queries.selections import sealed
from directory.queries.tokens import seal_query
from smsplatform.accounts.models import Account, Membership, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import SignIn
from tests.contacts.factories import FICTION, make_exclusion, make_list
from tests.directory.factories import make_diffusion_list
from tests.directory.operations.test_members import make_people, of_lyon, phones_of

INDEX = reverse("directory:contact_index")
CHECK = reverse("directory:contact_batch_check")
START = reverse("directory:contact_batch_start")
EXPORT = reverse("directory:contact_export_new")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def people(account: Account) -> list[int]:
    with account_context(account):
        return make_people(account, 6)


@pytest.fixture
def marketers_client(marketer: User, people: list[int], sign_in: SignIn) -> Client:
    User.objects.filter(pk=marketer.pk).update(language="en")
    return sign_in(marketer)


@pytest.fixture
def subscribers(account: Account, people: list[int]) -> ContactList:
    with account_context(account):
        return make_diffusion_list(account, phones=people[:2])


def ticked(account: Account, *phones: int) -> dict[str, Any]:
    return {"contact": [contact_token(account, phone) for phone in phones]}


def hidden(response: Any) -> dict[str, str]:
    """Return what the question's form carries on."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in found if name not in ("csrfmiddlewaretoken", "account")}


def only_batch(account: Account) -> ContactBatch:
    with account_context(account):
        return ContactBatch.objects.select_related("contact_list").get()


def contacts_left(account: Account) -> list[int]:
    with account_context(account):
        return list(Contact.objects.order_by("phone").values_list("phone", flat=True))


def test_contacts_are_added_to_a_list_after_two_questions(
    marketers_client: Client, account: Account, people: list[int], subscribers: ContactList
) -> None:
    which = marketers_client.post(CHECK, {"action": "ADD", **ticked(account, people[1], people[2])})
    chosen = {**hidden(which), "contact_list": subscribers.pk}
    sure = marketers_client.post(CHECK, chosen)
    done = marketers_client.post(START, hidden(sure), follow=True)

    assert ("Which list?" in which.content.decode(), "Abonnés" in which.content.decode()) == (True, True)
    assert sure.context["question"].effects == [
        "1 contact joins the list “Abonnés”.",
        "1 is in it already.",
    ]
    assert "1 contact added to the list “Abonnés”, 1 was there already." in done.content.decode()
    with account_context(account):
        assert phones_of(subscribers) == people[:3]


def test_the_dialog_holds_only_the_question(marketers_client: Client, account: Account, people: list[int]) -> None:
    response = marketers_client.post(CHECK, {"action": "EXCLUDE", **ticked(account, *people)}, headers=HTMX)

    content = response.content.decode()
    assert ("<html" in content, "Put 6 contacts on the exclusion list?" in content) == (False, True)


def test_lists_to_add_to_are_searched_by_name_without_living_ones(
    marketers_client: Client, account: Account, people: list[int], subscribers: ContactList
) -> None:
    with account_context(account):
        make_diffusion_list(account, "Abonnés vivants", rule={"rule": None, "search": "x"})
        make_diffusion_list(account, "Été")
        make_list(account, "Abonnés d'avant")

    response = marketers_client.post(CHECK, {"action": "ADD", **ticked(account, people[0]), "search": "abonnes"})

    assert [one.name for one in response.context["choices"].lists] == ["Abonnés"]


def test_all_the_contacts_found_are_deleted_once_it_is_understood(
    marketers_client: Client, account: Account, people: list[int]
) -> None:
    asked = {
        "action": "DELETE",
        "everything": "1",
        "q": seal_query(account, of_lyon(account)),
        **ticked(account, people[0]),
    }
    sure = marketers_client.post(CHECK, asked)
    not_understood = marketers_client.post(START, hidden(sure))
    left_before = contacts_left(account)
    done = marketers_client.post(START, {**hidden(sure), "confirmed": "on"}, follow=True)

    assert sure.context["question"].title == "Delete 3 contacts for good?"
    assert (not_understood.status_code, len(left_before)) == (422, 6)
    assert "Tick this box to delete the contacts." in not_understood.content.decode()
    assert contacts_left(account) == people[1::2]
    assert "3 contacts deleted." in done.content.decode()
    assert f'href="{INDEX}?q=' in done.content.decode()


def test_a_list_is_made_of_the_chosen_contacts(marketers_client: Client, account: Account, people: list[int]) -> None:
    sure = marketers_client.post(CHECK, {"action": "NEW_LIST", **ticked(account, *people[:4])})
    nameless = marketers_client.post(START, {**hidden(sure), "name": " ", "lifetime": "PERMANENT"})
    named = {"name": "Printemps", "description": "", "lifetime": "EXPIRING", "months": "6"}
    done = marketers_client.post(START, {**hidden(sure), **named}, follow=True)

    assert nameless.status_code == 422
    made = only_batch(account).contact_list
    assert made is not None
    assert (made.name, made.expires_after_months, made.contact_count) == ("Printemps", 6, 4)
    assert f'href="{reverse("directory:list_show", args=[made.pk])}"' in done.content.decode()


def test_contacts_leave_the_list_whose_page_it_is(
    marketers_client: Client, account: Account, people: list[int], subscribers: ContactList
) -> None:
    asked = {"action": "REMOVE", "q": seal_query(account, Query(list_id=subscribers.pk)), **ticked(account, people[0])}

    sure = marketers_client.post(CHECK, asked)
    done = marketers_client.post(START, hidden(sure), follow=True)

    assert sure.context["question"].effects[0] == "1 contact leaves the list “Abonnés”."
    assert "1 contact removed from the list “Abonnés”." in done.content.decode()
    with account_context(account):
        assert phones_of(subscribers) == people[1:2]
    assert contacts_left(account) == people


def test_contacts_are_excluded_with_a_reason(marketers_client: Client, account: Account, people: list[int]) -> None:
    with account_context(account):
        make_exclusion(account, people[0])

    sure = marketers_client.post(CHECK, {"action": "EXCLUDE", **ticked(account, *people[:3])})
    marketers_client.post(START, {**hidden(sure), "reason": "Boutique fermée"})

    assert sure.context["question"].effects[1].startswith("1 is on the exclusion list already")
    with account_context(account):
        reasons = Exclusion.objects.order_by("phone").values_list("phone", "reason")
        assert list(reasons) == [(people[0], ""), (people[1], "Boutique fermée"), (people[2], "Boutique fermée")]


def test_the_number_of_those_found_is_exact_and_a_change_since_is_told(
    marketers_client: Client, account: Account, people: list[int], subscribers: ContactList
) -> None:
    chosen = {
        "action": "ADD",
        "everything": "1",
        "q": seal_query(account, of_lyon(account)),
        "contact_list": subscribers.pk,
    }
    sure = marketers_client.post(CHECK, chosen)
    with account_context(account):
        Contact.objects.filter(phone=people[4]).update(attributes={"a8": "Nantes"})

    done = marketers_client.post(START, hidden(sure), follow=True)

    assert sure.context["question"].count == 3
    assert "When you confirmed, 3 contacts were found; when it was done, there were 2." in done.content.decode()


def test_a_large_action_is_followed_on_its_page(
    marketers_client: Client, account: Account, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_batches, "AT_ONCE_CONTACTS", 1)
    sure = marketers_client.post(CHECK, {"action": "EXCLUDE", **ticked(account, *people)})

    page = marketers_client.post(START, hidden(sure)).headers["Location"]
    waiting = marketers_client.get(page).content.decode()
    polled = marketers_client.get(page, headers=HTMX).content.decode()
    contact_batches.run(account, batch_id=only_batch(account).pk, now=timezone.now())
    over = marketers_client.get(page, headers=HTMX)

    assert "You may leave this page" in waiting
    assert ("<html" in polled, f'hx-get="{page}"' in polled) == (False, True)
    assert over.headers["HX-Refresh"] == "true"
    assert "6 contacts put on the exclusion list." in marketers_client.get(page).content.decode()


@pytest.mark.parametrize(
    "data, message",
    [
        ({"action": "DELETE"}, "Choose at least one contact."),
        ({"action": "DELETE", "gone": FICTION + 900}, "These contacts no longer exist."),
        ({"action": "DELETE", "contact": ["forged"]}, "This page is too old: choose the contacts again."),
        ({"action": "DELETE", "everything": "1", "q": "forged"}, "This page is too old: choose the contacts again."),
        ({"action": "ADD", "selection": "forged"}, "This page is too old: choose the contacts again."),
    ],
)
@pytest.mark.parametrize("url", [CHECK, START])
def test_what_cannot_be_read_is_said_on_the_table(
    url: str, data: dict[str, Any], message: str, marketers_client: Client, account: Account, people: list[int]
) -> None:
    if "gone" in data:
        data = data | ticked(account, data["gone"])

    page = marketers_client.post(url, data, follow=True)
    in_dialog = marketers_client.post(CHECK, data, headers=HTMX)

    assert page.redirect_chain == [(INDEX, 302)]
    shown = page.content.decode()
    assert message in shown or "Choose what to do with the contacts." in shown
    assert in_dialog.headers["HX-Redirect"] == INDEX
    assert contacts_left(account) == people


@pytest.mark.parametrize("action", ["", "EXPORT", "ERASE"])
def test_an_unknown_action_does_nothing(
    action: str, marketers_client: Client, account: Account, people: list[int]
) -> None:
    response = marketers_client.post(START, {"action": action, **ticked(account, *people)}, follow=True)

    assert "Choose what to do with the contacts." in response.content.decode()
    assert contacts_left(account) == people


@pytest.mark.parametrize("forged", ["", "-1", "9" * 30, "many"])
def test_a_forged_number_of_contacts_does_nothing(
    forged: str, marketers_client: Client, marketer: User, account: Account, people: list[int]
) -> None:
    token = sealed(account, marketer, Selection(phones=tuple(people)))
    data = {"action": "DELETE", "selection": token, "expected": forged, "confirmed": "on"}

    response = marketers_client.post(START, data)

    assert (response.status_code, contacts_left(account)) == (422, people)


def test_another_accounts_list_and_contacts_are_out_of_reach(
    marketers_client: Client, marketer: User, account: Account, other_account: Account, people: list[int]
) -> None:
    with account_context(other_account):
        theirs = make_diffusion_list(other_account, "Les leurs")
    token = sealed(account, marketer, Selection(phones=tuple(people[:2])))

    which = marketers_client.post(CHECK, {"action": "ADD", "selection": token, "contact_list": theirs.pk})
    forced = {"action": "ADD", "selection": token, "contact_list": theirs.pk, "expected": "2"}
    refused = marketers_client.post(START, forced, follow=True)

    assert ("Les leurs" in which.content.decode(), which.context["list"]) == (False, None)
    assert "Choose a list." in refused.content.decode()
    with account_context(other_account):
        assert phones_of(theirs) == []


def test_someone_who_may_only_export_does_nothing_else(
    marketers_client: Client, account: Account, marketer: User, people: list[int]
) -> None:
    with account_context(account):
        Membership.objects.filter(user=marketer).update(role="READ_ONLY", export_allowed=True)

    answers = {
        action: marketers_client.post(CHECK, {"action": action, **ticked(account, *people)}).status_code
        for action in ("ADD", "DELETE", "EXPORT")
    }
    started = marketers_client.post(START, {"action": "DELETE", **ticked(account, *people), "confirmed": "on"})

    assert (answers, started.status_code) == ({"ADD": 403, "DELETE": 403, "EXPORT": 200}, 403)
    assert contacts_left(account) == people


def test_ticked_contacts_are_exported_from_the_dialog(
    marketers_client: Client, account: Account, people: list[int]
) -> None:
    sure = marketers_client.post(CHECK, {"action": "EXPORT", **ticked(account, people[3], people[1])})

    response = marketers_client.post(EXPORT, {**hidden(sure), "format": "CSV", "columns": ["PHONE", "a8"]})

    assert "Export 2 contacts" in sure.content.decode()
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[1:] == ["06 39 98 00 01;Nantes", "06 39 98 00 03;Nantes"]


def test_a_large_search_is_exported_in_the_background(
    marketers_client: Client, account: Account, people: list[int], settings: Any
) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 2
    page = marketers_client.get(EXPORT, {"q": seal_query(account, of_lyon(account))})

    asked = marketers_client.post(EXPORT, {**hidden(page), "format": "CSV", "columns": ["PHONE"]})
    with account_context(account):
        export = Export.objects.get()
    exports.run(account, export_id=export.pk, now=timezone.now())
    download = marketers_client.get(reverse("contacts:export_download", args=[export.pk]))

    assert "Export 3 contacts" in page.content.decode()
    assert "can then be downloaded for 7 days" in page.content.decode()
    assert asked.headers["Location"] == reverse("contacts:export_show", args=[export.pk])
    assert len(b"".join(download.streaming_content).splitlines()) == 4  # type: ignore[attr-defined]


@pytest.mark.parametrize("data", [{"format": "CSV"}, {"format": "PDF", "columns": ["PHONE"]}, {"columns": ["a99"]}])
def test_a_wrong_choice_for_a_file_is_shown(data: dict[str, Any], marketers_client: Client, people: list[int]) -> None:
    response = marketers_client.post(EXPORT, data)

    assert response.status_code == 422


def test_without_the_directory_these_pages_do_not_exist(
    marketers_client: Client, account: Account, people: list[int]
) -> None:
    Account.objects.filter(pk=account.pk).update(mode=Account.Mode.LISTS)

    answers = [
        marketers_client.post(url, {"action": "DELETE", **ticked(account, *people)}).status_code
        for url in (CHECK, START)
    ]

    assert (answers, marketers_client.get(EXPORT).status_code) == ([404, 404], 404)
