from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.exports.files import Most
from contacts.models import ContactList, Export
from contacts.operations import exports
from smsplatform.accounts.models import Account, AuditEvent, Membership, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import SignIn
from tests.contacts.factories import FICTION, make_exclusion, make_list

INDEX = reverse("contacts:export_index")


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    User.objects.filter(pk=marketer.pk).update(language="en")
    return sign_in(marketer)


@pytest.fixture
def clients(account: Account) -> ContactList:
    with account_context(account):
        return make_list(account, "Été", columns=[{"key": "c1", "name": "Ville"}], phones=[FICTION, FICTION + 1])


def options(contact_list: ContactList) -> str:
    return reverse("contacts:list_export_new", args=[contact_list.pk])


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def events(account: Account) -> list[str]:
    with account_context(account):
        return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def only_export(account: Account) -> Export:
    with account_context(account):
        return Export.objects.get()


def test_the_options_offer_the_lists_own_columns_and_the_exclusion(
    client_of_marketer: Client, clients: ContactList
) -> None:
    form = client_of_marketer.get(options(clients)).context["form"]

    assert list(form.fields["columns"].choices) == [
        ("PHONE", "Mobile phone"), ("c1", "Ville"), ("EXCLUDED", "On the exclusion list"), ("SINCE", "Excluded since"),
    ]  # fmt: skip
    assert (form["columns"].value(), form["format"].value(), form["with_excluded"].value()) == (
        ["PHONE", "c1"],
        "CSV",
        True,
    )


def test_a_small_list_comes_at_once_with_what_was_chosen(
    client_of_marketer: Client, account: Account, clients: ContactList
) -> None:
    with account_context(account):
        make_exclusion(account)
    data = {"format": "CSV", "columns": ["EXCLUDED", "PHONE"]}

    response = client_of_marketer.post(options(clients), data)

    assert body(response) == "Mobile phone;On the exclusion list\r\n06 39 98 00 01;No\r\n"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"ete.csv\"; filename*=UTF-8''%C3%89t%C3%A9.csv"
    )
    assert events(account) == ["LIST_EXPORTED"]


def test_a_workbook_comes_as_one(client_of_marketer: Client, clients: ContactList) -> None:
    response = client_of_marketer.post(options(clients), {"format": "XLSX", "columns": ["PHONE"]})

    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert b"".join(response.streaming_content).startswith(b"PK")


@pytest.mark.parametrize("data", [{"format": "CSV"}, {"format": "PDF", "columns": ["PHONE"]}, {"columns": ["c9"]}])
def test_a_wrong_choice_is_shown_and_nothing_is_exported(
    data: dict[str, Any], client_of_marketer: Client, account: Account, clients: ContactList
) -> None:
    response = client_of_marketer.post(options(clients), data)

    assert (response.status_code, events(account)) == (422, [])


def test_a_large_list_is_made_in_the_background_and_then_downloaded(
    client_of_marketer: Client, account: Account, clients: ContactList, settings: Any
) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 1

    asked = client_of_marketer.post(options(clients), {"format": "CSV", "columns": ["PHONE"], "with_excluded": "on"})
    export = only_export(account)
    page = reverse("contacts:export_show", args=[export.pk])
    waiting = client_of_marketer.get(page).content.decode()
    polled = client_of_marketer.get(page, headers={"HX-Request": "true"}).content.decode()
    exports.run(account, export_id=export.pk, now=timezone.now())
    over = client_of_marketer.get(page, headers={"HX-Request": "true"})
    ready = client_of_marketer.get(page).content.decode()
    download = client_of_marketer.get(reverse("contacts:export_download", args=[export.pk]))

    assert asked.headers["Location"] == page
    assert "The file is being made" in waiting
    assert ("<html" in polled, f'hx-get="{page}"' in polled) == (False, True)
    assert over.headers["HX-Refresh"] == "true"
    assert "The file is ready" in ready
    assert body(download) == "Mobile phone\r\n06 39 98 00 00\r\n06 39 98 00 01\r\n"
    assert events(account) == ["LIST_EXPORTED", "EXPORT_DOWNLOADED"]


@pytest.mark.parametrize("most", [Most(cells=1, characters=10**6), Most(cells=10**6, characters=20)])
@pytest.mark.parametrize("format", ["CSV", "XLSX"])
def test_few_rows_of_many_or_long_cells_are_made_in_the_background(
    client_of_marketer: Client,
    account: Account,
    clients: ContactList,
    monkeypatch: pytest.MonkeyPatch,
    most: Most,
    format: str,
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", most)

    asked = client_of_marketer.post(options(clients), {"format": format, "columns": ["PHONE"], "with_excluded": "on"})

    export = only_export(account)
    assert asked.headers["Location"] == reverse("contacts:export_show", args=[export.pk])
    assert (export.status, events(account)) == ("QUEUED", ["LIST_EXPORTED"])


def test_the_one_click_export_of_a_wide_list_leads_to_the_options(
    client_of_marketer: Client, clients: ContactList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", Most(cells=0, characters=0))

    response = client_of_marketer.get(reverse("contacts:list_export", args=[clients.pk]), follow=True)

    assert response.redirect_chain == [(options(clients), 302)]
    assert "This list is large" in response.content.decode()


def test_the_one_click_export_of_a_large_list_leads_to_the_options(
    client_of_marketer: Client, account: Account, clients: ContactList, settings: Any
) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 1

    response = client_of_marketer.get(reverse("contacts:list_export", args=[clients.pk]), follow=True)

    assert response.redirect_chain == [(options(clients), 302)]
    assert "This list is large" in response.content.decode()
    assert events(account) == []


def test_an_export_that_failed_says_why(client_of_marketer: Client, account: Account, marketer: User) -> None:
    with account_context(account):
        lists = tuple(make_list(account, name) for name in "AB")
        export = exports.request(account, order=exports.Order(lists=lists), by=marketer, now=timezone.now())
        ContactList.objects.filter(pk=lists[0].pk).update(deleted_at=timezone.now())
    exports.run(account, export_id=export.pk, now=timezone.now())

    text = client_of_marketer.get(reverse("contacts:export_show", args=[export.pk])).content.decode()

    assert "A list was deleted before its file was made." in text
    assert "Failed" in text


def test_an_expired_file_is_said_to_be_and_not_sent(
    client_of_marketer: Client, account: Account, clients: ContactList, marketer: User
) -> None:
    with account_context(account):
        export = exports.request(account, order=exports.Order(lists=(clients,)), by=marketer, now=timezone.now())
    exports.run(account, export_id=export.pk, now=timezone.now())
    with account_context(account):
        Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    response = client_of_marketer.get(reverse("contacts:export_download", args=[export.pk]), follow=True)
    index = client_of_marketer.get(INDEX).content.decode()

    text = response.content.decode()
    assert "This file is no longer available: export again." in text
    assert "Files are kept for 7 days." in text
    assert ("File expired" in index, "Download" in index) == (True, False)
    assert events(account) == ["LIST_EXPORTED"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_exports_takes_a_fixed_number_of_queries(
    count: int, client_of_marketer: Client, account: Account, clients: ContactList, marketer: User,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    with account_context(account):
        for _ in range(count):
            exports.request(account, order=exports.Order(lists=(clients,)), by=marketer, now=timezone.now())
    client_of_marketer.get(INDEX)  # what a process learns once is known from now on

    with django_assert_num_queries(13):
        response = client_of_marketer.get(INDEX)

    assert len(response.context["rows"]) == count


def test_several_lists_become_one_archive(client_of_marketer: Client, account: Account) -> None:
    with account_context(account):
        lists = [make_list(account, name) for name in "ABC"]
        ContactList.objects.filter(pk=lists[2].pk).update(deleted_at=timezone.now())
    data = {"lists": ",".join(str(one.pk) for one in lists), "format": "CSV", "with_exclusion_columns": "on"}

    client_of_marketer.post(reverse("contacts:export_several"), data)

    export = only_export(account)
    assert (export.name, export.list_ids) == ("2 lists", [lists[0].pk, lists[1].pk])
    assert (export.columns, export.with_excluded) == (["PHONE", "*", "EXCLUDED", "SINCE"], False)


@pytest.mark.parametrize("ids", ["", "x", "999999", "1" * 30])
def test_no_list_of_the_account_is_no_export(ids: str, client_of_marketer: Client, account: Account) -> None:
    data = {"lists": ids, "format": "CSV"}

    response = client_of_marketer.post(reverse("contacts:export_several"), data, follow=True)

    assert "Choose at least one list." in response.content.decode()
    assert events(account) == []


def test_the_exclusion_list_has_its_own_options(client_of_marketer: Client, account: Account) -> None:
    with account_context(account):
        make_exclusion(account)
    address = reverse("contacts:exclusion_export_new")

    shown = client_of_marketer.get(address)
    response = client_of_marketer.post(address, {"format": "CSV", "columns": ["PHONE", "SOURCE"]})

    assert shown.status_code == 200
    assert body(response) == "Mobile phone;Source\r\n06 39 98 00 00;STOP by SMS\r\n"
    assert events(account) == ["EXCLUSIONS_EXPORTED"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_exporting_needs_the_right_to(
    method: str, account: Account, marketer: User, clients: ContactList, sign_in: SignIn
) -> None:
    with account_context(account):
        Membership.objects.filter(user=marketer).update(export_allowed=False)
        export = exports.request(account, order=exports.Order(lists=(clients,)), by=marketer, now=timezone.now())
    client = sign_in(marketer)
    exports.run(account, export_id=export.pk, now=timezone.now())
    before = events(account)
    names = ["list_export_new", "exclusion_export_new", "export_index", "export_show", "export_download"]
    things = {"list_export_new": [clients.pk], "export_show": [export.pk], "export_download": [export.pk]}

    answers = {
        getattr(client, method)(reverse(f"contacts:{name}", args=things.get(name, []))).status_code for name in names
    }

    assert answers - {405} == {403}
    assert events(account) == before
