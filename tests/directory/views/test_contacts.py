from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import contact_table
from directory.models import Attribute, ShownColumns
from directory.queries import facets
from directory.queries.query import Query
from directory.queries.tokens import seal_query, unseal_query
from smsplatform.accounts.models import Account, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, MakeMember, SignIn
from tests.contacts.factories import FICTION, make_exclusion, make_list
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

INDEX, SEARCH, COUNT, COLUMNS = (f"directory:contact_{name}" for name in ("index", "search", "count", "columns"))
MARTIN, DURAND, ELOISE = FICTION, FICTION + 1, FICTION + 2


@pytest.fixture
def known(account: Account) -> dict[str, Attribute]:
    """The attributes of a directory of three people."""
    with account_context(account):
        known = make_directory(account)
        name, first, city, born = (known[code].key for code in ("last_name", "first_name", "city", "birth_date"))
        make_contact(account, MARTIN, {name: "Martin", first: "Zoé", city: "Lyon", born: "1980-05-01"})
        make_contact(account, DURAND, {name: "Durand", first: "Ali", city: "Nice"}, NOW + timedelta(hours=1))
        make_contact(account, ELOISE, {first: "Éloïse", city: "Lyon", born: "2001-02-03"}, NOW + timedelta(hours=2))
    return known


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


@pytest.fixture(autouse=True)
def _few_to_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_table, "CONTACTS_PER_PAGE", 2)


def phones(response: Any) -> list[int]:
    return [line.contact.phone for line in response.context["table"].lines]


def search(client: Client, **posted: Any) -> Any:
    return client.post(reverse(SEARCH), posted, follow=True)


def criteria(*rows: tuple[str, str, str, str], **more: Any) -> dict[str, Any]:
    """What the form posts of its rows: attribute, comparison, value, group."""
    names = ("c_field", "c_is", "c_value", "c_group")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) | {"do": "apply", **more}


def test_the_table_shows_the_newest_contacts_with_the_usual_columns(
    known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    response = client_of_marketer.get(reverse(INDEX))

    table = response.context["table"]
    assert phones(response) == [ELOISE, DURAND]
    keys = [known[code].key for code in ("last_name", "first_name", "city")]
    assert [column.key for column in table.columns] == [*keys, "created"]
    assert (table.total, table.found) == (3, 3)
    assert "06 39 98 00 02" in response.content.decode()
    assert table.lines[0].token in response.content.decode()  # rows are named by sealed tokens


def test_a_very_long_value_does_not_push_the_others_away(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    with account_context(account):
        make_contact(account, MARTIN + 9, {known["city"].key: "A" * 300}, NOW + timedelta(hours=9))

    html = client_of_marketer.get(reverse(INDEX)).content.decode()

    assert f"<span>{'A' * 99}…</span>" in html


def test_following_contacts_are_found_behind_the_last_one(
    known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    first = client_of_marketer.get(reverse(INDEX))

    second = client_of_marketer.get(reverse(INDEX), {"page": first.context["table"].page.next_token})

    assert phones(second) == [MARTIN]
    assert second.context["table"].page.next_token == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("06 39 98 00 01", [DURAND]),
        ("+33 6 39 98 00 01", [DURAND]),
        ("0033639980001", [DURAND]),
        ("8000 1", [DURAND]),
        ("eloise", [ELOISE]),
        ("LYON zo", [MARTIN]),
        ("personne", []),
    ],
)
def test_a_contact_is_searched_for_without_its_number_in_the_address(
    text: str, found: list[int], account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    response = search(client_of_marketer, search=text)

    assert phones(response) == found
    (address, status) = response.redirect_chain[0]
    assert (status, address.partition("?")[0]) == (302, reverse(INDEX))
    assert unseal_query(account, QueryDict(response.request["QUERY_STRING"])["q"]).search == text


def test_typing_replaces_the_rows_only(known: dict[str, Attribute], client_of_marketer: Client) -> None:
    response = client_of_marketer.post(reverse(SEARCH), {"search": "nice"}, follow=True, headers={"HX-Request": "true"})

    assert phones(response) == [DURAND]
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response.headers["Vary"]


def test_criteria_are_joined_by_and_or_or(known: dict[str, Attribute], client_of_marketer: Client) -> None:
    lyon = (known["city"].key, "EQUALS", "lyon", "0")
    young = (known["birth_date"].key, "AFTER", "2000-01-01", "0")
    durand = (known["last_name"].key, "EQUALS", "Durand", "0")

    both = search(client_of_marketer, **criteria(lyon, young, match="ALL"))
    either = search(client_of_marketer, **criteria(young, durand, match="ANY"))

    assert phones(both) == [ELOISE]
    assert phones(either) == [ELOISE, DURAND]
    table = both.context["table"]
    assert ["lyon" in table.chips[0].words, "01/01/2000" in table.chips[1].words] == [True, True]
    assert phones(client_of_marketer.get(table.chips[1].url)) == [ELOISE, MARTIN]


def test_a_group_of_criteria_is_one_chip(known: dict[str, Attribute], client_of_marketer: Client) -> None:
    lyon = (known["city"].key, "EQUALS", "Lyon", "0")
    martin = (known["last_name"].key, "STARTS", "mar", "1")
    young = (known["birth_date"].key, "EMPTY", "", "1")

    response = search(
        client_of_marketer, **criteria(lyon, martin, young, match="ALL", group=["1"], group_match=["ANY"])
    )

    assert phones(response) == [MARTIN]
    assert len(response.context["table"].chips) == 2
    inner = {"match": "ANY", "conditions": [{"field": known["last_name"].key, "is": "STARTS", "value": "mar"},
                                            {"field": known["birth_date"].key, "is": "EMPTY"}]}  # fmt: skip
    assert response.context["table"].query.rule["conditions"][1] == inner


def test_a_criterion_without_a_value_says_so_and_keeps_what_was_typed(
    known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    lyon = (known["city"].key, "EQUALS", "Lyon", "0")
    nothing = (known["last_name"].key, "EQUALS", " ", "0")

    response = search(client_of_marketer, **criteria(lyon, nothing))

    builder = response.context["table"].builder
    assert known["last_name"].name in builder.error
    assert [one.value for one in builder.draft.criteria] == ["Lyon", " "]
    assert response.context["table"].query.rule is None
    assert "Lyon" not in response.request["QUERY_STRING"]


def test_without_script_buttons_add_and_remove_criteria(
    known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    lyon = (known["city"].key, "EQUALS", "Lyon", "0")

    added = search(client_of_marketer, **criteria(lyon, do="add"))
    grouped = search(client_of_marketer, **criteria(lyon, do="group"))
    removed = search(client_of_marketer, **criteria(lyon, do="remove:0"))

    def rows(response: Any) -> list[tuple[str, int]]:
        return [(one.field, one.group) for one in response.context["table"].builder.draft.criteria]

    city = known["city"].key
    assert (rows(added), rows(grouped), rows(removed)) == ([(city, 0), ("", 0)], [(city, 0), ("", 1)], [])
    assert all(response.context["table"].is_building for response in (added, grouped, removed))


def test_with_script_only_the_criteria_are_drawn_again(known: dict[str, Attribute], client_of_marketer: Client) -> None:
    born = (known["birth_date"].key, "CONTAINS", "Lyon", "0")  # was the town: texts are no dates

    response = client_of_marketer.post(reverse(SEARCH), criteria(born, do="redraw"), headers={"X-Fragment": "rule"})

    row = response.context["builder"].groups[0].rows[0]
    assert (row.input, row.criterion.asked, row.criterion.value) == ("date", "ON", "")
    assert "<html" not in response.content.decode()


def test_excluded_contacts_are_marked_and_can_be_shown_alone(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    with account_context(account):
        make_exclusion(account, MARTIN)

    excluded = search(client_of_marketer, excluded="yes")
    others = search(client_of_marketer, excluded="no")

    assert (phones(excluded), phones(others)) == ([MARTIN], [ELOISE, DURAND])
    assert "Exclu" in excluded.content.decode()


def test_a_heading_sorts_and_a_search_keeps_the_order(known: dict[str, Attribute], client_of_marketer: Client) -> None:
    city = known["city"].key

    response = client_of_marketer.get(reverse(INDEX), {"sort": f"-{city}"})
    searched = search(client_of_marketer, search="lyon", sort="PHONE")

    assert phones(response)[0] == DURAND
    assert phones(searched) == [MARTIN, ELOISE]


def test_the_contacts_found_in_a_large_directory_are_counted_afterwards(
    known: dict[str, Attribute], client_of_marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "LARGE_CONTACTS", 1)  # whose search keys are yet to be made

    response = search(client_of_marketer, search="lyon")
    url = response.context["table"].count_url

    assert response.context["table"].found is None
    assert url in response.content.decode().replace("&amp;", "&")
    assert client_of_marketer.get(url).content.decode().split()[0] == "2"


def test_a_token_that_nobody_sealed_shows_everything(known: dict[str, Attribute], client_of_marketer: Client) -> None:
    forged = {"q": "forged", "page": "forged", "draft": "forged", "sort": "a77"}

    response = client_of_marketer.get(reverse(INDEX), forged)

    assert phones(response) == [ELOISE, DURAND]


def test_a_rule_about_a_deleted_attribute_is_left_out(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    rule = {"match": "ALL", "conditions": [{"field": "a77", "is": "EQUALS", "value": "x"}]}

    response = client_of_marketer.get(reverse(INDEX), {"q": seal_query(account, Query(rule=rule))})

    assert (phones(response), response.context["table"].query.rule) == ([ELOISE, DURAND], None)


def test_an_empty_directory_says_what_to_do(account: Account, client_of_marketer: Client) -> None:
    with account_context(account):
        make_directory(account)

    response = client_of_marketer.get(reverse(INDEX))

    assert reverse("directory:contact_add") in response.content.decode()
    assert response.context["table"].lines == []


def test_a_person_chooses_the_columns_and_their_order(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client, make_member: MakeMember, sign_in: SignIn
) -> None:
    city, company = known["city"].key, known["company"].key
    order = [company, city, "created"]

    response = client_of_marketer.post(
        reverse(COLUMNS), {"column": order, "shown": [city, company, "a77"], "back": reverse(INDEX)}
    )

    assert (response.status_code, response.headers["Location"]) == (302, reverse(INDEX))
    with account_context(account):
        assert ShownColumns.objects.get().columns == [company, city]
    shown = client_of_marketer.get(reverse(INDEX)).context["table"].columns
    assert [column.key for column in shown] == [company, city]
    others = sign_in(make_member(account, "other@example.com")).get(reverse(INDEX)).context["table"].columns
    assert len(others) == 4


def test_without_script_a_column_is_moved_by_its_button(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    city, company = known["city"].key, known["company"].key

    response = client_of_marketer.post(
        reverse(COLUMNS), {"column": [company, city], "shown": [city], "move": f"up:{city}"}
    )

    assert [(column.key, is_shown) for column, is_shown in response.context["columns"]] == [
        (city, True),
        (company, False),
    ]
    with account_context(account):
        assert not ShownColumns.objects.exists()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/accounts/members/"])
def test_the_choice_of_columns_leads_back_to_contacts_only(
    back: str, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    response = client_of_marketer.post(reverse(COLUMNS), {"back": back})

    assert response.headers["Location"] == reverse(INDEX)


def test_a_list_shows_its_own_contacts_and_searches_among_them(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    with account_context(account):
        made = make_diffusion_list(account, "Abonnés", [MARTIN, DURAND], description="Du site", expires_after_months=3)
    url = reverse("directory:list_show", args=[made.pk])

    response = client_of_marketer.get(url)
    searched = search(client_of_marketer, search="lyon", list=made.pk)

    content = response.content.decode()
    assert phones(response) == [DURAND, MARTIN]
    assert response.context["table"].total == 2
    assert all(words in content for words in ("Abonnés", "Du site", "12/06/2026"))
    assert phones(searched) == [MARTIN]
    assert searched.redirect_chain[0][0].startswith(url)


def test_a_list_that_keeps_itself_up_to_date_shows_its_rule(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    rule = {"match": "ALL", "conditions": [{"field": known["city"].key, "is": "EQUALS", "value": "Lyon"}]}
    with account_context(account):
        made = make_diffusion_list(account, "Lyonnais", [MARTIN], rule=Query(rule=rule).to_json())

    content = client_of_marketer.get(reverse("directory:list_show", args=[made.pk])).content.decode()

    assert "«\u00a0Lyon\u00a0»" in content or "“Lyon”" in content
    assert reverse("directory:list_add_numbers", args=[made.pk]) not in content


def test_lists_of_other_accounts_and_kinds_do_not_exist_here(
    account: Account, other_account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    with account_context(other_account):
        theirs = make_diffusion_list(other_account)
    with account_context(account):
        independent = make_list(account)

    for made in (theirs, independent):
        assert client_of_marketer.get(reverse("directory:list_show", args=[made.pk])).status_code == 404
        assert client_of_marketer.post(reverse(SEARCH), {"list": made.pk}).status_code == 404


def test_another_accounts_query_finds_nothing_of_it(
    account: Account, other_account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    with account_context(other_account):
        make_directory(other_account)
        make_contact(other_account, FICTION + 9, {"a2": "Secret"})
        theirs = make_diffusion_list(other_account, phones=[FICTION + 9])

    query = Query(search="secret", list_id=theirs.pk)

    response = client_of_marketer.get(reverse(INDEX), {"q": seal_query(account, query)})

    assert phones(response) == []


def test_without_the_option_there_is_no_directory(account: Account, client_of_marketer: Client) -> None:
    for name in (INDEX, COUNT, COLUMNS, "directory:contact_add"):
        assert client_of_marketer.get(reverse(name)).status_code == 404
    assert client_of_marketer.post(reverse(SEARCH)).status_code == 404


def test_a_reader_sees_contacts_and_no_way_to_change_them(
    account: Account, known: dict[str, Attribute], make_member: MakeMember, sign_in: SignIn
) -> None:
    reader = make_member(account, "reader@example.com", Role.READ_ONLY, import_allowed=False, export_allowed=False)

    content = sign_in(reader).get(reverse(INDEX)).content.decode()

    assert "Durand" in content
    for way in ("/edit/", "/delete/", "/exclude/", reverse("directory:contact_add"), 'name="contact"'):
        assert way not in content


def test_more_rows_need_no_more_queries(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_table, "CONTACTS_PER_PAGE", 50)
    with account_context(account):
        make_exclusion(account, MARTIN)
        made = make_diffusion_list(account, phones=[MARTIN])
    counts = []

    for url in (reverse("directory:list_show", args=[made.pk]), reverse(INDEX)):
        client_of_marketer.get(url)  # sessions and caches are warm
        with CaptureQueriesContext(connection) as queries:
            rows = len(phones(client_of_marketer.get(url)))
        counts.append((rows, len(queries)))

    (one_row, for_one), (three_rows, for_three) = counts
    assert (one_row, three_rows) == (1, 3)
    assert for_three <= for_one
