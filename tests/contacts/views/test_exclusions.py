import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Exclusion, Import
from smsplatform.accounts.models import Account, AuditEvent, Role, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib.sealed import Purpose, seal
from tests.accounts.conftest import flashes
from tests.conftest import NOW, MakeMember, SignIn
from tests.contacts.factories import FICTION

MOBILE = 33612345678
INDEX, SEARCH, ADD, IMPORT, REMOVE, EXPORT = (
    reverse(f"contacts:exclusion_{name}") for name in ("index", "search", "add", "import", "remove", "export_new")
)


@pytest.fixture
def admin(account: Account, make_member: MakeMember) -> User:
    return make_member(account, "admin@example.com", Role.ADMIN)


@pytest.fixture
def client_of_admin(admin: User, sign_in: SignIn) -> Client:
    return sign_in(admin)


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


@pytest.fixture
def client_of_reader(reader: User, sign_in: SignIn) -> Client:
    return sign_in(reader)


def exclude(account: Account, phone: int, source: str = "PERSON", days: int = 0, reason: str = "") -> Exclusion:
    with account_context(account):
        at = NOW + timedelta(days=days)
        return Exclusion.objects.create(account=account, phone=phone, source=source, at=at, reason=reason)


def excluded(account: Account) -> list[tuple[int, str, str]]:
    with account_context(account):
        return list(Exclusion.objects.order_by("phone").values_list("phone", "source", "reason"))


def events(account: Account) -> list[tuple[str, str, dict[str, int]]]:
    with account_context(account):
        return list(AuditEvent.objects.order_by("pk").values_list("action", "subject", "counts"))


def shown(response: Any) -> list[int]:
    return [row.phone for row in response.context["page"].rows]


@pytest.mark.parametrize("count", [1, 3])
def test_index_shows_our_exclusions_in_a_fixed_number_of_queries(
    count: int, account: Account, other_account: Account, client_of_reader: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        exclude(account, FICTION + number, "STOP", days=number)
    exclude(other_account, FICTION + 9)
    client_of_reader.get(INDEX)  # what a process learns once is known from now on

    with django_assert_num_queries(14):
        response = client_of_reader.get(INDEX)

    assert shown(response) == [FICTION + number for number in reversed(range(count))]


def test_index_tells_number_date_source_and_reason_in_french(account: Account, client_of_reader: Client) -> None:
    exclude(account, FICTION, "STOP", reason="Réponse au 36180")

    text = client_of_reader.get(INDEX).content.decode()

    for words in ("Liste d'exclusion", "06 39 98 00 00", "12/03/2026", "STOP par SMS", "Réponse au 36180"):
        assert words in text, words


def test_only_who_manages_sees_how_to_remove(
    account: Account, client_of_admin: Client, client_of_marketer: Client, client_of_reader: Client
) -> None:
    exclude(account, FICTION)

    pages = [client.get(INDEX).content.decode() for client in (client_of_admin, client_of_marketer, client_of_reader)]

    assert [REMOVE in page for page in pages] == [True, False, False]
    assert [f'href="{ADD}"' in page for page in pages] == [True, True, False]
    assert [f'href="{IMPORT}"' in page for page in pages] == [True, True, False]
    assert [f'href="{EXPORT}"' in page for page in pages] == [True, True, False]


def test_index_leads_from_page_to_page_keeping_its_filters(
    account: Account, client_of_reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contacts.views.exclusions.EXCLUSIONS_PER_PAGE", 2)
    for number in range(3):
        exclude(account, FICTION + number, "STOP", days=number)
    exclude(account, FICTION + 8, "PERSON", days=8)

    first = client_of_reader.get(f"{INDEX}?source=STOP")
    token = first.context["page"].next_token
    second = client_of_reader.get(f"{INDEX}?source=STOP&after={token}")

    assert f'href="?source=STOP&amp;after={token}"' in first.content.decode()
    assert shown(first) + shown(second) == [FICTION + 2, FICTION + 1, FICTION]
    assert second.context["page"].next_token == ""


def test_search_never_puts_the_number_in_an_address(account: Account, client_of_reader: Client) -> None:
    exclude(account, FICTION)
    exclude(account, FICTION + 1)

    response = client_of_reader.post(SEARCH, {"number": "06 39 98 00 01", "source": "", "since": "", "until": ""})
    found = client_of_reader.get(response.headers["Location"])

    assert "39980001" not in response.headers["Location"]
    assert shown(found) == [FICTION + 1]
    assert 'value="06 39 98 00 01"' in found.content.decode()


@pytest.mark.parametrize(
    "asked, leads_to", [({}, INDEX), ({"source": "STOP"}, f"{INDEX}?source=STOP"), ({"number": "  "}, INDEX)]
)
def test_search_leads_to_the_table(client_of_reader: Client, asked: dict[str, str], leads_to: str) -> None:
    assert client_of_reader.post(SEARCH, asked).headers["Location"] == leads_to


@pytest.mark.parametrize(
    "query, found",
    [
        ("since=2026-03-13", [2, 1]),
        ("until=2026-03-13", [1, 0]),
        ("since=13/03/2026&until=13/03/2026", [1]),
        ("since=nonsense&until=9999-12-31&source=NOTHING&number=forged", [2, 1, 0]),
        ("since=0001-01-01", [2, 1, 0]),
    ],
)
def test_index_filters_by_day_where_the_person_is_and_ignores_a_wrong_filter(
    account: Account, client_of_reader: Client, query: str, found: list[int]
) -> None:
    for number in range(3):
        exclude(account, FICTION + number, days=number)

    response = client_of_reader.get(f"{INDEX}?{query}")

    assert shown(response) == [FICTION + number for number in found]


def test_too_few_digits_are_said_at_the_field(account: Account, client_of_reader: Client) -> None:
    exclude(account, FICTION)

    text = client_of_reader.get(
        INDEX, {"number": seal("06", purpose=Purpose.EXCLUSION_SEARCH, account=account.pk)}
    ).content.decode()

    assert "Tapez au moins 3 chiffres du numéro." in text


def test_add_excludes_a_number_in_any_notation(account: Account, marketer: User, client_of_marketer: Client) -> None:
    response = client_of_marketer.post(ADD, {"number": "+33 (0)6.12.34.56.78", "reason": "Vu au magasin"})

    assert (response.status_code, response.headers["Location"]) == (302, INDEX)
    assert flashes(response) == ["06 12 34 56 78 est sur la liste d'exclusion."]
    assert excluded(account) == [(MOBILE, "PERSON", "Vu au magasin")]
    assert events(account) == [("EXCLUSIONS_ADDED", "Vu au magasin", {"contacts": 1})]


def test_add_of_a_number_already_there_changes_nothing_and_says_since_when(
    account: Account, client_of_marketer: Client
) -> None:
    exclude(account, MOBILE, "STOP")

    response = client_of_marketer.post(ADD, {"number": "0612345678", "reason": "Encore"})

    assert flashes(response) == [
        "06 12 34 56 78 était déjà sur la liste d'exclusion depuis le 12/03/2026 (STOP par SMS). Rien n'a changé."
    ]
    assert (excluded(account), events(account)) == ([(MOBILE, "STOP", "")], [])


@pytest.mark.parametrize(
    "typed",
    [{"number": ""}, {"number": "06 12"}, {"number": "01 99 00 12 34"}, {"number": "0612345678", "reason": "a\nb"}],
)
def test_add_refuses_what_is_no_mobile_and_keeps_what_was_typed(
    account: Account, client_of_marketer: Client, typed: dict[str, str]
) -> None:
    response = client_of_marketer.post(ADD, typed)

    assert response.status_code == 422
    assert response.context["form"]["number"].value() == typed["number"]
    assert excluded(account) == []


def test_add_and_import_are_for_those_who_may(
    account: Account, client_of_reader: Client, marketer: User, make_member: MakeMember, sign_in: SignIn
) -> None:
    no_import = sign_in(make_member(account, "no@example.com", Role.MARKETER, import_allowed=False))

    answers = [client_of_reader.get(ADD), client_of_reader.get(IMPORT), no_import.get(ADD), no_import.get(IMPORT)]

    assert [answer.status_code for answer in answers] == [403, 403, 200, 403]


PASTED = 33612998800
BAD_AMONG_GOOD = "06 12 99 88 00, 06 12 99 88 01\nabc\n+33612998802"


def test_pasted_numbers_are_excluded_at_once_and_the_rest_is_given_back(
    account: Account, client_of_marketer: Client
) -> None:
    exclude(account, PASTED + 1)

    response = client_of_marketer.post(IMPORT, {"source": "PASTE", "pasted": BAD_AMONG_GOOD})

    page = html.unescape(response.content.decode())
    assert response.status_code == 422
    assert "3 numéros lus\u00a0: 2 ajoutés à la liste d'exclusion, 1 déjà exclu, 1 non lu." in page
    assert "Ligne 2" in page
    assert response.context["form"]["pasted"].value() == "abc"
    with account_context(account):
        assert set(Exclusion.objects.values_list("phone", flat=True)) == {PASTED, PASTED + 1, PASTED + 2}
        assert Import.objects.count() == 0


def test_a_paste_sent_twice_or_corrected_loses_and_repeats_nothing(
    account: Account, client_of_marketer: Client
) -> None:
    for _press in range(2):
        client_of_marketer.post(IMPORT, {"source": "PASTE", "pasted": BAD_AMONG_GOOD})
    response = client_of_marketer.post(IMPORT, {"source": "PASTE", "pasted": "06 12 99 88 03"})

    assert response.headers["Location"] == INDEX
    with account_context(account):
        phones = Exclusion.objects.values_list("phone", flat=True).order_by("phone")
        assert list(phones) == [PASTED + number for number in range(4)]


def test_two_numbers_written_where_one_is_asked_are_both_excluded(account: Account, client_of_marketer: Client) -> None:
    response = client_of_marketer.post(ADD, {"number": "06 12 99 88 00 / 0612998801, 0639", "reason": "Appel"})

    assert response.status_code == 422
    assert response.context["form"]["number"].value() == "0639"
    assert response.context["form"]["reason"].value() == "Appel"
    with account_context(account):
        rows = Exclusion.objects.values_list("phone", "reason").order_by("phone")
        assert list(rows) == [(PASTED, "Appel"), (PASTED + 1, "Appel")]


@pytest.mark.parametrize("data", [{"source": "FILE"}, {"source": "PASTE", "pasted": " "}, {"source": "EMPTY"}, {}])
def test_import_without_numbers_is_refused(account: Account, client_of_marketer: Client, data: dict[str, str]) -> None:
    response = client_of_marketer.post(IMPORT, data)

    assert response.status_code == 422 if data else 200
    with account_context(account):
        assert Import.objects.count() == 0


def remove_url(*rows: Exclusion) -> str:
    return f"{REMOVE}?{'&'.join(f'id={row.pk}' for row in rows)}"


def test_remove_asks_for_a_reason_then_removes_what_was_chosen(account: Account, client_of_admin: Client) -> None:
    first, second = exclude(account, FICTION), exclude(account, FICTION + 1)
    exclude(account, FICTION + 2)

    asked = client_of_admin.get(remove_url(first, second))
    response = client_of_admin.post(remove_url(first, second), {"reason": "Saisis par erreur"})

    assert "Retirer 2 numéros de la liste d'exclusion\u202f?" in asked.content.decode()
    assert "including_stop" not in asked.content.decode()
    assert flashes(response) == ["2 numéros ne sont plus sur la liste d'exclusion."]
    assert excluded(account) == [(FICTION + 2, "PERSON", "")]
    assert events(account) == [("EXCLUSIONS_REMOVED", "Saisis par erreur", {"contacts": 2})]


def test_remove_of_a_stop_warns_and_needs_the_box_ticked(account: Account, client_of_admin: Client) -> None:
    row = exclude(account, FICTION, "STOP")

    asked = client_of_admin.get(remove_url(row)).content.decode()
    refused = client_of_admin.post(remove_url(row), {"reason": "Nouvel accord"})
    kept = excluded(account)
    done = client_of_admin.post(remove_url(row), {"reason": "Nouvel accord", "including_stop": "on"})

    assert "CNIL" in asked
    assert "including_stop" in asked
    assert (refused.status_code, kept) == (422, [(FICTION, "STOP", "")])
    assert refused.context["form"]["reason"].value() == "Nouvel accord"
    assert (done.status_code, excluded(account)) == (302, [])
    assert events(account) == [("EXCLUSIONS_REMOVED", "Nouvel accord", {"contacts": 1, "stops": 1})]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_remove_without_a_fit_reason_removes_nothing(account: Account, client_of_admin: Client, reason: str) -> None:
    row = exclude(account, FICTION)

    response = client_of_admin.post(remove_url(row), {"reason": reason})

    assert (response.status_code, len(excluded(account)), events(account)) == (422, 1, [])


@pytest.mark.parametrize("method", ["get", "post"])
def test_remove_is_for_those_who_manage(account: Account, client_of_marketer: Client, method: str) -> None:
    row = exclude(account, FICTION)

    answer = {"data": {"reason": "Erreur"}} if method == "post" else {}

    response = getattr(client_of_marketer, method)(remove_url(row), **answer)

    assert (response.status_code, len(excluded(account))) == (403, 1)


@pytest.mark.parametrize("method", ["get", "post"])
def test_remove_of_another_accounts_exclusion_finds_nothing(
    account: Account, other_account: Account, client_of_admin: Client, method: str
) -> None:
    theirs = exclude(other_account, FICTION)

    answer = {"data": {"reason": "Erreur", "including_stop": "on"}} if method == "post" else {}

    response = getattr(client_of_admin, method)(remove_url(theirs), **answer)

    assert (response.status_code, len(excluded(other_account))) == (404, 1)


@pytest.mark.parametrize("query", ["", "?id=", "?id=x", "?id=" + "9" * 30, "?id=²"])
def test_remove_of_nothing_leads_back_to_the_table(account: Account, client_of_admin: Client, query: str) -> None:
    response = client_of_admin.post(REMOVE + query, {"reason": "Erreur"})

    assert (response.headers["Location"], flashes(response)) == (INDEX, ["Choisissez au moins un numéro."])
