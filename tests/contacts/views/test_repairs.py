"""The bench over HTTP: what it shows, who may use it, what it answers to nonsense."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Import
from contacts.operations import imports, repairs
from contacts.operations.repairs import EDIT_CHARACTERS
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.contacts.operations.importing import analysed, done
from tests.contacts.operations.test_mends import as_file, corrected
from tests.contacts.operations.test_repairs import THREE_KINDS, again


@pytest.fixture
def client(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


def ready(account: Account, by: User, content: bytes = THREE_KINDS) -> Import:
    with account_context(account):
        return analysed(account, by, content)


def finished(account: Account, by: User) -> Import:
    with account_context(account):
        return done(account, by, THREE_KINDS)


def url(name: str, imported: Import) -> str:
    return reverse(f"contacts:{name}", args=[imported.pk])


def fresh(account: Account, imported: Import) -> Import:
    with account_context(account):
        return Import.objects.get(pk=imported.pk)


def test_the_bench_shows_what_each_click_would_change_and_the_lines(
    account: Account, marketer: User, client: Client
) -> None:
    imported = ready(account, marketer)

    response = client.get(url("import_repair", imported))

    offers = response.context["offers"]
    assert response.status_code == 200
    assert [(offer["fix"], offer["count"]) for offer in offers] == [("SIGNS", 2), ("EXTRA_ZEROS", 1)]
    assert offers[0]["samples"][0] == {"line": 3, "old": "*06 12 34 56 79", "new": "06 12 34 56 79"}
    assert [(reason["count"], str(reason["label"])) for reason in response.context["reasons"]] == [
        (1, "Numéro trop court")
    ]
    assert [(row["line"], row["value"], row["suggestion"]) for row in response.context["rows"]] == [
        (3, "*06 12 34 56 79", "06 12 34 56 79"),
        (4, "*0612345680", "06 12 34 56 80"),
        (5, "+0612345681", "06 12 34 56 81"),
        (6, "06 12", ""),
    ]
    assert response.context["rows"][3]["context"] == [{"name": "Nom", "text": "Blanc"}]


def test_one_click_repairs_a_group_and_another_takes_it_back(account: Account, marketer: User, client: Client) -> None:
    imported = ready(account, marketer)

    applied = client.post(url("import_repair_fix", imported), {"fix": "SIGNS"})
    while_reading = client.get(url("import_repair", imported))
    with account_context(account):
        again(account, imported)
    shown = client.get(url("import_repair", imported))
    client.post(url("import_repair_fix", imported), {"fix": "SIGNS", "undo": "1"})

    assert applied.headers["Location"] == url("import_repair", imported)
    assert "contacts/repair_working.html" in [template.name for template in while_reading.templates]
    assert [(fix["fix"], fix["count"]) for fix in shown.context["applied"]] == [("SIGNS", 2)]
    assert "fixes" not in fresh(account, imported).overrides


def test_typed_numbers_are_saved(account: Account, marketer: User, client: Client) -> None:
    imported = ready(account, marketer)

    typed = {"number-6": "07 44 55 66 77", "number-5": "+0612345681", "number-x": "1"}
    response = client.post(url("import_repair_edit", imported), typed)

    assert response.headers["Location"] == url("import_repair", imported)
    assert fresh(account, imported).overrides["edits"] == {"6": "07 44 55 66 77"}


def test_a_wrong_number_keeps_what_was_typed_and_says_why_at_its_field(
    account: Account, marketer: User, client: Client
) -> None:
    imported = ready(account, marketer)

    response = client.post(url("import_repair_edit", imported), {"number-5": "0698765432", "number-6": "06 1"})

    rows = {row["line"]: row for row in response.context["rows"]}
    assert response.status_code == 422
    assert (rows[5]["value"], rows[5]["error"]) == ("0698765432", "")
    assert (rows[6]["value"], "06 1" in rows[6]["error"]) == ("06 1", True)
    assert fresh(account, imported).overrides == {}


def test_an_edit_can_be_taken_back(account: Account, marketer: User, client: Client) -> None:
    imported = ready(account, marketer)
    with account_context(account):
        repairs.edit(account, imported=imported, numbers={6: "0744556677"}, by=marketer, now=NOW)
        again(account, imported)

    client.post(url("import_repair_edit", imported), {"undo": "1", "line": "6"})

    assert "edits" not in fresh(account, imported).overrides


@pytest.mark.parametrize(
    ("number", "is_valid", "text"),
    [
        ("0744556677", True, "07 44 55 66 77"),
        ("+32 470 12 34 56", True, "+32 470 12 34 56"),
        ("06 1", False, None),
        ("", False, None),
        ("0" * (EDIT_CHARACTERS + 1), False, None),
    ],
)
def test_a_number_is_checked_while_it_is_typed(
    account: Account, marketer: User, client: Client, number: str, is_valid: bool, text: str | None
) -> None:
    imported = ready(account, marketer)

    answer = client.post(url("import_repair_check", imported), {"number": number}).json()

    assert answer["is_valid"] is is_valid
    assert answer["text"] == text if text else answer["text"]


def test_the_corrected_file_joins_the_import_that_waits(account: Account, marketer: User, client: Client) -> None:
    imported = ready(account, marketer)
    with account_context(account):
        file = as_file(corrected(imported, {"6": "0744556677"}))

    response = client.post(url("import_repair_upload", imported), {"file": file})

    assert response.headers["Location"] == url("import_repair", imported)
    assert fresh(account, imported).overrides["edits"] == {"6": "0744556677"}


def test_a_file_that_is_not_ours_is_explained_at_its_field(account: Account, marketer: User, client: Client) -> None:
    imported = ready(account, marketer)

    response = client.post(url("import_repair_upload", imported), {"file": as_file([["Nom"], ["Dupont"]])})

    assert response.status_code == 422
    assert f"(import {imported.pk})" in response.context["form"].errors["file"][0]


@pytest.mark.parametrize("stage", [ready, finished])
def test_a_forgotten_file_is_asked_for(account: Account, marketer: User, client: Client, stage: Any) -> None:
    imported = stage(account, marketer)

    response = client.post(url("import_repair_upload", imported))

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["file"])


def test_a_done_import_is_repaired_in_an_import_of_its_own(account: Account, marketer: User, client: Client) -> None:
    imported = finished(account, marketer)

    bench = client.get(url("import_repair", imported))
    response = client.post(url("import_mend", imported))
    report = client.get(url("import_show", imported))

    with account_context(account):
        mend = Import.objects.get(parent=imported)
    assert (bench.status_code, bench.context["is_ready"]) == (200, False)
    assert response.headers["Location"] == url("import_repair", mend)
    assert list(report.context["mends"]) == [mend]


def test_the_corrected_file_of_a_done_import_starts_a_new_one(account: Account, marketer: User, client: Client) -> None:
    imported = finished(account, marketer)
    with account_context(account):
        file = as_file(corrected(imported, {"6": "0744556677"}))

    response = client.post(url("import_repair_upload", imported), {"file": file})

    with account_context(account):
        mend = Import.objects.get(parent=imported)
    assert response.headers["Location"] == url("import_show", mend)


@pytest.mark.parametrize("page", ["0", "-1", "9", "x", "1" * 30])
def test_a_wrong_page_shows_the_first(account: Account, marketer: User, client: Client, page: str) -> None:
    imported = ready(account, marketer)

    response = client.get(url("import_repair", imported), {"page": page})

    assert [row["line"] for row in response.context["rows"]] == [3, 4, 5, 6]


def test_the_table_is_paged(account: Account, marketer: User, client: Client) -> None:
    lines = "".join(f"N{line};06 12\n" for line in range(40))
    valid = "".join(f"A;06123456{line:02d}\n" for line in range(60))
    imported = ready(account, marketer, f"Nom;Mobile\n{valid}{lines}".encode())

    pages = [client.get(url("import_repair", imported), {"page": page}) for page in (1, 2)]

    assert [len(page.context["rows"]) for page in pages] == [25, 15]
    assert [page.context["page"].has_next for page in pages] == [True, False]


def test_a_repaired_import_has_nothing_left_to_repair(account: Account, marketer: User, client: Client) -> None:
    imported = ready(account, marketer, b"Nom;Mobile\nA;0612345678\nB;*0612345679\n")
    client.post(url("import_repair_fix", imported), {"fix": "SIGNS"})
    with account_context(account):
        again(account, imported)

    response = client.get(url("import_repair", imported))

    assert (response.context["refused"], response.context["rows"]) == (0, [])


@pytest.mark.parametrize("name", ["import_repair_fix", "import_repair_edit", "import_mend", "import_repair_upload"])
def test_a_cancelled_import_is_not_repaired(account: Account, marketer: User, client: Client, name: str) -> None:
    imported = ready(account, marketer)
    with account_context(account):
        imports.cancel(account, imported=imported, by=marketer, now=NOW)

    response = client.post(url(name, imported), {"fix": "SIGNS"})

    assert response.status_code == 302
    assert client.get(url("import_repair", imported)).headers["Location"] == url("import_show", imported)
    assert fresh(account, imported).overrides == {}


def test_who_may_not_import_does_not_see_the_bench(
    account: Account, marketer: User, reader: User, sign_in: SignIn
) -> None:
    imported = ready(account, marketer)

    assert sign_in(reader).get(url("import_repair", imported)).status_code == 403


def test_going_back_to_the_detection_keeps_the_repairs(account: Account, marketer: User, client: Client) -> None:
    imported = ready(account, marketer)
    with account_context(account):
        repairs.apply_fix(account, imported=imported, fix="SIGNS", by=marketer, now=NOW)
        again(account, imported)

    detection = {"phone_column": "1", "region": "FR", "delimiter": ";", "has_header": "1", "encoding": "utf-8"}
    seen = {"seen": fresh(account, imported).settings_digest}
    client.post(url("import_correct", imported), detection | seen | {"reset": "1"})

    assert fresh(account, imported).overrides["fixes"] == ["SIGNS"]
