"""My contact lists in the browser's eyes: the table, settings, the API, merges and saved filters."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import ContactList, ListEntry
from directory.models import ListMerge
from directory.operations import contacts, living
from directory.queries.query import Query
from directory.queries.tokens import seal_query
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.contacts.factories import make_list
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

ANA, BEN, CLO = 33639980001, 33639980002, 33639980003
INDEX = reverse("contacts:list_index")


@pytest.fixture
def directory(account: Account) -> Account:
    with account_context(account):
        town = make_directory(account)["city"].key
        for phone, name in ((ANA, "Lyon"), (BEN, "Nantes"), (CLO, "Lyon")):
            make_contact(account, phone, {town: name})
    return account


@pytest.fixture
def client_of_marketer(directory: Account, marketer: User, sign_in: SignIn) -> Client:
    User.objects.filter(pk=marketer.pk).update(language="en")
    return sign_in(marketer)


@pytest.fixture
def client_of_reader(directory: Account, reader: User, sign_in: SignIn) -> Client:
    User.objects.filter(pk=reader.pk).update(language="en")
    return sign_in(reader)


def made(account: Account, name: str = "Abonnés", phones: tuple[int, ...] = (), **fields: Any) -> ContactList:
    with account_context(account):
        contact_list = make_diffusion_list(account, name, phones, **fields)
        contact_list.refresh_from_db()
        return contact_list


def address(name: str, *things: Any) -> str:
    return reverse(f"directory:{name}", args=[thing.pk for thing in things])


def lists_of(account: Account) -> list[tuple[str, int | None, bool, bool]]:
    with account_context(account):
        rows = ContactList.objects.order_by("pk")
        return [(one.name, one.expires_after_months, one.api_enabled, one.deleted_at is not None) for one in rows]


def phones(account: Account, name: str) -> list[int]:
    with account_context(account):
        rows = ListEntry.objects.filter(contact_list__name=name).order_by("phone")
        return list(rows.values_list("phone", flat=True))


def events(account: Account) -> list[str]:
    with account_context(account):
        return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def cells(content: bytes, heading: str) -> list[str]:
    """Return the texts of a column of the table."""
    found = re.findall(rf'<td[^>]* data-label="{heading}">(.*?)</td>', content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in found]


def messages(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- The table --------------------------------------------------------------------------------------------------------


def test_the_table_says_when_each_list_expires_and_marks_what_expires_soon(
    directory: Account, client_of_marketer: Client
) -> None:
    now = timezone.now()
    made(directory, "Permanente")
    made(directory, "Lointaine", expires_after_months=3, last_used_at=now)
    made(directory, "Proche", expires_after_months=1, last_used_at=now - timedelta(days=10))

    content = client_of_marketer.get(f"{INDEX}?sort=expiry").content

    names = re.findall(r'sp-row-link" href="[^"]+">([^<]+)<', content.decode())
    expiries = cells(content, "Expiry")
    assert names == ["Proche", "Lointaine", "Permanente"]
    assert expiries[0].endswith("( soon)") or expiries[0].endswith("(soon)")
    assert expiries[2] == "Permanent"
    assert content.decode().count("sp-expires sp-warning") == 1


def test_the_table_marks_lists_of_the_api_and_those_that_keep_themselves_up_to_date(
    directory: Account, marketer: User, client_of_marketer: Client
) -> None:
    made(directory, "Ordinaire")
    made(directory, "Ouverte", api_enabled=True)
    with account_context(directory):
        living.save(directory, query=Query(), name="Vivante", by=marketer, now=NOW)

    page = client_of_marketer.get(f"{INDEX}?sort=name").content.decode()

    headings = re.findall(r'<th scope="row">(.*?)</th>', page, re.DOTALL)
    badges = [re.findall(r'<span class="sp-badge[^"]*">([^<]*)</span>', heading) for heading in headings]
    assert badges == [[], ["API"], ["Keeps itself up to date"]]


def test_each_mode_shows_its_own_lists(directory: Account, client_of_marketer: Client) -> None:
    made(directory, "Diffusion")
    with account_context(directory):
        make_list(directory, "Indépendante")
        make_list(directory, "De campagne", kind=ContactList.Kind.CAMPAIGN)

    with_directory = client_of_marketer.get(INDEX).content.decode()
    Account.objects.filter(pk=directory.pk).update(mode=Account.Mode.LISTS)
    without = client_of_marketer.get(INDEX).content.decode()

    shown = [
        [name for name in ("Diffusion", "Indépendante", "De campagne") if name in page]
        for page in (with_directory, without)
    ]
    assert shown == [["Diffusion"], ["Indépendante"]]
    assert ["My contact lists" in page for page in (with_directory, without)] == [True, False]
    assert ["Expiry" in page for page in (with_directory, without)] == [True, False]


def test_the_actions_of_a_row_follow_what_the_person_may_do(
    directory: Account, client_of_marketer: Client, client_of_reader: Client
) -> None:
    contact_list = made(directory)

    for_marketer = client_of_marketer.get(INDEX).content.decode()
    for_reader = client_of_reader.get(INDEX).content.decode()

    names = ("list_settings", "list_merge", "list_api")
    assert [address(name, contact_list) in for_marketer for name in names] == [True, True, True]
    assert [address(name, contact_list) in for_reader for name in names] == [False, False, False]
    assert address("list_show", contact_list) in for_reader


@pytest.mark.parametrize(
    "page, leads_to", [("list_show", "list_show"), ("list_edit", "list_show"), ("list_rename", "list_settings")]
)
def test_pages_of_independent_lists_lead_to_the_directorys(
    page: str, leads_to: str, directory: Account, client_of_marketer: Client
) -> None:
    contact_list = made(directory)

    response = client_of_marketer.get(reverse(f"contacts:{page}", args=[contact_list.pk]))

    assert (response.status_code, response["Location"]) == (302, address(leads_to, contact_list))


# --- Settings and API -------------------------------------------------------------------------------------------------


def settings_of(client: Client, contact_list: ContactList, **changes: Any) -> Any:
    """Send the settings' form as its page has it, with changes."""
    url = address("list_settings", contact_list)
    seen = client.get(url).context["seen"]
    given = {"name": contact_list.name, "description": "", "lifetime": "PERMANENT", "months": "3", "seen": seen}
    return client.post(url, given | changes)


def test_settings_change_name_and_life(directory: Account, client_of_marketer: Client) -> None:
    contact_list = made(directory)

    response = settings_of(client_of_marketer, contact_list, name="Fidèles", lifetime="EXPIRING", months="6")

    assert response["Location"] == address("list_show", contact_list)
    assert lists_of(directory) == [("Fidèles", 6, False, False)]


def test_settings_that_somebody_changed_meanwhile_are_shown_again(
    directory: Account, client_of_marketer: Client
) -> None:
    contact_list = made(directory)

    response = settings_of(client_of_marketer, contact_list, name="Fidèles", seen="other")

    assert response.status_code == 422
    assert "Somebody else has changed these settings meanwhile" in response.content.decode()
    assert lists_of(directory) == [("Abonnés", None, False, False)]


@pytest.mark.parametrize("wrong", [{"name": ""}, {"lifetime": "EXPIRING", "months": "13"}, {"lifetime": "FOREVER"}])
def test_wrong_settings_are_refused_beside_their_field(
    wrong: dict[str, str], directory: Account, client_of_marketer: Client
) -> None:
    contact_list = made(directory)

    response = settings_of(client_of_marketer, contact_list, **wrong)

    assert response.status_code == 422
    assert lists_of(directory) == [("Abonnés", None, False, False)]


def test_a_list_is_made_available_for_the_api_and_withdrawn(directory: Account, client_of_marketer: Client) -> None:
    contact_list = made(directory)
    url = address("list_api", contact_list)

    client_of_marketer.post(url, {"enabled": "1"})
    opened = lists_of(directory)
    response = client_of_marketer.post(url, {"enabled": "0"}, follow=True)

    assert (opened, lists_of(directory)) == ([("Abonnés", None, True, False)], [("Abonnés", None, False, False)])
    assert events(directory) == ["LIST_API_ON", "LIST_API_OFF"]
    assert messages(response)[-1] == "The list “Abonnés” is withdrawn from API sends."


def test_a_deactivated_list_is_not_made_available(directory: Account, client_of_marketer: Client) -> None:
    contact_list = made(directory, status="DISABLED")

    response = client_of_marketer.post(address("list_api", contact_list), {"enabled": "1"}, follow=True)

    assert messages(response) == ["The list “Abonnés” is deactivated: reactivate it first."]
    assert lists_of(directory) == [("Abonnés", None, False, False)]


# --- Merge ------------------------------------------------------------------------------------------------------------


def test_the_second_list_is_found_by_name(directory: Account, client_of_marketer: Client) -> None:
    first = made(directory, "Nord")
    made(directory, "Sud")
    made(directory, "Été")

    response = client_of_marketer.get(address("list_merge", first), {"search": "ETE"})

    assert [one.name for one in response.context["lists"]] == ["Été"]


def test_counts_come_first_and_nothing_is_merged_yet(directory: Account, client_of_marketer: Client) -> None:
    first, second = made(directory, "Nord", (ANA, BEN)), made(directory, "Sud", (BEN, CLO), expires_after_months=2)

    response = client_of_marketer.get(address("list_merge", first), {"with": second.pk})

    values = re.findall(r'<span class="sp-tile-value">(\d+)</span>', response.content.decode())
    assert values == ["2", "2", "1", "3"]
    assert response.context["form"].initial == {"name": "Nord + Sud", "lifetime": "PERMANENT"}
    assert len(lists_of(directory)) == 2


def merge(client: Client, first: ContactList, second: ContactList, **fields: str) -> Any:
    given = {"with": str(second.pk), "into": "NEW", "name": "Tous", "lifetime": "PERMANENT", "source_after": "DELETE"}
    return client.post(address("list_merge", first), given | fields, follow=True)


def test_a_merge_leads_to_its_result_and_can_be_undone_there(directory: Account, client_of_marketer: Client) -> None:
    first, second = made(directory, "Nord", (ANA, BEN)), made(directory, "Sud", (BEN, CLO))

    response = merge(client_of_marketer, first, second, lifetime="EXPIRING", months="4")
    merged = lists_of(directory)
    undo = re.search(r'href="(/directory/merges/\d+/undo/)"', response.content.decode())
    assert undo is not None
    question = client_of_marketer.get(undo[1])
    client_of_marketer.post(undo[1])

    assert messages(response) == ["The lists are merged: “Tous” has 3 contacts."]
    assert merged == [("Nord", None, False, True), ("Sud", None, False, True), ("Tous", 4, False, False)]
    assert question.context["sentences"] == [
        "“Tous” goes to the bin, with what was added to it since. Its 3 contacts stay in the directory.",
        "“Nord” comes back as it was.",
        "“Sud” comes back as it was.",
    ]
    assert lists_of(directory) == [("Nord", None, False, False), ("Sud", None, False, False), ("Tous", 4, False, True)]


def test_an_undo_that_is_too_late_says_why(directory: Account, client_of_marketer: Client) -> None:
    first, second = made(directory, "Nord", (ANA,)), made(directory, "Sud", (BEN,))
    merge(client_of_marketer, first, second)
    with account_context(directory):
        ListMerge.objects.update(finished_at=NOW - timedelta(days=40))
        merged = ListMerge.objects.get()

    question = client_of_marketer.get(address("merge_undo", merged))
    response = client_of_marketer.post(address("merge_undo", merged), follow=True)

    assert question.context["refusal"] == "This merge can no longer be undone."
    assert messages(response) == ["This merge can no longer be undone."]
    assert [deleted for *_others, deleted in lists_of(directory)] == [True, True, False]


@pytest.mark.parametrize("wrong", [{"into": "THIRD"}, {"name": " "}, {"source_after": ""}, {"lifetime": "EXPIRING"}])
def test_a_merge_without_all_its_answers_merges_nothing(
    wrong: dict[str, str], directory: Account, client_of_marketer: Client
) -> None:
    first, second = made(directory, "Nord", (ANA,)), made(directory, "Sud", (BEN,))

    response = merge(client_of_marketer, first, second, **wrong)

    assert response.status_code == 422
    assert [name for name, *_others in lists_of(directory)] == ["Nord", "Sud"]


def test_a_living_list_is_not_offered_as_the_result(
    directory: Account, marketer: User, client_of_marketer: Client
) -> None:
    with account_context(directory):
        everybody = living.save(directory, query=Query(), name="Tout le monde", by=marketer, now=NOW)
    second = made(directory, "Sud", (ANA,))

    page = client_of_marketer.get(address("list_merge", everybody), {"with": second.pk})
    response = merge(client_of_marketer, everybody, second, into="FIRST")

    assert [value for value, _words in page.context["form"].fields["into"].choices] == ["NEW", "SECOND"]
    assert "“Tout le monde” keeps itself up to date: the result does not" in page.content.decode()
    assert response.status_code == 422


@pytest.mark.parametrize("chosen", ["", "x", "999999", "²"])
def test_without_a_second_list_one_is_chosen_first(chosen: str, directory: Account, client_of_marketer: Client) -> None:
    first = made(directory, "Nord")

    response = client_of_marketer.get(address("list_merge", first), {"with": chosen})

    assert response.status_code == (404 if chosen == "999999" else 200)


def test_a_big_merge_is_watched_and_its_page_reloads_when_it_is_over(
    directory: Account, client_of_marketer: Client, settings: Any
) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 1
    first, second = made(directory, "Nord", (ANA,)), made(directory, "Sud", (BEN,))

    response = merge(client_of_marketer, first, second)
    with account_context(directory):
        waiting = ListMerge.objects.get()
    polled = client_of_marketer.get(address("merge_show", waiting), headers={"HX-Request": "true"})
    with account_context(directory):
        ListMerge.objects.update(status="FAILED", error="CANNOT_MERGE")
    over = client_of_marketer.get(address("merge_show", waiting), headers={"HX-Request": "true"})

    assert response.redirect_chain[-1][0] == address("merge_show", waiting)
    assert "Waiting for its turn…" in polled.content.decode()
    assert over["HX-Refresh"] == "true"
    failed = client_of_marketer.get(address("merge_show", waiting)).content.decode()
    assert "One of the lists was deleted or changed meanwhile. Nothing was merged." in failed


# --- Lists that keep themselves up to date ----------------------------------------------------------------------------


LYON = Query(rule={"match": "ALL", "conditions": [{"field": "a8", "is": "EQUALS", "value": "Lyon"}]})


def save_rule(directory: Account, client: Client, query: Query = LYON, **fields: str) -> Any:
    given = {"q": seal_query(directory, query), "way": "LIVING", "name": "Lyonnais", "lifetime": "PERMANENT"}
    return client.post(reverse("directory:list_save_rule"), given | fields, follow=True)


def test_a_filter_is_saved_as_a_list_that_follows_it(directory: Account, client_of_marketer: Client) -> None:
    question = client_of_marketer.get(reverse("directory:list_save_rule"), {"q": seal_query(directory, LYON)})

    response = save_rule(directory, client_of_marketer)

    assert question.context["found"] == 2
    assert "is “Lyon”: 2 contacts." in question.content.decode()
    assert phones(directory, "Lyonnais") == [ANA, CLO]
    page = response.content.decode()
    assert "This list keeps itself up to date" in page
    assert "is “Lyon”." in page


def test_a_filter_is_saved_as_a_fixed_list(directory: Account, client_of_marketer: Client) -> None:
    response = save_rule(directory, client_of_marketer, way="FIXED", lifetime="EXPIRING", months="2")

    assert response.status_code == 200
    assert phones(directory, "Lyonnais") == [ANA, CLO]
    assert lists_of(directory) == [("Lyonnais", 2, False, False)]
    with account_context(directory):
        assert ContactList.objects.get().is_living is False


def test_the_rule_of_a_list_is_opened_changed_and_saved_again(directory: Account, client_of_marketer: Client) -> None:
    save_rule(directory, client_of_marketer)
    with account_context(directory):
        contact_list = ContactList.objects.get()
    opened = client_of_marketer.get(address("list_rule_edit", contact_list))
    nantes = Query(rule={"match": "ALL", "conditions": [{"field": "a8", "is": "EQUALS", "value": "Nantes"}]})

    table = client_of_marketer.get(opened["Location"]).content.decode()
    question = client_of_marketer.get(reverse("directory:list_save_rule"), {"q": seal_query(directory, nantes)})
    save_rule(directory, client_of_marketer, nantes, way="UPDATE", name="", contact_list=str(contact_list.pk))

    assert opened["Location"].startswith(reverse("directory:contact_index") + "?q=")
    assert "Save as the rule of “Lyonnais”…" in table
    assert question.context["form"].initial == {"way": "UPDATE", "contact_list": contact_list}
    assert phones(directory, "Lyonnais") == [BEN]


def test_whoever_gives_up_changing_a_rule_saves_a_new_list(directory: Account, client_of_marketer: Client) -> None:
    save_rule(directory, client_of_marketer)
    with account_context(directory):
        contact_list = ContactList.objects.get()
    opened = client_of_marketer.get(address("list_rule_edit", contact_list))

    client_of_marketer.get(reverse("directory:contact_index"))

    assert "Save as a list" in client_of_marketer.get(opened["Location"]).content.decode()


def test_a_contact_that_meets_the_rule_is_there_when_the_list_is_opened(
    directory: Account, client_of_marketer: Client
) -> None:
    save_rule(directory, client_of_marketer)
    with account_context(directory):
        contact_list = ContactList.objects.get()
        now = timezone.now()
        contacts.add(directory, phone=33639980009, attributes={"a8": "Lyon"}, by=None, now=now)

    client_of_marketer.get(address("list_show", contact_list))

    assert phones(directory, "Lyonnais") == [ANA, CLO, 33639980009]


def test_a_frozen_list_can_be_filled_by_hand_again(directory: Account, client_of_marketer: Client) -> None:
    save_rule(directory, client_of_marketer)
    with account_context(directory):
        contact_list = ContactList.objects.get()

    response = client_of_marketer.post(address("list_freeze", contact_list), follow=True)

    assert messages(response)[-1] == "The list “Lyonnais” is frozen: it keeps its contacts."
    assert "This list keeps itself up to date" not in response.content.decode()
    assert phones(directory, "Lyonnais") == [ANA, CLO]
    assert client_of_marketer.get(address("list_rule_edit", contact_list)).status_code == 404


def test_a_list_whose_rule_means_nothing_any_more_says_so(directory: Account, client_of_marketer: Client) -> None:
    save_rule(directory, client_of_marketer)
    with account_context(directory):
        contact_list = ContactList.objects.get()
        rule = contact_list.rule | {"rule": {"match": "ALL", "conditions": [{"field": "a99", "is": "FILLED"}]}}
        ContactList.objects.update(rule=rule)

    page = client_of_marketer.get(address("list_show", contact_list)).content.decode()
    response = client_of_marketer.post(address("list_refresh", contact_list), follow=True)

    assert "This list no longer keeps itself up to date" in page
    assert phones(directory, "Lyonnais") == [ANA, CLO]
    assert messages(response)[-1].startswith("A condition names an attribute that does not exist any more.")


@pytest.mark.parametrize("wrong", [{"name": ""}, {"way": "SOMEHOW"}, {"way": "UPDATE"}])
def test_a_filter_without_its_answers_makes_no_list(
    wrong: dict[str, str], directory: Account, client_of_marketer: Client
) -> None:
    response = save_rule(directory, client_of_marketer, **wrong)

    assert response.status_code == 422
    assert lists_of(directory) == []


def test_a_search_that_was_not_sealed_here_is_not_read(directory: Account, client_of_marketer: Client) -> None:
    response = client_of_marketer.get(reverse("directory:list_save_rule"), {"q": "xyz"})

    assert (response.status_code, response["Location"]) == (302, reverse("directory:contact_index"))


# --- Doors ------------------------------------------------------------------------------------------------------------

EDITS = ["list_settings", "list_api", "list_rule_edit", "list_freeze", "list_refresh", "list_merge"]


@pytest.mark.parametrize("name", EDITS)
def test_a_reader_changes_nothing(name: str, directory: Account, client_of_reader: Client) -> None:
    contact_list = made(directory)

    response = client_of_reader.post(address(name, contact_list), {"enabled": "1"})

    assert response.status_code in {403, 405}
    assert lists_of(directory) == [("Abonnés", None, False, False)]


@pytest.mark.parametrize("name", EDITS)
def test_an_independent_list_is_no_diffusion_list(name: str, directory: Account, client_of_marketer: Client) -> None:
    with account_context(directory):
        contact_list = make_list(directory)

    response = client_of_marketer.post(address(name, contact_list), {"enabled": "1"})

    assert response.status_code in {404, 405}


@pytest.mark.parametrize("name", EDITS)
def test_without_the_directory_there_is_nothing(name: str, directory: Account, client_of_marketer: Client) -> None:
    contact_list = made(directory)
    Account.objects.filter(pk=directory.pk).update(mode=Account.Mode.LISTS)

    response = client_of_marketer.post(address(name, contact_list), {"enabled": "1"})

    assert response.status_code in {404, 405}
    assert lists_of(directory) == [("Abonnés", None, False, False)]
