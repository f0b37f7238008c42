"""New lists in three steps, and files into lists that exist or into the directory alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList, Import, ListEntry
from contacts.operations import imports
from directory.models import Attribute, Contact
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

FILE = (
    "Mobile;Prénom;Né le;Achat;Remarque\n"
    "06 12 34 56 01;Zoé;12/03/1985;01/02/2026;x\n"
    "06 12 34 56 02;Noël;demain;;\n"
    "06 12 34 56 01;Zoé;;;\n"
    "pas un numéro;Léa;;;\n"
    "06 12 34 56 03;;;03/02/2026;y\n"
)
PHONES = [33612345601, 33612345602, 33612345603]


@pytest.fixture
def standard(account: Account) -> dict[str, Attribute]:
    with account_context(account):
        return make_directory(account)


@pytest.fixture
def client(sign_in: SignIn, marketer: User, standard: dict[str, Attribute]) -> Client:
    return sign_in(marketer)


Send = Callable[..., Import]


@pytest.fixture
def send(client: Client, account: Account) -> Send:
    """Send a file by step 1 and have it analysed."""

    def send(content: str = FILE, address: str = "/lists/new/", **data: Any) -> Import:
        file = SimpleUploadedFile("clients.csv", content.encode())
        response = client.post(address, {"name": "Abonnés", "source": "FILE", "file": file} | data)
        imported = latest(account)
        assert response.headers["Location"] == reverse("contacts:import_show", args=[imported.pk])
        return analysed(account, imported)

    return send


def latest(account: Account) -> Import:
    with account_context(account):
        return Import.objects.order_by("-pk").select_related("contact_list")[0]


def analysed(account: Account, imported: Import) -> Import:
    if latest(account).status == "UPLOADED":
        imports.analyse(account, import_id=imported.pk, now=NOW)
    return latest(account)


def done(account: Account, imported: Import) -> Import:
    imports.run(account, import_id=imported.pk, now=NOW)
    return latest(account)


def url(name: str, imported: Import) -> str:
    return reverse(f"directory:import_{name}", args=[imported.pk])


def choices(client: Client, imported: Import, query: str = "") -> dict[str, str]:
    """Return what the page's selectors show, by the column's name."""
    form = client.get(url("map", imported) + query).context["form"]
    return {str(field.label): str(field.value()) for field in form}


def mapped(client: Client, imported: Import, changes: dict[str, str] | None = None, **data: Any) -> Any:
    """Post step 2 as the page shows it, with `changes` of the choices by the column's name."""
    page = client.get(url("map", imported)).context
    fields = {field.html_name: (changes or {}).get(str(field.label), field.value()) for field in page["form"]}
    answers = {answer["field"].html_name: answer["field"].value() for answer in page["check"]["answers"]}
    seen = {"seen": page["import"].settings_digest}
    return client.post(url("map_save", imported), fields | answers | seen | (data or {"continue": "1"}))


def saved(client: Client, imported: Import, **data: Any) -> Any:
    given = {"seen": imported.settings_digest, "updates_existing": "on", "empty_cells": "KEEP", "lifetime": "PERMANENT"}
    return client.post(url("settings_save", imported), given | data)


def contacts(account: Account) -> dict[int, dict[str, Any]]:
    with account_context(account):
        return dict(Contact.objects.values_list("phone", "attributes"))


def test_step_1_is_the_same_form_with_three_steps(client: Client) -> None:
    response = client.get("/lists/new/")

    assert response.context["into_directory"]
    assert "lifetime" in response.context["form"].fields


def test_an_account_of_lists_has_two_steps(sign_in: SignIn, account: Account, marketer: User) -> None:
    response = sign_in(marketer).get("/lists/new/")

    assert not response.context["into_directory"]
    assert "lifetime" not in response.context["form"].fields


@pytest.mark.parametrize(
    ("data", "months"), [({}, None), ({"lifetime": "EXPIRING", "months": "6"}, 6), ({"lifetime": "PERMANENT"}, None)]
)
def test_an_empty_list_is_a_diffusion_list_with_a_lifetime(
    client: Client, account: Account, data: dict[str, str], months: int | None
) -> None:
    client.post("/lists/new/", {"name": "Vide", "description": "Plus tard", "source": "EMPTY"} | data)

    with account_context(account):
        made = ContactList.objects.get()
    assert (made.name, made.kind, made.expires_after_months) == ("Vide", "DIRECTORY", months)


@pytest.mark.parametrize("months", ["", "0", "13", "six"])
def test_a_list_expires_after_one_to_twelve_months(client: Client, account: Account, months: str) -> None:
    data = {"name": "Vide", "source": "EMPTY", "lifetime": "EXPIRING", "months": months}

    response = client.post("/lists/new/", data)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["months"])
    with account_context(account):
        assert not ContactList.objects.exists()


def test_the_import_leads_to_the_columns_with_good_suggestions(
    client: Client, send: Send, standard: dict[str, Attribute]
) -> None:
    imported = send()

    led = client.get(reverse("contacts:import_show", args=[imported.pk]))
    page = client.get(url("map", imported))

    assert led.headers["Location"] == url("map", imported)
    assert choices(client, imported) == {
        "Mobile": "PHONE",
        "Prénom": standard["first_name"].key,
        "Né le": standard["birth_date"].key,
        "Achat": "",
        "Remarque": "",
    }
    counts = page.context["check"]["counts"]
    names = ("read", "duplicate", "rejected_total", "final")
    assert [counts[name] for name in names] == [5, 1, 1, 3]
    columns = {column["name"]: column for column in page.context["columns"]}
    assert columns["Prénom"]["samples"] == ["Zoé", "Noël", "Léa"]
    assert "demain" in columns["Né le"]["skipped"]
    assert columns["Achat"]["type"] == "DATE"


def test_nothing_is_read_again_when_nothing_was_changed(client: Client, send: Send, account: Account) -> None:
    imported = send()

    response = mapped(client, imported)

    assert response.headers["Location"] == url("settings", imported)
    after = latest(account)
    assert (after.status, after.overrides) == ("READY", {})


def test_a_changed_choice_has_the_file_read_again_and_the_page_waits(
    client: Client, send: Send, account: Account, standard: dict[str, Attribute]
) -> None:
    imported = send()

    response = mapped(client, imported, {"Prénom": "", "Remarque": standard["company"].key})
    waiting = client.get(url("settings", imported))
    analysed(account, imported)

    assert response.headers["Location"] == url("settings", imported)
    assert "progress" in waiting.context
    assert choices(client, imported)["Remarque"] == standard["company"].key
    assert choices(client, imported)["Prénom"] == ""
    assert client.get(url("settings", imported)).context["new"] == 3


def test_the_phone_column_is_chosen_like_an_attribute(client: Client, send: Send, account: Account) -> None:
    content = "Tel 1;Tel 2\n06 12 34 56 01;07 44 55 66 01\n06 12 34 56 02;07 44 55 66 02\n"
    imported = send(content)
    first = imported.detection["phone_column"]
    names = ["Tel 1", "Tel 2"]

    mapped(client, imported, {names[first]: "", names[1 - first]: "PHONE"})
    after = analysed(account, imported)

    assert after.detection["phone_column"] == 1 - first
    assert choices(client, after)[names[1 - first]] == "PHONE"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"Mobile": ""}, "__all__"),
        ({"Prénom": "PHONE"}, "column_1"),
        ({"Remarque": "a4"}, "column_4"),
        ({"Remarque": "a99"}, "column_4"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_place(
    client: Client, send: Send, account: Account, changes: dict[str, str], where: str
) -> None:
    imported = send()

    response = mapped(client, imported, changes)

    assert response.status_code == 422
    assert where in response.context["form"].errors
    assert latest(account).status == "READY"


def test_another_separator_forgets_the_choices_of_the_old_columns(client: Client, send: Send, account: Account) -> None:
    imported = send()
    mapped(client, imported, {"Prénom": ""})
    analysed(account, imported)

    response = mapped(client, imported, delimiter="|", again="1")
    after = analysed(account, imported)

    assert response.headers["Location"] == url("map", imported)
    assert after.overrides == {"delimiter": "|"}
    assert len(after.detection["columns"]) == 1


def test_the_detection_comes_back(client: Client, send: Send, account: Account, standard: dict[str, Attribute]) -> None:
    imported = send()
    mapped(client, imported, {"Prénom": ""})
    analysed(account, imported)

    mapped(client, imported, reset="1")
    analysed(account, imported)

    assert choices(client, imported)["Prénom"] == standard["first_name"].key


def test_an_attribute_is_created_on_the_spot_and_chosen(client: Client, send: Send, account: Account) -> None:
    imported = send()
    page = client.get(url("map", imported)).context["form"]
    fields = {field.html_name: field.value() for field in page} | {"column_1": "", "column_3": "NEW"}
    new = {"attribute-name": "Date d'achat", "attribute-type": "DATE", "attribute-variable": "", "new_column": "3"}

    response = client.post(url("attribute", imported), fields | new)
    query = response.headers["Location"].removeprefix(url("map", imported))

    with account_context(account):
        made = Attribute.objects.get(name="Date d'achat")
    assert (made.type, made.variable) == ("DATE", "date_d_achat")
    shown = choices(client, imported, query)
    assert (shown["Achat"], shown["Prénom"], shown["Mobile"]) == (made.key, "", "PHONE")
    assert latest(account).overrides == {}


def test_an_attribute_of_the_columns_name_is_filled_too(client: Client, send: Send, account: Account) -> None:
    imported = send()
    fields = {"column_0": "PHONE", "column_4": "NEW", "new_column": "4"}
    client.post(url("attribute", imported), fields | {"attribute-name": "Remarque", "attribute-type": "TEXT"})

    mapped(client, imported)
    again = analysed(account, imported)
    saved(client, again)
    done(account, imported)

    with account_context(account):
        key = Attribute.objects.get(name="Remarque").key
    assert contacts(account)[PHONES[0]][key] == "x"


def test_without_script_going_on_asks_for_the_attribute_to_create(client: Client, send: Send) -> None:
    imported = send()

    response = mapped(client, imported, {"Achat": "NEW", "Remarque": "NEW"})

    assert response.context["asked"]["name"] == "Achat"
    assert response.context["new"].initial == {"name": "Achat", "type": "DATE"}


def test_a_wrong_new_attribute_loses_nothing(client: Client, send: Send, account: Account) -> None:
    imported = send()
    fields = {"column_0": "PHONE", "column_1": "", "column_3": "NEW", "new_column": "3"}
    new = {"attribute-name": "Achat", "attribute-type": "DATE", "attribute-variable": "ville"}

    response = client.post(url("attribute", imported), fields | new)

    assert response.status_code == 422
    assert list(response.context["new"].errors) == ["variable"]
    assert response.context["form"].chosen() == {0: "PHONE", 1: "", 2: "", 3: "NEW", 4: ""}
    assert response.context["asked"]["index"] == 3


def test_the_last_step_saves_a_list_that_expires(
    client: Client, send: Send, account: Account, standard: dict[str, Attribute]
) -> None:
    imported = send()

    response = saved(client, imported, lifetime="EXPIRING", months="6")
    ended = done(account, imported)

    assert response.headers["Location"] == reverse("contacts:list_index")
    made = ended.contact_list
    assert made is not None
    assert (made.kind, made.name, made.expires_after_months) == ("DIRECTORY", "Abonnés", 6)
    with account_context(account):
        assert list(ListEntry.objects.order_by("phone").values_list("phone", flat=True)) == PHONES
    first, birth = standard["first_name"].key, standard["birth_date"].key
    assert contacts(account) == {
        PHONES[0]: {first: "Zoé", birth: "1985-03-12"},
        PHONES[1]: {first: "Noël"},
        PHONES[2]: {},
    }


def test_choices_in_step_2_lead_to_a_saved_list(
    client: Client, send: Send, account: Account, standard: dict[str, Attribute]
) -> None:
    imported = send()
    mapped(client, imported, {"Remarque": standard["company"].key})
    again = analysed(account, imported)

    saved(client, again, lifetime="EXPIRING", months="6")

    assert latest(account).status == "QUEUED"
    ended = done(account, imported)
    assert (ended.status, ended.result["new"]) == ("DONE", 3)
    assert contacts(account)[PHONES[0]][standard["company"].key] == "x"


def test_the_last_step_says_what_updating_changes(
    client: Client, send: Send, account: Account, standard: dict[str, Attribute]
) -> None:
    first, birth = standard["first_name"].key, standard["birth_date"].key
    with account_context(account):
        make_contact(account, PHONES[0], {first: "Zoë", birth: "1985-03-12"})
        make_contact(account, PHONES[2], {first: "Inès"})
    imported = send()

    page = client.get(url("settings", imported)).context

    assert [page[name] for name in ("new", "existing", "updated", "erased_too")] == [1, 2, 1, 1]
    assert page["changed"]["columns"] == [standard["first_name"].name]
    assert page["changed"]["rows"] == [
        {"phone": PHONES[0], "cells": [{"before": "Zoë", "after": "Zoé", "is_changed": True}]}
    ]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({}, ["Zoé", "Inès"]),
        ({"empty_cells": "ERASE"}, ["Zoé", None]),
        ({"updates_existing": ""}, ["Zoë", "Inès"]),
        ({"updates_existing": "", "empty_cells": "ERASE"}, ["Zoë", "Inès"]),
    ],
)
def test_existing_contacts_are_updated_as_it_was_chosen(
    client: Client, send: Send, account: Account, standard: dict[str, Attribute], data: dict[str, str], names: list[Any]
) -> None:
    first = standard["first_name"].key
    with account_context(account):
        make_contact(account, PHONES[0], {first: "Zoë"})
        make_contact(account, PHONES[2], {first: "Inès"})
    imported = send()

    saved(client, imported, **data)
    done(account, imported)

    after = contacts(account)
    assert [after[phone].get(first) for phone in (PHONES[0], PHONES[2])] == names


def test_what_was_changed_meanwhile_is_not_saved(client: Client, send: Send, account: Account) -> None:
    imported = send()

    response = saved(client, imported, seen="0123456789abcdef", empty_cells="ERASE", lifetime="EXPIRING", months="6")

    shown = response.context["form"]
    assert response.status_code == 409
    assert [shown[name].value() for name in ("empty_cells", "lifetime", "months")] == ["ERASE", "EXPIRING", "6"]
    assert "a changé entre-temps" in response.content.decode()
    assert latest(account).status == "READY"


def test_an_attribute_deleted_meanwhile_has_the_file_read_again(client: Client, send: Send, account: Account) -> None:
    imported = send()
    with account_context(account):
        Attribute.objects.filter(standard="birth_date").update(deleted_at=NOW)

    response = saved(client, imported)

    assert response.headers["Location"] == f"{url('settings', imported)}?again=1"
    assert latest(account).status == "UPLOADED"


def test_a_file_joins_a_diffusion_list_by_the_same_steps(
    client: Client, send: Send, account: Account, standard: dict[str, Attribute]
) -> None:
    with account_context(account):
        make_contact(account, PHONES[0])
        held = make_diffusion_list(account, "Abonnés", [PHONES[0]])
    address = reverse("contacts:list_import", args=[held.pk])

    step_1 = client.get(address)
    imported = send(address=address, target="APPEND")
    page = client.get(url("settings", imported))
    saved(client, imported)
    ended = done(account, imported)

    assert step_1.context["into_directory"]
    assert "lifetime" not in page.context["form"].fields
    assert (ended.contact_list, ended.result["joined"]) == (held, 2)


def test_a_file_fills_the_directory_and_no_list(client: Client, send: Send, account: Account) -> None:
    imported = send(address="/directory/imports/new/")

    response = saved(client, imported)
    ended = done(account, imported)

    assert response.headers["Location"] == reverse("contacts:import_show", args=[imported.pk])
    assert (ended.status, ended.target, ended.contact_list, ended.result["new"]) == ("DONE", "BASE", None, 3)
    assert sorted(contacts(account)) == PHONES


def test_the_table_of_lists_tells_once_what_came_of_an_import(client: Client, send: Send, account: Account) -> None:
    imported = send()
    saved(client, imported)
    address = reverse("contacts:import_running")

    waiting = client.get(address).context
    done(account, imported)
    ended = client.get(address).context
    again = client.get(address).context

    assert [len(page["running"]) for page in (waiting, ended, again)] == [1, 0, 0]
    assert [[row["import"].pk for row in page["ended"]] for page in (waiting, ended, again)] == [[], [imported.pk], []]


def test_pages_of_an_ended_import_lead_to_its_report(client: Client, send: Send, account: Account) -> None:
    imported = send()
    saved(client, imported)
    done(account, imported)

    for name in ("map", "settings"):
        assert client.get(url(name, imported)).headers["Location"] == f"/imports/{imported.pk}/"
    for name in ("map_save", "attribute", "settings_save"):
        assert client.post(url(name, imported)).status_code == 302
    assert latest(account).status == "DONE"


def test_a_reader_looks_and_decides_nothing(
    client: Client, send: Send, sign_in: SignIn, account: Account, reader: User
) -> None:
    imported = send()
    reading = sign_in(reader)

    pages = [reading.get(url(name, imported)) for name in ("map", "settings")]

    assert [page.status_code for page in pages] == [200, 200]
    assert all(field.disabled for page in pages for field in page.context["form"].fields.values())
    for name in ("map_save", "attribute", "settings_save"):
        assert reading.post(url(name, imported)).status_code == 403
    assert reading.get("/directory/imports/new/").status_code == 403
    assert latest(account).status == "READY"


def test_an_import_of_an_account_whose_directory_is_off_waits(client: Client, send: Send, account: Account) -> None:
    imported = send()
    Account.objects.update(mode="LISTS")

    response = client.get(reverse("contacts:import_show", args=[imported.pk]))

    assert response.headers["Location"] == reverse("contacts:import_index")
    assert client.get(url("map", imported)).status_code == 404


def test_the_report_says_what_became_of_the_contacts_and_of_wrong_values(
    client: Client, send: Send, account: Account, standard: dict[str, Attribute]
) -> None:
    with account_context(account):
        make_contact(account, PHONES[0], {standard["first_name"].key: "Zoë"})
        make_contact(account, PHONES[2], {})
    imported = send()
    saved(client, imported)
    done(account, imported)

    report = client.get(f"/imports/{imported.pk}/").context["report"]

    assert report["sentence"].startswith("«\u00a0Abonnés\u00a0»\u00a0: 1 nouveau contact, 1 mis à jour, 1 inchangé, 3 ")
    assert [(column["name"], "demain" in column["text"]) for column in report["skipped"]] == [("Né le", True)]


def test_an_import_into_the_directory_alone_has_a_report_too(client: Client, send: Send, account: Account) -> None:
    imported = send(address="/directory/imports/new/")
    saved(client, imported)
    done(account, imported)

    report = client.get(f"/imports/{imported.pk}/").context["report"]

    assert (report["tone"], report["list_is_there"], report["counts"]["final"]) == ("success", False, 3)


def test_an_import_into_the_directory_is_undone(client: Client, send: Send, account: Account) -> None:
    imported = send()
    saved(client, imported)
    done(account, imported)
    address = reverse("contacts:import_undo", args=[imported.pk])

    asked = client.get(address)
    client.post(address)

    assert len(asked.context["sentences"]) == 2
    assert contacts(account) == {}
    assert latest(account).undone_at is not None


@pytest.mark.parametrize("content", ["Nom;Ville\nZoé;Lyon\nNoël;Brest\n", "x\n"])
def test_a_file_without_numbers_asks_for_their_column(
    client: Client, send: Send, account: Account, content: str
) -> None:
    imported = send(content)

    pages = [client.get(url(name, imported)) for name in ("map", "settings")]
    refused = mapped(client, imported)
    kept = saved(client, imported)

    assert [page.status_code for page in pages] == [200, 200]
    assert (refused.status_code, kept.status_code) == (422, 409)
    assert "numéro de mobile valide" in kept.content.decode()
    assert latest(account).status == "READY"


def test_numbers_pasted_on_one_line_are_one_column(client: Client, send: Send) -> None:
    imported = send("06 12 34 56 01;06 12 34 56 02;06 12 34 56 03")

    page = client.get(url("map", imported)).context

    assert [field.value() for field in page["form"]] == ["PHONE"]
    assert page["check"]["counts"]["final"] == 3
