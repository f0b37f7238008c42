"""Steps 2 and 3 of an import into the directory: what the page shows is what is sent, and only what was seen is imported."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Import
from contacts.operations import imports
from directory.models import Attribute, Contact
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.directory import importing
from tests.directory.factories import make_contact, make_directory

FILE = (
    "Prénom;Mobile;Téléphone 2;Né le;Remarque\n"
    "Zoé;0612345601;0698765401;12/03/1985;x\n"
    "Noël;;0698765402;demain;\n"
    "Ève;0612345603;;;y\n"
)
ZOE, NOEL, EVE = 33612345601, 33698765402, 33612345603

Ready = Callable[..., Import]


@pytest.fixture
def standard(account: Account) -> dict[str, Attribute]:
    with account_context(account):
        return make_directory(account)


@pytest.fixture
def client(sign_in: SignIn, marketer: User, standard: dict[str, Attribute]) -> Client:
    return sign_in(marketer)


@pytest.fixture
def ready(account: Account, marketer: User, standard: dict[str, Attribute]) -> Ready:
    def ready(content: str = FILE, **data: Any) -> Import:
        with account_context(account):
            return importing.analysed(account, marketer, content, **data)

    return ready


def fresh(imported: Import) -> Import:
    with account_context(imported.account_id):
        return Import.objects.select_related("account", "contact_list").get(pk=imported.pk)


def analysed(imported: Import) -> Import:
    imports.analyse(imported.account, import_id=imported.pk, now=NOW)
    return fresh(imported)


def done(imported: Import) -> dict[int, Any]:
    """Run a confirmed import and return the contacts."""
    imports.run(imported.account, import_id=imported.pk, now=NOW)
    with account_context(imported.account_id):
        return dict(Contact.objects.order_by("phone").values_list("phone", "attributes"))


def url(name: str, imported: Import) -> str:
    return reverse(f"directory:import_{name}", args=[imported.pk])


def page(client: Client, imported: Import, name: str = "map") -> Any:
    return client.get(url(name, imported)).context


def sent(context: Any) -> dict[str, Any]:
    """Return what the form of step 2 sends as it stands."""
    fields = [answer["field"] for answer in context["check"]["answers"]] + list(context["form"])
    hidden = {"seen": context["import"].settings_digest, "table": context["check"]["table"]}
    return {field.html_name: str(field.value()) for field in fields} | hidden


def marked(context: Any) -> set[str]:
    return {each["field"].name for each in (*context["check"]["answers"], *context["columns"]) if each["is_marked"]}


def go_on(client: Client, context: Any, **changes: str) -> Any:
    return client.post(url("map_save", context["import"]), sent(context) | changes | {"continue": "1"}, follow=True)


def save(client: Client, context: Any, **changes: str) -> Any:
    """Press the button of step 3 with `changes` of what it shows."""
    shown = {"seen": context["import"].settings_digest, "updates_existing": "on", "empty_cells": "KEEP"}
    data = shown | {"lifetime": "PERMANENT", "months": "3"} | changes
    return client.post(url("settings_save", context["import"]), data, follow=True)


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize(
    ("changes", "others"),
    [
        ({"has_header": "0"}, {"has_header"}),
        ({"delimiter": ","}, {"delimiter"}),
        ({"region": "BE"}, {"region"}),
        ({"country_column": "4"}, {"country_column"}),
        ({"column_2": ""}, {"column_2"}),
        ({"column_1": "", "column_2": "PHONE"}, {"column_1", "column_2"}),
    ],
)
def test_what_changes_the_lines_comes_back_to_the_summary_with_it_marked(
    client: Client, ready: Ready, changes: dict[str, str], others: set[str]
) -> None:
    imported = ready()

    response = go_on(client, page(client, imported), **changes)
    taken = fresh(imported)
    again = page(client, analysed(imported))

    assert response.redirect_chain[-1][0] == url("map", imported)
    assert taken.status == "UPLOADED"
    assert sent(again) == sent(again) | changes
    assert others <= marked(again)
    assert again["check"]["since"].text


def test_a_second_phone_that_is_not_to_be_imported_is_not(client: Client, ready: Ready) -> None:
    imported = ready()
    first = page(client, imported)

    go_on(client, first, column_2="")
    seen = page(client, analysed(imported))
    go_on(client, seen)
    save(client, page(client, imported, "settings"))
    contacts = done(imported)

    assert sent(first)["column_2"] == "PHONE2"
    assert seen["check"]["counts"]["final"] == fresh(imported).result["new"] == 2
    assert sorted(contacts) == [ZOE, EVE]


def test_the_column_that_was_the_phones_is_not_found_as_their_second_one(client: Client, ready: Ready) -> None:
    imported = ready("Mobile;Téléphone 2\n0612345601;0698765401\n0612345602;\n0612345603;\n0612345604;0698765402\n")
    first = page(client, imported)

    go_on(client, first, column_0="", column_1="PHONE")
    go_on(client, page(client, analysed(imported)))
    save(client, page(client, imported, "settings"))

    assert sent(first)["column_0"] == "PHONE"
    assert sorted(done(imported)) == [33698765401, 33698765402]


def test_where_columns_go_is_seen_in_step_3_with_the_values_left_out(
    client: Client, ready: Ready, standard: dict[str, Attribute]
) -> None:
    imported = ready()

    response = go_on(client, page(client, imported), column_3="", column_4=standard["birth_date"].key)
    analysed(imported)
    step_3 = page(client, imported, "settings")
    save(client, step_3)

    assert response.redirect_chain == [(url("settings", imported), 302)]
    assert [column["name"] for column in step_3["skipped"]] == ["Remarque"]
    assert "«\u00a0x\u00a0» (ligne 2), «\u00a0y\u00a0» (ligne 4)" in step_3["skipped"][0]["text"]
    first = standard["first_name"].key
    assert done(imported) == {ZOE: {first: "Zoé"}, NOEL: {first: "Noël"}, EVE: {first: "Ève"}}


def test_a_country_is_not_read_from_the_column_of_the_phones(client: Client, ready: Ready) -> None:
    imported = ready()

    response = go_on(client, page(client, imported), country_column="2", column_2="PHONE", column_1="")

    wrong = [answer["field"].name for answer in response.context["check"]["answers"] if answer["field"].errors]
    assert (response.status_code, wrong) == (422, ["country_column"])
    assert fresh(imported).status == "READY"


def test_two_columns_for_one_attribute_are_refused_beside_the_second(
    client: Client, ready: Ready, standard: dict[str, Attribute]
) -> None:
    imported = ready()

    response = go_on(client, page(client, imported), column_4=standard["first_name"].key)

    wrong = [column["field"].name for column in response.context["columns"] if column["field"].errors]
    assert (response.status_code, wrong) == (422, ["column_4"])
    assert sent(response.context)["column_4"] == standard["first_name"].key


def test_a_tab_that_does_not_know_of_another_is_told_and_keeps_its_choices(client: Client, ready: Ready) -> None:
    imported = ready()
    mine, theirs = page(client, imported), page(client, imported)
    go_on(client, theirs, column_2="")
    analysed(imported)

    response = go_on(client, mine, column_2="", column_0="")
    unused = fresh(imported)
    go_on(client, response.context)

    assert response.status_code == 409
    assert "a changé entre-temps" in told(response)[0]
    assert marked(response.context) == {"column_0"}
    assert unused.status == "READY"
    assert fresh(imported).overrides["attributes"]["0"] == ""


def test_a_tab_of_other_columns_is_told_that_its_choices_are_not_used(client: Client, ready: Ready) -> None:
    imported = ready()
    mine, theirs = page(client, imported), page(client, imported)
    go_on(client, theirs, delimiter=",")
    analysed(imported)

    response = go_on(client, mine, column_0="")

    assert "n'a plus les colonnes" in told(response)[0]
    assert (fresh(imported).status, fresh(imported).overrides) == ("READY", {"delimiter": ","})


@pytest.mark.parametrize("changes", [{}, {"column_2": ""}, {"column_0": ""}])
def test_going_on_twice_does_what_going_on_once_does(client: Client, ready: Ready, changes: dict[str, str]) -> None:
    imported = ready()
    seen = page(client, imported)

    first = go_on(client, seen, **changes)
    once = fresh(imported)
    second = go_on(client, seen, **changes)

    assert told(second) == []
    assert second.redirect_chain == first.redirect_chain
    assert (fresh(imported).status, fresh(imported).overrides) == (once.status, once.overrides)


@pytest.mark.parametrize("changes", [{}, {"updates_existing": ""}, {"lifetime": "EXPIRING", "months": "6"}])
def test_saving_twice_leads_where_saving_once_does(client: Client, ready: Ready, changes: dict[str, str]) -> None:
    imported = ready()
    seen = page(client, imported, "settings")

    save(client, seen, **changes)
    second = save(client, seen, **changes)

    assert told(second) == []
    assert second.redirect_chain == [(reverse("contacts:list_index"), 302)]
    assert sorted(done(imported)) == [ZOE, EVE, NOEL]


def test_other_settings_for_an_import_on_its_way_are_not_used_and_this_is_told(client: Client, ready: Ready) -> None:
    imported = ready()
    seen = page(client, imported, "settings")
    save(client, seen)

    response = save(client, seen, updates_existing="")

    assert "Rien n'a été fait" in told(response)[0]
    assert fresh(imported).updates_existing


def test_the_last_step_shows_what_changes_under_each_setting(
    client: Client, ready: Ready, account: Account, standard: dict[str, Attribute]
) -> None:
    first, birth = standard["first_name"], standard["birth_date"]
    with account_context(account):
        make_contact(account, ZOE, {first.key: "Zoë"})
        make_contact(account, EVE, {first.key: "Ève", birth.key: "1990-05-01"})

    shown = page(client, ready(), "settings")

    zoe = [
        {"before": "Zoë", "after": "Zoé", "is_changed": True},
        {"before": "", "after": "12/03/1985", "is_changed": True},
    ]
    eve = [
        {"before": "Ève", "after": "Ève", "is_changed": False},
        {"before": "01/05/1990", "after": "", "is_changed": True},
    ]
    assert shown["changed"] == {"columns": [first.name, birth.name], "rows": [{"phone": ZOE, "cells": zoe}]}
    assert shown["erased"]["rows"] == [{"phone": ZOE, "cells": zoe}, {"phone": EVE, "cells": eve}]


def test_an_attribute_of_another_type_since_is_no_error(
    client: Client, ready: Ready, account: Account, standard: dict[str, Attribute]
) -> None:
    with account_context(account):
        make_contact(account, ZOE, {standard["first_name"].key: "Zoë"})
    imported = ready()
    with account_context(account):
        Attribute.objects.filter(standard="first_name").update(type="DATE")

    shown = page(client, imported, "settings")
    save(client, shown)

    assert shown["changed"]["rows"][0]["cells"][0]["after"] == "Zoé"
    assert fresh(imported).status == "UPLOADED"
