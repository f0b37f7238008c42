from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList, ListBatch
from contacts.operations import batches
from smsplatform.accounts.models import Account, AuditEvent, Membership, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.contacts.factories import FICTION, make_list

INDEX, CHECK, START = (reverse(f"contacts:{name}") for name in ("list_index", "batch_check", "batch_start"))


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    User.objects.filter(pk=marketer.pk).update(language="en")
    return sign_in(marketer)


@pytest.fixture
def two(account: Account) -> list[ContactList]:
    with account_context(account):
        return [make_list(account, "Clients", phones=[FICTION]), make_list(account, "Salon", phones=[FICTION + 1])]


def ids(lists: list[ContactList]) -> str:
    return ",".join(str(one.pk) for one in lists)


def state(account: Account) -> list[tuple[str, str, bool]]:
    with account_context(account):
        rows = ContactList.objects.order_by("pk").values_list("name", "status", "deleted_at")
        return [(name, status, deleted is not None) for name, status, deleted in rows]


UNTOUCHED = [("Clients", "ACTIVE", False), ("Salon", "ACTIVE", False)]


def test_the_question_counts_lists_and_contacts_and_changes_nothing(
    client_of_marketer: Client, account: Account, two: list[ContactList]
) -> None:
    data = {"action": "DELETE", "list": [one.pk for one in two]}

    page = client_of_marketer.post(CHECK, data).content.decode()
    dialog = client_of_marketer.post(CHECK, data, headers={"HX-Request": "true"}).content.decode()

    for text in (page, dialog):
        assert "Delete 2 lists?" in text
        assert "2 contacts in all. They go to the bin" in text
        assert f'name="lists" value="{ids(two)}"' in text
    assert ("<html" in page, "<html" in dialog) == (True, False)
    assert state(account) == UNTOUCHED


def test_everything_found_is_what_the_filter_finds(
    client_of_marketer: Client, account: Account, two: list[ContactList]
) -> None:
    data = {"action": "DISABLE", "everything": "1", "search": "CLI", "list": [two[1].pk]}

    response = client_of_marketer.post(CHECK, data)

    assert response.context["ids"] == str(two[0].pk)
    assert response.context["question"].title == "Deactivate 1 list?"


def test_the_bin_restores_what_it_holds(client_of_marketer: Client, account: Account, two: list[ContactList]) -> None:
    with account_context(account):
        ContactList.objects.filter(pk=two[0].pk).update(deleted_at=NOW)

    shown = client_of_marketer.get(INDEX, {"status": "BIN"}).content.decode()
    asked = client_of_marketer.post(CHECK, {"action": "RESTORE", "everything": "1", "status": "BIN"})
    client_of_marketer.post(START, {"action": "RESTORE", "lists": asked.context["ids"]})

    assert ('value="RESTORE"' in shown, 'value="DELETE"' in shown) == (True, False)
    assert state(account) == UNTOUCHED


def test_what_was_confirmed_is_done_and_the_results_are_shown(
    client_of_marketer: Client, account: Account, two: list[ContactList]
) -> None:
    with account_context(account):
        ContactList.objects.filter(pk=two[1].pk).update(status="DISABLED")

    response = client_of_marketer.post(START, {"action": "DISABLE", "lists": ids(two)}, follow=True)

    text = response.content.decode()
    assert "1 list done, 1 left as it was." in text
    assert "“Clients”: deactivated" in text
    assert text.index("“Salon”: was already deactivated") < text.index("“Clients”: deactivated")
    assert state(account) == [("Clients", "DISABLED", False), ("Salon", "DISABLED", False)]


def test_a_batch_at_work_shows_its_progress_until_it_is_over(
    client_of_marketer: Client, account: Account, two: list[ContactList], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE_LISTS", 1)

    response = client_of_marketer.post(START, {"action": "DELETE", "lists": ids(two)})
    page = response.headers["Location"]
    waiting = client_of_marketer.get(page).content.decode()
    polled = client_of_marketer.get(page, headers={"HX-Request": "true"}).content.decode()
    with account_context(account):
        batch = ListBatch.objects.get()
    batches.run(account, batch_id=batch.pk, now=NOW)
    over = client_of_marketer.get(page, headers={"HX-Request": "true"})

    assert "Work in progress" in waiting
    assert ("<html" in polled, f'hx-get="{page}"' in polled) == (False, True)
    assert over.headers["HX-Refresh"] == "true"
    assert "2 lists done." in client_of_marketer.get(page).content.decode()


@pytest.mark.parametrize(
    "data, message",
    [
        ({}, "Choose what to do with the lists."),
        ({"action": "BURN", "list": ["1"]}, "Choose what to do with the lists."),
        ({"action": "DELETE"}, "Choose at least one list."),
        ({"action": "DELETE", "list": ["x", "-1", "1" * 30]}, "Choose at least one list."),
    ],
)
def test_a_wrong_choice_is_said_on_the_table(
    data: dict[str, Any], message: str, client_of_marketer: Client, account: Account, two: list[ContactList]
) -> None:
    without_script = client_of_marketer.post(CHECK, data, follow=True).content.decode()
    with_script = client_of_marketer.post(CHECK, data, headers={"HX-Request": "true"})

    assert message in without_script
    assert with_script.headers["HX-Refresh"] == "true"
    assert state(account) == UNTOUCHED


@pytest.mark.parametrize("data", [{}, {"action": "DELETE"}, {"action": "BURN", "lists": "1"}])
def test_a_forged_confirmation_does_nothing(
    data: dict[str, str], client_of_marketer: Client, account: Account, two: list[ContactList]
) -> None:
    response = client_of_marketer.post(START, data, follow=True)

    assert "Choose at least one list." in response.content.decode()
    assert state(account) == UNTOUCHED


def test_more_lists_than_a_batch_takes_are_refused(
    client_of_marketer: Client, two: list[ContactList], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MAX_LISTS", 1)

    response = client_of_marketer.post(CHECK, {"action": "DELETE", "everything": "1"}, follow=True)

    assert "Choose at most 1 lists at a time." in response.content.decode()


def test_another_accounts_lists_are_not_there(
    client_of_marketer: Client, account: Account, other_account: Account
) -> None:
    with account_context(other_account):
        theirs = make_list(other_account, "Secret")

    asked = client_of_marketer.post(CHECK, {"action": "DELETE", "list": [theirs.pk]}, follow=True).content.decode()
    client_of_marketer.post(START, {"action": "DELETE", "lists": str(theirs.pk)})

    assert ("Choose at least one list." in asked, "Secret" in asked) == (True, False)
    assert state(other_account) == [("Secret", "ACTIVE", False)]


@pytest.mark.parametrize(
    "rights, action, status",
    [
        ({"export_allowed": False}, "EXPORT", 403),
        ({"export_allowed": False}, "DELETE", 200),
        ({"role": "READ_ONLY", "export_allowed": True}, "DELETE", 403),
        ({"role": "READ_ONLY", "export_allowed": True}, "EXPORT", 200),
    ],
)
def test_each_action_needs_its_right(
    rights: dict[str, Any], action: str, status: int,
    client_of_marketer: Client, account: Account, marketer: User, two: list[ContactList],
) -> None:  # fmt: skip
    with account_context(account):
        Membership.objects.filter(user=marketer).update(**rights)

    assert client_of_marketer.post(CHECK, {"action": action, "list": [two[0].pk]}).status_code == status


def test_a_reader_has_no_boxes(reader: User, sign_in: SignIn, two: list[ContactList]) -> None:
    text = sign_in(reader).get(INDEX).content.decode()

    assert ("Salon" in text, 'name="list"' in text, 'id="selection"' in text) == (True, False, False)


def test_a_list_is_duplicated_under_the_name_chosen(
    client_of_marketer: Client, account: Account, two: list[ContactList]
) -> None:
    address = reverse("contacts:list_duplicate", args=[two[0].pk])

    proposed = client_of_marketer.get(address).context["form"]["name"].value()
    response = client_of_marketer.post(address, {"name": "Mars"}, follow=True)

    assert proposed == "Clients (copy)"
    assert "“Clients”: copied as “Mars”" in response.content.decode()
    assert [name for name, *_ in state(account)] == ["Clients", "Salon", "Mars"]


def test_a_copy_needs_a_name_and_the_right_to_edit(
    client_of_marketer: Client, reader: User, sign_in: SignIn, account: Account, two: list[ContactList]
) -> None:
    address = reverse("contacts:list_duplicate", args=[two[0].pk])

    answers = [client_of_marketer.post(address, {"name": " "}), sign_in(reader).post(address, {"name": "Mars"})]

    assert [answer.status_code for answer in answers] == [422, 403]
    assert state(account) == UNTOUCHED
    with account_context(account):
        assert AuditEvent.objects.count() == 0
