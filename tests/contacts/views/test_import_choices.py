"""Step 2 of an import into a list: what the page shows is what is sent, and only a summary that was seen is imported."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList, Import, ListEntry
from contacts.operations import imports
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.contacts.factories import make_list
from tests.contacts.operations import importing

FILE = "Nom;Mobile;Portable;Ville\nRoux;0612345601;0698765401;Laval\nFaure;;0698765402;Metz\nPetit;0612345603;;Paris\n"
ROUX, FAURE, PETIT = 33612345601, 33698765402, 33612345603
OF_EMERGENCY = [33698765401, 33698765402]

Ready = Callable[..., Import]


@pytest.fixture
def client(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


@pytest.fixture
def ready(account: Account, marketer: User) -> Ready:
    def ready(content: str = FILE, **data: Any) -> Import:
        with account_context(account):
            return importing.analysed(account, marketer, content.encode(), **data)

    return ready


def fresh(imported: Import) -> Import:
    with account_context(imported.account_id):
        return Import.objects.select_related("account", "contact_list").get(pk=imported.pk)


def analysed(imported: Import) -> Import:
    imports.analyse(imported.account, import_id=imported.pk, now=NOW)
    return fresh(imported)


def done(imported: Import) -> dict[int, Any]:
    """Run a confirmed import and return what its list has."""
    imports.run(imported.account, import_id=imported.pk, now=NOW)
    with account_context(imported.account_id):
        return dict(ListEntry.objects.order_by("phone").values_list("phone", "values"))


def page(client: Client, imported: Import) -> Any:
    return client.get(reverse("contacts:import_show", args=[imported.pk])).context


def fields_of(context: Any) -> dict[str, Any]:
    """Return what the form of a page sends as it stands."""
    fields = [answer["field"] for answer in context["check"]["answers"]] + [
        each["field"] for each in context["columns"]
    ]
    hidden = {"seen": context["import"].settings_digest, "table": context["check"]["table"]}
    return {field.html_name: "" if field.value() is None else str(field.value()) for field in fields} | hidden


def marked(context: Any) -> set[str]:
    return {each["field"].name for each in (*context["check"]["answers"], *context["columns"]) if each["is_marked"]}


def go_on(client: Client, context: Any, **changes: str) -> Any:
    """Press the main button of a page with `changes` of what it shows."""
    address = reverse("contacts:import_confirm", args=[context["import"].pk])
    return client.post(address, fields_of(context) | changes, follow=True)


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize(
    ("changes", "overrides", "others"),
    [
        ({"delimiter": ","}, {"delimiter": ","}, {"delimiter", "phone_column"}),
        ({"has_header": "0"}, {"has_header": False}, {"has_header"}),
        (
            {"phone_column": "2", "second_phone": "-1"},
            {"phone_column": 2, "second_phone": -1},
            {"phone_column", "second_phone", "column_1"},
        ),
        ({"second_phone": "-1"}, {"second_phone": -1}, {"second_phone"}),
        ({"country_column": "3"}, {"country_column": 3}, {"country_column"}),
        ({"encoding": "cp1252"}, {"encoding": "cp1252"}, {"encoding"}),
        ({"region": "BE"}, {}, {"region"}),
    ],
)
def test_a_changed_answer_comes_back_to_the_summary_with_it_marked(
    client: Client, ready: Ready, changes: dict[str, str], overrides: dict[str, Any], others: set[str]
) -> None:
    imported = ready()

    go_on(client, page(client, imported), **changes)
    taken = fresh(imported)
    again = page(client, analysed(imported))

    assert (taken.status, taken.overrides) == ("UPLOADED", overrides)
    assert fields_of(again) == fields_of(again) | changes
    assert others <= marked(again)
    assert again["check"]["since"].text
    with account_context(imported.account_id):
        assert not ContactList.objects.exists()


def test_the_summary_that_was_seen_is_imported(client: Client, ready: Ready) -> None:
    imported = ready()
    go_on(client, page(client, imported), second_phone="-1")
    analysed(imported)

    go_on(client, page(client, imported))

    assert fresh(imported).status == "QUEUED"
    assert sorted(done(imported)) == [ROUX, PETIT]


def test_a_second_phone_that_nobody_chose_is_not_found_after_the_first_was_chosen(client: Client, ready: Ready) -> None:
    imported = ready("Nom;Mobile;Portable\nRoux;0612345601;0698765401\nFaure;0612345602;0698765402\nX;0612345603;\n")
    first = page(client, imported)

    go_on(client, first, phone_column="2")
    go_on(client, page(client, analysed(imported)))

    assert fields_of(first)["second_phone"] == "-1"
    assert sorted(done(imported)) == OF_EMERGENCY


def test_the_counts_are_told_before_and_now(client: Client, ready: Ready) -> None:
    imported = ready()

    go_on(client, page(client, imported), second_phone="-1")
    since = page(client, analysed(imported))["check"]["since"]

    assert since.details == [
        "Modifié\u00a0: Seconde colonne de téléphones.",
        "Rejetées\u00a0: 0 → 1, Contacts à importer\u00a0: 3 → 2.",
    ]


def test_columns_of_a_new_list_are_imported_as_chosen_at_once(client: Client, ready: Ready) -> None:
    imported = ready()

    go_on(client, page(client, imported), column_0="", column_2="")

    assert fresh(imported).status == "QUEUED"
    assert done(imported) == {ROUX: {"c1": "Laval"}, PETIT: {"c1": "Paris"}, FAURE: {"c1": "Metz"}}


def test_columns_that_change_what_contacts_become_are_shown_first(
    client: Client, ready: Ready, account: Account
) -> None:
    with account_context(account):
        held = make_list(account, columns=[{"key": "c1", "name": "Nom"}, {"key": "c2", "name": "Ville"}])
        ListEntry.objects.create(account=account, contact_list=held, phone=ROUX, values={"c1": "Roux"})
    imported = ready("Mobile;Nom;Ville\n0612345601;Roux;Laval\n", target="APPEND", contact_list=held)

    go_on(client, page(client, imported), column_2="")
    taken, again = fresh(imported), page(client, analysed(imported))
    refused = go_on(client, again)

    assert (taken.status, taken.overrides) == ("UPLOADED", {"columns": {"2": ""}})
    assert marked(again) == {"column_2"}
    assert (imported.preview["updated"], again["import"].preview["updated"]) == (1, 0)
    assert told(refused) == ["Tous les contacts de ce fichier sont déjà présents\u00a0: rien ne changerait."]


def test_columns_of_contacts_that_are_not_updated_change_nothing_that_was_shown(
    client: Client, ready: Ready, account: Account
) -> None:
    with account_context(account):
        held = make_list(account, columns=[{"key": "c1", "name": "Nom"}], phones=[ROUX])
    content = "Mobile;Nom\n0612345601;Roux\n0612345603;Petit\n"
    imported = ready(content, target="APPEND", contact_list=held, updates_existing=False)

    go_on(client, page(client, imported), column_1="")

    assert fresh(imported).status == "QUEUED"
    assert done(imported) == {ROUX: None, PETIT: None}


@pytest.mark.parametrize(("name", "status", "others"), [("Nom", "READY", {"column_1"}), ("Ville", "DONE", set())])
def test_a_column_that_the_list_has_meanwhile_is_shown_where_the_file_fills_it(
    client: Client, ready: Ready, account: Account, name: str, status: str, others: set[str]
) -> None:
    with account_context(account):
        held = make_list(account, columns=[])
    imported = ready("Mobile;Nom\n0612345601;Roux\n", target="APPEND", contact_list=held)
    seen = page(client, imported)
    with account_context(account):
        ContactList.objects.update(columns=[{"key": "c1", "name": name}])

    go_on(client, seen)

    if fresh(imported).status == "QUEUED":
        assert done(imported) == {ROUX: {"c2": "Roux"}}
    else:
        assert marked(page(client, analysed(imported))) == others
    assert fresh(imported).status == status


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"second_phone": "1"}, "second_phone"),
        ({"country_column": "2"}, "country_column"),
        ({"phone_column": "9"}, "phone_column"),
        ({"delimiter": "§"}, "delimiter"),
        ({"column_0": "c9"}, "column_0"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_beside_it_and_nothing_is_done(
    client: Client, ready: Ready, changes: dict[str, str], wrong: str
) -> None:
    imported = ready()

    response = go_on(client, page(client, imported), **changes)

    fields = [each["field"] for each in (*response.context["check"]["answers"], *response.context["columns"])]
    assert (response.status_code, [field.name for field in fields if field.errors]) == (422, [wrong])
    assert fields_of(response.context) == fields_of(response.context) | changes
    assert (fresh(imported).status, fresh(imported).overrides) == ("READY", {})


def test_two_columns_do_not_go_to_one(client: Client, ready: Ready, account: Account) -> None:
    with account_context(account):
        held = make_list(account, columns=[{"key": "c1", "name": "Nom"}])
    imported = ready("Mobile;Nom;Surnom\n0612345601;Roux;Lou\n", target="APPEND", contact_list=held)

    response = go_on(client, page(client, imported), column_2="c1")

    errors = {each["field"].name: list(each["field"].errors) for each in response.context["columns"]}
    assert errors == {
        "column_1": [],
        "column_2": [
            "«\u00a0Nom\u00a0» reçoit déjà la colonne «\u00a0Nom\u00a0»\u00a0: choisissez une autre destination."
        ],
    }


def test_a_tab_that_does_not_know_of_another_is_told_and_keeps_its_choices(client: Client, ready: Ready) -> None:
    imported = ready()
    mine, theirs = page(client, imported), page(client, imported)
    go_on(client, theirs, second_phone="-1")
    analysed(imported)

    response = go_on(client, mine, has_header="0", second_phone="-1")
    unused = fresh(imported)
    go_on(client, response.context)

    assert response.status_code == 409
    assert "a changé entre-temps" in told(response)[0]
    assert marked(response.context) == {"has_header"}
    assert (unused.status, unused.overrides) == ("READY", {"second_phone": -1})
    assert fresh(imported).overrides == {"second_phone": -1, "has_header": False}


def test_a_tab_of_other_columns_is_told_that_its_choices_are_not_used(client: Client, ready: Ready) -> None:
    imported = ready()
    mine, theirs = page(client, imported), page(client, imported)
    go_on(client, theirs, delimiter=",")
    analysed(imported)

    response = go_on(client, mine, column_0="")

    assert "n'a plus les colonnes" in told(response)[0]
    assert (fresh(imported).status, fresh(imported).overrides) == ("READY", {"delimiter": ","})


@pytest.mark.parametrize("changes", [{}, {"second_phone": "-1"}])
def test_pressing_twice_does_once_what_one_press_does(client: Client, ready: Ready, changes: dict[str, str]) -> None:
    imported = ready()
    seen = page(client, imported)

    go_on(client, seen, **changes)
    once = fresh(imported)
    response = go_on(client, seen, **changes)

    assert told(response) == []
    assert (fresh(imported).status, fresh(imported).overrides) == (once.status, once.overrides)


def test_other_choices_for_an_import_on_its_way_are_not_used_and_this_is_told(client: Client, ready: Ready) -> None:
    imported = ready()
    seen = page(client, imported)
    go_on(client, seen)

    response = go_on(client, seen, second_phone="-1")

    assert "Rien n'a été fait" in told(response)[0]
    assert fresh(imported).overrides == {}


def test_the_detection_can_be_had_back(client: Client, ready: Ready) -> None:
    imported = ready()
    go_on(client, page(client, imported), second_phone="-1")
    seen = page(client, analysed(imported))

    client.post(reverse("contacts:import_correct", args=[imported.pk]), fields_of(seen) | {"reset": "1"})

    assert fields_of(page(client, analysed(imported)))["second_phone"] == "2"
