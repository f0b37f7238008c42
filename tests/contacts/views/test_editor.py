import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList, Exclusion, ListEntry
from smsplatform.accounts.models import Account, Role, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib.sealed import Purpose, seal
from tests.conftest import MakeMember, SignIn
from tests.contacts.factories import make_exclusion, make_list

FIRST = 33612345600
COLUMNS = [{"key": "c1", "name": "Nom"}]
UNCHANGED: dict[str, Any] = {"number": None, "cells": {}, "remove": False, "exclusion": None}


@pytest.fixture
def clients(account: Account) -> ContactList:
    with account_context(account):
        contact_list = make_list(account, columns=COLUMNS)
        ListEntry.objects.bulk_create(
            ListEntry(account=account, contact_list=contact_list, phone=FIRST + n, values={"c1": name})
            for n, name in enumerate(["Durand", "Petit", "Élie"])
        )
        contact_list.refresh_from_db()
    return contact_list


def url(name: str, contact_list: ContactList) -> str:
    return reverse(f"contacts:{name}", args=[contact_list.pk])


def send(client: Client, contact_list: ContactList, *rows: dict[str, Any], **fields: Any) -> Any:
    changes = json.dumps({"rows": rows, "columns": fields.pop("columns", [])})
    file = SimpleUploadedFile("changes.json", changes.encode())
    return client.post(url("list_edit_save", contact_list), {"changes": file, **fields})


def entries(contact_list: ContactList) -> dict[int, Any]:
    with account_context(contact_list.account_id):
        return dict(
            ListEntry.objects.filter(contact_list=contact_list).order_by("phone").values_list("phone", "values")
        )


def rows_of(response: Any) -> list[str]:
    return re.findall(r'<tr data-phone="(\d+)"', response.content.decode())


def test_the_editor_shows_a_page_of_the_list(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    response = sign_in(marketer).get(url("list_edit", clients))

    page = response.content.decode()
    assert rows_of(response) == [str(FIRST), str(FIRST + 1), str(FIRST + 2)]
    assert "<edit-grid" in page
    assert "06 12 34 56 00" in page
    assert "edit-grid.js" in page


def test_the_grid_alone_is_sent_to_the_script(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    response = sign_in(marketer).get(url("list_edit", clients), headers={"X-Fragment": "grid"})

    assert rows_of(response) == [str(FIRST), str(FIRST + 1), str(FIRST + 2)]
    assert b"<html" not in response.content
    assert "X-Fragment" in response.headers["Vary"]


def test_a_reader_reads_and_finds_nothing_to_change(clients: ContactList, reader: User, sign_in: SignIn) -> None:
    client = sign_in(reader)

    page = client.get(url("list_edit", clients)).content.decode()
    saved = send(client, clients, {**UNCHANGED, "ref": "1", "phone": FIRST, "remove": True})

    assert "edit-grid.js" not in page
    assert "data-bar" not in page
    assert "entry=" not in page
    assert saved.status_code == 403
    assert len(entries(clients)) == 3


@pytest.mark.parametrize(
    ("search", "expected"),
    [("élie", [2]), ("pet", [1]), ("06 12 34 56 01", [1]), ("+33612345601", [1]), ("345602", [2]), ("zzz", [])],
)
def test_a_search_leads_to_what_it_finds_without_telling_the_address(
    clients: ContactList, marketer: User, sign_in: SignIn, search: str, expected: list[int]
) -> None:
    response = sign_in(marketer).post(url("list_edit_search", clients), {"search": search}, follow=True)

    assert rows_of(response) == [str(FIRST + n) for n in expected]
    assert search not in response.redirect_chain[0][0]


def test_the_excluded_alone_and_sorted(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    with account_context(clients.account_id):
        make_exclusion(clients.account, FIRST + 1)
    client = sign_in(marketer)

    excluded = client.get(url("list_edit", clients), {"excluded": "1"})
    by_name = client.get(url("list_edit", clients), {"sort": "-c1"})

    assert rows_of(excluded) == [str(FIRST + 1)]
    assert 'data-excluded="STOP"' in excluded.content.decode()
    assert rows_of(by_name) == [str(FIRST + n) for n in (1, 2, 0)]


def test_save_answers_row_by_row(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    response = send(
        sign_in(marketer),
        clients,
        {**UNCHANGED, "ref": "a", "phone": FIRST, "cells": {"c1": ["Durand", "Dupont"]}},
        {**UNCHANGED, "ref": "b", "phone": FIRST + 1, "cells": {"c1": ["Grand", "Moyen"]}},
        {**UNCHANGED, "ref": "c", "phone": None, "number": "06 12"},
        {**UNCHANGED, "ref": "d", "phone": None, "number": "06 12 34 56 09", "cells": {"n1": ["", "44"]}},
        columns=[{"kind": "ADD", "key": "n1", "name": "Âge", "before": ""}],
    )

    answer = response.json()
    assert response.status_code == 200
    assert [(row["ref"], row["status"], row["shown"], row["theirs"]) for row in answer["rows"]] == [
        ("a", "SAVED", "06 12 34 56 00", {}),
        ("b", "CONFLICT", "06 12 34 56 01", {"c1": "Petit"}),
        ("c", "ERROR", "", {}),
        ("d", "SAVED", "06 12 34 56 09", {}),
    ]
    assert "06 12" in answer["rows"][2]["message"]
    assert answer["keys"] == {"n1": "c2"}
    assert entries(clients) == {
        FIRST: {"c1": "Dupont"},
        FIRST + 1: {"c1": "Petit"},
        FIRST + 2: {"c1": "Élie"},
        FIRST + 9: {"c2": "44"},
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"rows": 1, "columns": []}',
        b'{"rows": [{"ref": 1, "cells": {}}], "columns": []}',
        b'{"rows": [{"ref": "a", "phone": -1, "cells": {}}], "columns": []}',
        b'{"rows": [{"ref": "a", "phone": "x", "cells": {}}], "columns": []}',
        b'{"rows": [{"ref": "a", "cells": {"c1": ["x"]}}], "columns": []}',
        b'{"rows": [{"ref": "a", "cells": {"c1": ["", "\\ud800"]}}], "columns": []}',
        b'{"rows": [{"ref": "a", "cells": {}}, {"ref": "a", "cells": {}}], "columns": []}',
        b'{"rows": [], "columns": [{"kind": "DROP", "key": "c1"}]}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_the_editor_never_sends_is_refused(
    clients: ContactList, marketer: User, sign_in: SignIn, body: bytes
) -> None:
    file = SimpleUploadedFile("changes.json", body)

    response = sign_in(marketer).post(url("list_edit_save", clients), {"changes": file})

    assert (response.status_code, response.json()["code"]) == (422, "BAD_CHANGES")
    assert len(entries(clients)) == 3


def test_a_page_of_another_account_saves_nothing(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    row = {**UNCHANGED, "ref": "a", "phone": FIRST, "remove": True}

    response = send(sign_in(marketer), clients, row, shown_account="0")

    assert response.status_code == 409
    assert len(entries(clients)) == 3


@pytest.mark.parametrize(("role", "status"), [(Role.MARKETER, 403), (Role.ADMIN, 200)])
def test_only_who_manages_takes_off_the_exclusion_list(
    clients: ContactList, account: Account, make_member: MakeMember, sign_in: SignIn, role: Role, status: int
) -> None:
    with account_context(account):
        make_exclusion(account, FIRST)
    person = make_member(account, "person@example.com", role)
    wanted = {"adds": False, "reason": "A écrit au magasin", "including_stop": True}

    response = send(sign_in(person), clients, {**UNCHANGED, "ref": "a", "phone": FIRST, "exclusion": wanted})

    assert response.status_code == status
    with account_context(account):
        assert Exclusion.objects.count() == (1 if status == 403 else 0)


def test_a_columns_values_are_counted_before_it_goes(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)

    assert client.get(url("list_edit_column", clients), {"key": "c1"}).json() == {"filled": 3}
    assert client.get(url("list_edit_column", clients), {"key": "c7"}).status_code == 404


def entry_token(contact_list: ContactList, phone: int) -> str:
    return seal(phone, purpose=Purpose.ENTRY, account=contact_list.account_id)


def edit_url(contact_list: ContactList, phone: int) -> str:
    return f"{url('entry_edit', contact_list)}?entry={entry_token(contact_list, phone)}"


def posted(contact_list: ContactList, **fields: str) -> dict[str, str]:
    return {"number": "06 12 34 56 00", "c1": "Durand", "seen_c1": "Durand", "action": "save", **fields}


def test_one_contact_is_edited_without_script(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)

    page = client.get(edit_url(clients, FIRST)).content.decode()
    response = client.post(edit_url(clients, FIRST), posted(clients, c1="Dupont", number="06 12 34 56 08"))

    assert 'value="Durand"' in page
    assert 'value="06 12 34 56 00"' in page
    assert response.headers["Location"] == url("list_edit", clients)
    assert entries(clients)[FIRST + 8] == {"c1": "Dupont"}
    assert FIRST not in entries(clients)


def test_one_contact_edited_by_somebody_else_meanwhile_is_not_overwritten(
    clients: ContactList, marketer: User, sign_in: SignIn
) -> None:
    response = sign_in(marketer).post(edit_url(clients, FIRST), posted(clients, c1="Dupont", seen_c1="Duval"))

    assert response.status_code == 422
    assert "Durand" in response.content.decode()
    assert 'value="Dupont"' in response.content.decode()
    assert entries(clients)[FIRST] == {"c1": "Durand"}


def test_one_contact_is_removed_excluded_and_readmitted_without_script(
    clients: ContactList, account: Account, make_member: MakeMember, sign_in: SignIn
) -> None:
    client = sign_in(make_member(account, "admin@example.com", Role.ADMIN))

    client.post(edit_url(clients, FIRST), posted(clients, action="exclude", reason="Au téléphone"))
    with account_context(account):
        excluded = list(Exclusion.objects.values_list("phone", "reason"))
    refused = client.post(edit_url(clients, FIRST), posted(clients, action="readmit"))
    client.post(edit_url(clients, FIRST), posted(clients, action="readmit", reason="Revenu"))
    client.post(edit_url(clients, FIRST), posted(clients, action="remove"))

    assert excluded == [(FIRST, "Au téléphone")]
    assert refused.status_code == 422
    with account_context(account):
        assert Exclusion.objects.count() == 0
    assert list(entries(clients)) == [FIRST + 1, FIRST + 2]


def test_a_contact_is_added_without_script(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)

    response = client.post(url("entry_add", clients), {"number": "+33 6 12 34 56 77", "c1": "Neuf"})
    again = client.post(url("entry_add", clients), {"number": "06 12 34 56 77", "c1": "Autre"})

    assert response.status_code == 302
    assert again.status_code == 422
    assert entries(clients)[FIRST + 77] == {"c1": "Neuf"}


def test_a_contact_that_is_not_in_the_list_is_404(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)

    for entry in ("", "forged", entry_token(clients, 33699999999)):
        assert client.get(url("entry_edit", clients), {"entry": entry}).status_code == 404
