import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import SignIn
from tests.contacts.factories import FICTION, make_exclusion, make_list

INDEX = reverse("contacts:list_index")
ACTIONS = ["list_disable", "list_enable", "list_delete", "list_restore"]


def names(content: bytes) -> list[str]:
    import re

    return re.findall(r'sp-row-link" href="[^"]+">([^<]+)<', content.decode())


def make_in(account: Account, *args: object, **fields: object) -> ContactList:
    with account_context(account):
        return make_list(account, *args, **fields)  # type: ignore[arg-type]


def state(account: Account) -> list[tuple[str, str, bool]]:
    with account_context(account):
        rows = ContactList.objects.order_by("pk").values_list("name", "status", "deleted_at")
        return [(name, status, deleted is not None) for name, status, deleted in rows]


def events(account: Account) -> list[str]:
    with account_context(account):
        return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


@pytest.mark.parametrize("lists", [1, 3])
def test_index_shows_our_lists_only_in_a_fixed_number_of_queries(
    lists: int, account: Account, other_account: Account, client_of_marketer: Client, django_assert_num_queries: object
) -> None:
    for number in range(lists):
        make_in(account, f"Liste {number}")
    make_in(other_account, "Liste secrète")
    client_of_marketer.get(INDEX)  # what a process learns once is known from now on

    with django_assert_num_queries(13):  # type: ignore[operator]
        response = client_of_marketer.get(INDEX)

    assert names(response.content) == [f"Liste {number}" for number in reversed(range(lists))]


def test_index_shows_counts_dates_author_and_status_in_french(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    with account_context(account):
        make_exclusion(account)
        make_list(account, "Clients", phones=[FICTION, FICTION + 1], author=marketer)

    text = client_of_marketer.get(INDEX).content.decode()

    for shown in ("Clients", "12/03/2026", "Marketer", "Active", "Nouvelle liste", "Rechercher une liste par son nom"):
        assert shown in text, shown
    assert '<td class="sp-number" data-label="Contacts">2</td>' in text
    assert '<td class="sp-number" data-label="Exclus">1</td>' in text


def test_index_speaks_english_to_who_prefers_it(marketer: User, client_of_marketer: Client) -> None:
    User.objects.filter(pk=marketer.pk).update(language="en")

    text = client_of_marketer.get(INDEX).content.decode()

    assert "Contact lists" in text
    assert "Listes de contacts" not in text


@pytest.mark.parametrize(
    "query, expected",
    [
        ("", ["Écoles", "Clients VIP", "clients"]),
        ("search=client", ["Clients VIP", "clients"]),
        ("search=CLIENTS", ["Clients VIP", "clients"]),
        ("search=ecole", ["Écoles"]),
        ("search=ÉCOLES", ["Écoles"]),
        ("search=_", []),
        ("search=100%25", []),
        ("status=DISABLED", ["Écoles"]),
        ("sort=name", ["clients", "Clients VIP", "Écoles"]),
        ("sort=-contacts", ["Clients VIP", "Écoles", "clients"]),
        ("sort=nonsense&status=nonsense&page=x", ["Écoles", "Clients VIP", "clients"]),
    ],
)
def test_index_searches_filters_and_sorts(
    query: str, expected: list[str], account: Account, client_of_marketer: Client
) -> None:
    make_in(account, "clients")
    make_in(account, "Clients VIP", phones=[FICTION])
    make_in(account, "Écoles", status="DISABLED")

    response = client_of_marketer.get(f"{INDEX}?{query}")

    assert names(response.content) == expected


def test_index_answers_a_live_search_with_the_results_alone(account: Account, client_of_marketer: Client) -> None:
    make_in(account, "Clients")

    response = client_of_marketer.get(f"{INDEX}?search=cli", headers={"HX-Request": "true"})

    assert names(response.content) == ["Clients"]
    assert b"<html" not in response.content


def test_bin_shows_deleted_lists_with_a_way_back(account: Account, client_of_marketer: Client) -> None:
    contact_list = make_in(account, "Clients")
    client_of_marketer.post(reverse("contacts:list_delete", args=[contact_list.pk]))

    shown = client_of_marketer.get(f"{INDEX}?status=BIN").content.decode()
    client_of_marketer.post(reverse("contacts:list_restore", args=[contact_list.pk]))

    assert "Restaurer" in shown
    assert state(account) == [("Clients", "ACTIVE", False)]


@pytest.mark.parametrize(
    "action, left, event",
    [
        ("list_disable", ("Clients", "DISABLED", False), "LIST_DISABLED"),
        ("list_delete", ("Clients", "ACTIVE", True), "LIST_DELETED"),
    ],
)
def test_an_action_changes_the_list_and_says_so(
    action: str, left: tuple[str, str, bool], event: str, account: Account, client_of_marketer: Client
) -> None:
    contact_list = make_in(account, "Clients")

    response = client_of_marketer.post(reverse(f"contacts:{action}", args=[contact_list.pk]), follow=True)

    assert response.redirect_chain == [(INDEX, 302)]
    assert "La liste «\u00a0Clients\u00a0»" in response.content.decode()
    assert (state(account), events(account)) == ([left], [event])


def test_deactivating_twice_tells_the_second_person(account: Account, client_of_marketer: Client) -> None:
    contact_list = make_in(account, "Clients", status="DISABLED")

    response = client_of_marketer.post(reverse("contacts:list_disable", args=[contact_list.pk]), follow=True)

    assert "a changé entre-temps" in response.content.decode()
    assert events(account) == []


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_on_another_accounts_list_are_404_and_change_nothing(
    action: str, account: Account, stranger: User, sign_in: SignIn
) -> None:
    contact_list = make_in(account, "Clients")

    response = sign_in(stranger).post(reverse(f"contacts:{action}", args=[contact_list.pk]))

    assert response.status_code == 404
    assert (state(account), events(account)) == ([("Clients", "ACTIVE", False)], [])


@pytest.mark.parametrize("action", ACTIONS)
def test_readers_may_not_act(action: str, account: Account, reader: User, sign_in: SignIn) -> None:
    contact_list = make_in(account, "Clients")

    response = sign_in(reader).post(reverse(f"contacts:{action}", args=[contact_list.pk]))

    assert response.status_code == 403
    assert (state(account), events(account)) == ([("Clients", "ACTIVE", False)], [])


@pytest.mark.parametrize("action", ACTIONS)
def test_the_opened_address_of_an_action_leads_to_the_lists(
    action: str, account: Account, client_of_marketer: Client
) -> None:
    contact_list = make_in(account, "Clients")
    before = state(account)

    response = client_of_marketer.get(reverse(f"contacts:{action}", args=[contact_list.pk]))

    assert (response.headers["Location"], state(account)) == (reverse("contacts:list_index"), before)


@pytest.mark.parametrize("view", ["list_show", "list_export"])
def test_another_accounts_list_is_404(view: str, account: Account, stranger: User, sign_in: SignIn) -> None:
    contact_list = make_in(account, "Clients")

    response = sign_in(stranger).get(reverse(f"contacts:{view}", args=[contact_list.pk]))

    assert response.status_code == 404
    assert events(account) == []


def test_strangers_to_the_site_are_sent_to_sign_in(client: Client) -> None:
    response = client.get(INDEX)

    assert (response.status_code, response.headers["Location"]) == (302, f"{reverse('account_login')}?next={INDEX}")


def test_show_pages_through_the_entries_without_a_number_in_the_address(
    account: Account, client_of_marketer: Client
) -> None:
    contact_list = make_in(account, "Clients", phones=[FICTION + n for n in range(51)])
    address = reverse("contacts:list_show", args=[contact_list.pk])

    first = client_of_marketer.get(address)
    token = first.context["page"].next_token
    second = client_of_marketer.get(f"{address}?after={token}")

    assert (len(first.context["page"].entries), str(FICTION)[2:] in token) == (50, False)
    assert [entry.phone for entry in second.context["page"].entries] == [FICTION + 50]
    assert second.context["page"].next_token == ""
    assert "06 39 98 00 50" in second.content.decode()


def test_show_with_a_forged_token_is_the_first_page(account: Account, client_of_marketer: Client) -> None:
    contact_list = make_in(account, "Clients", phones=[FICTION])

    response = client_of_marketer.get(reverse("contacts:list_show", args=[contact_list.pk]) + "?after=forged")

    assert [entry.phone for entry in response.context["page"].entries] == [FICTION]


def export(client: Client, contact_list: ContactList) -> bytes:
    response = client.get(reverse("contacts:list_export", args=[contact_list.pk]))
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


def test_export_opens_right_in_french_excel(account: Account, client_of_marketer: Client) -> None:
    columns = [{"key": "c1", "name": "Prénom"}, {"key": "c2", "name": "=Note"}]
    contact_list = make_in(account, "Été", columns=columns)
    with account_context(account):
        contact_list.entries.create(account=account, phone=FICTION, values={"c1": "Zoé", "c2": "=1+1"})
        contact_list.entries.create(account=account, phone=32470123456, values={"c1": "D;J"})

    content = export(client_of_marketer, contact_list)

    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")) == [
        ["Téléphone mobile", "Prénom", "'=Note"],
        ["+32 470 12 34 56", "D;J", ""],
        ["06 39 98 00 00", "Zoé", "'=1+1"],
    ]
    assert events(account) == ["LIST_EXPORTED"]


def test_export_speaks_the_language_of_who_exports(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    User.objects.filter(pk=marketer.pk).update(language="en")

    assert export(client_of_marketer, make_in(account, "Clients")).decode("utf-8-sig") == "Mobile phone\r\n"


def test_export_needs_the_right_to_export(account: Account, reader: User, sign_in: SignIn) -> None:
    contact_list = make_in(account, "Clients")

    response = sign_in(reader).get(reverse("contacts:list_export", args=[contact_list.pk]))

    assert (response.status_code, events(account)) == (403, [])


def test_an_empty_list_is_created_at_once(account: Account, client_of_marketer: Client) -> None:
    response = client_of_marketer.post(
        reverse("contacts:list_create"), {"name": "Salon", "description": "Mars", "source": "EMPTY"}
    )

    contact_list = make_in_context(account)
    assert response.headers["Location"] == reverse("contacts:list_show", args=[contact_list.pk])
    assert (contact_list.name, contact_list.description, events(account)) == ("Salon", "Mars", ["LIST_CREATED"])


def make_in_context(account: Account) -> ContactList:
    with account_context(account):
        return ContactList.objects.get()


@pytest.mark.parametrize(
    "data, message",
    [
        ({"name": "", "source": "EMPTY"}, "Ce champ est obligatoire"),
        ({"name": "Salon", "source": "FILE"}, "Choisissez un fichier"),
        ({"name": "Salon", "source": "PASTE", "pasted": " "}, "Collez au moins un numéro"),
    ],
)
def test_bad_input_is_shown_beside_what_was_typed(
    data: dict[str, str], message: str, account: Account, client_of_marketer: Client
) -> None:
    response = client_of_marketer.post(reverse("contacts:list_create"), data | {"description": "Gardée"})

    text = response.content.decode()
    assert response.status_code == 422
    assert message in text
    assert "Gardée" in text
    assert state(account) == []


def test_creating_needs_the_right_to_import(account: Account, reader: User, sign_in: SignIn) -> None:
    client = sign_in(reader)

    answers = [
        client.get(reverse("contacts:list_create")),
        client.post(reverse("contacts:list_create"), {"name": "Salon"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert state(account) == []
