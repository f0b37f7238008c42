"""Every address that takes a form: pressed twice, opened again, in another language, after the session has ended.

Nothing is done twice, and no address that a person can stand at answers 405 or with an error of ours.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList
from contacts.operations import lists
from directory.operations import list_settings
from directory.queries import selections
from directory.queries.query import Query, Selection
from directory.queries.tokens import seal_query
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from smsplatform.ui.templatetags.ui import FORM_ID
from tests.contacts.operations import importing
from tests.support import signing_in
from tests.support.world import FIRST, STOPPED, TABLE, World, make_directory, make_lists, taken_back, uncommitted
from tests.test_every_address import everything
from tests.test_every_door import DOORS

Sent = dict[str, Any] | Callable[[World], dict[str, Any]]
LONG = "x" * 10_000
SEALED = re.compile(r"[\w-]{40,}")


@dataclass(frozen=True)
class Post:
    """`valid`: what is sent to do the thing; `invalid`: what is refused; `query`: what follows the address."""

    valid: Sent = field(default_factory=dict)
    invalid: Sent = field(default_factory=lambda: {"x": LONG})
    query: Callable[[World], str] = lambda world: ""
    by_visitor: bool = False
    in_lists: bool = False  # for an address of the directory
    # Why doing it twice leaves two traces.
    repeats: str = ""


def table() -> SimpleUploadedFile:
    return SimpleUploadedFile("clients.csv", TABLE.replace("06 12 34 56 78", "06 12 34 56 11").encode())


def corrected(world: World) -> dict[str, Any]:
    rejects = importing.content_of(world.ids["done"].rejects_path)
    assert rejects.count(b"06 12;") == 1
    return {"file": SimpleUploadedFile("rejets.csv", rejects.replace(b"06 12;", b"06 12 34 56 44;"))}


def offered(world: World) -> dict[str, Any]:
    return {"fix": world.ids["ready"].preview["offers"][0]["fix"]}


def listed(world: World) -> ContactList:
    return ContactList.objects.get(pk=world.ids["list_id"])


def chosen(world: World, **more: Any) -> dict[str, Any]:
    token = selections.sealed(world.account, world.person, Selection(phones=(FIRST,)))
    return {"selection": token, "expected": "1", **more}


def saved_rule(world: World) -> dict[str, Any]:
    query = seal_query(world.account, Query(search="Laval"))
    return {"q": query, "way": "LIVING", "name": "Lavallois", "lifetime": "PERMANENT"}


def mapping(world: World) -> dict[str, Any]:
    reading = {"region": "FR", "encoding": "utf-8", "delimiter": ";", "has_header": "1", "phone_column": "1"}
    columns = {"column_0": "", "column_1": "PHONE", "column_2": ""}
    return reading | columns | {"seen": world.ids["ready"].settings_digest}


def settled(world: World) -> dict[str, Any]:
    return {"seen": world.ids["ready"].settings_digest, "lifetime": "PERMANENT", "empty_cells": "KEEP"}


FILE = "a file is sent each time, and noted each time"
NEW_LIST = {"name": "Fidèles", "source": "EMPTY", "lifetime": "PERMANENT"}
EXPORTED = {"format": "CSV", "columns": ["PHONE"]}
CHANGES = b'{"rows": [{"ref": "1", "phone": 33612345678, "cells": {"c1": ["Dupont", "Durand"]}}], "columns": []}'

POSTS: dict[str, Post] = {
    "accounts:session_end": Post({"session": "0"}),
    "accounts:sessions_end": Post(),
    "accounts:switch": Post(lambda world: {"account": world.account.pk}, {"account": "x"}),
    "accounts:preferences": Post({"name": "Anne", "language": "fr", "time_zone": "Europe/Paris", "theme": "AUTO"}),
    "accounts:language": Post({"language": "fr"}, {"language": "xx"}),
    "accounts:theme": Post({"theme": "DARK"}),
    "accounts:member_invite": Post({"email": "chloe@example.com", "role": "MARKETER"}, {"email": "chloe"}),
    "accounts:member_edit": Post({"role": "READ_ONLY"}, {"role": "KING"}),
    "accounts:member_remove": Post(),
    "accounts:invitation_resend": Post(),
    "accounts:invitation_revoke": Post(),
    "accounts:invitation_accept": Post({"name": "Chloé", "password": "une phrase assez longue"}, by_visitor=True),
    "accounts:settings": Post({"name": "Fournil", "region": "FR"}),
    "contacts:list_create": Post(NEW_LIST, {"name": LONG, "source": "EMPTY"}),
    "contacts:list_edit_search": Post({"search": "Dupont"}),
    "contacts:list_edit_save": Post(lambda world: {"changes": SimpleUploadedFile("changes.json", CHANGES)}),
    "contacts:entry_add": Post({"number": "06 12 34 56 00", "c1": "Petit"}, {"number": "06"}),
    "contacts:entry_edit": Post(
        {
            "action": "save",
            "number": "06 12 34 56 78",
            "seen_c1": "Dupont",
            "c1": "Dupond",
            "seen_c2": "Lyon",
            "c2": "Lyon",
        },
        {"action": "save", "number": "06"},
        query=lambda world: f"?entry={world.ids['entry']}",
    ),
    "contacts:list_rename": Post(
        lambda world: {"name": "Fidèles", "seen": lists.naming_digest(listed(world))}, {"name": ""}
    ),
    "contacts:list_disable": Post(),
    "contacts:list_enable": Post(),
    "contacts:list_delete": Post(),
    "contacts:list_restore": Post(),
    "contacts:list_export_new": Post(EXPORTED, {"format": "PDF"}, repeats=FILE),
    "contacts:list_duplicate": Post({"name": "Copie"}, {"name": LONG}),
    "contacts:batch_check": Post(lambda world: {"action": "DISABLE", "list": world.ids["list_id"]}),
    "contacts:batch_start": Post(lambda world: {"action": "DUPLICATE", "lists": str(world.ids["list_id"])}),
    "contacts:export_several": Post(lambda world: {"lists": str(world.ids["list_id"]), "format": "CSV"}, repeats=FILE),
    "contacts:exclusion_export_new": Post(EXPORTED, {"format": "PDF"}, repeats=FILE),
    "contacts:exclusion_search": Post({"number": "0612"}, {"number": LONG}),
    "contacts:exclusion_add": Post({"number": "06 12 34 56 00"}, {"number": "06"}),
    "contacts:exclusion_import": Post(lambda world: {"source": "FILE", "file": table()}, {"source": "FILE"}),
    "contacts:exclusion_readmit": Post(
        {"number": f"+{STOPPED}", "reason": "Demandé au magasin", "including_stop": "on"},
        {"number": "06", "reason": ""},
    ),
    "contacts:exclusion_remove": Post(
        {"reason": "Demandé au magasin"}, {"reason": LONG}, query=lambda world: f"?id={world.ids['exclusion']}"
    ),
    "contacts:list_import": Post(
        lambda world: {"source": "FILE", "file": table(), "target": "APPEND"}, {"source": "FILE", "target": "APPEND"}
    ),
    "contacts:import_correct": Post(lambda world: mapping(world) | {"column_1": ""}, {"region": "XX"}),
    "contacts:import_undo": Post(),
    "contacts:import_confirm": Post(lambda world: {"seen": world.ids["ready"].settings_digest}, {"seen": "x"}),
    "contacts:import_cancel": Post(),
    "contacts:import_repair_fix": Post(offered, {"fix": "x"}),
    "contacts:import_repair_edit": Post({"number-4": "06 12 34 56 44"}, {"number-4": "06"}),
    "contacts:import_repair_check": Post({"number": "06 12 34 56 44"}),
    "contacts:import_repair_upload": Post(corrected),
    "contacts:import_mend": Post(),
    "directory:contact_search": Post({"search": "Lyon"}),
    "directory:contact_columns": Post({"columns": ["created"]}),
    "directory:contact_add": Post({"number": "06 12 34 56 00"}, {"number": "06"}),
    "directory:contact_batch_check": Post(lambda world: chosen(world, action="DELETE")),
    "directory:contact_batch_start": Post(
        lambda world: chosen(world, action="NEW_LIST", name="Choisis", lifetime="PERMANENT"),
        lambda world: chosen(world, action="NEW_LIST", name=LONG),
    ),
    "directory:contact_export_new": Post(EXPORTED, {"format": "PDF"}, repeats=FILE),
    "directory:contact_edit": Post({"number": "06 12 34 56 78"}, {"number": "06"}),
    "directory:contact_exclude": Post({"reason": "Au téléphone"}, {"reason": LONG}),
    "directory:contact_readmit": Post({"reason": "Revenu"}, {"reason": ""}),
    "directory:contact_delete": Post(invalid={"ask": "1"}),
    "directory:list_add_numbers": Post({"numbers": "06 12 34 56 00", "creates_unknown": "on"}, {"numbers": "06"}),
    "directory:list_save_rule": Post(saved_rule, lambda world: saved_rule(world) | {"name": LONG}),
    "directory:list_settings": Post(
        lambda world: {"name": "Fidèles", "lifetime": "PERMANENT", "seen": list_settings.digest(listed(world))},
        {"name": ""},
    ),
    "directory:list_api": Post({"enabled": "1"}),
    "directory:list_freeze": Post(),
    "directory:list_refresh": Post(),
    "directory:list_merge": Post(
        lambda world: (
            {"with": world.ids["second"], "into": "NEW", "name": "Réunis", "source_after": "KEEP"}
            | {"lifetime": "PERMANENT"}
        ),
        lambda world: {"with": world.ids["second"], "into": "x"},
    ),
    "directory:merge_undo": Post(),
    "directory:attribute_create": Post({"name": "Pointure", "type": "INTEGER"}, {"name": ""}),
    "directory:attribute_restore": Post(),
    "directory:attribute_edit": Post({"name": "Carte", "type": "TEXT", "variable": "carte"}, {"name": ""}),
    "directory:attribute_delete": Post(),
    "directory:attribute_move": Post({"to": "up"}),
    "directory:import_new": Post(lambda world: {"source": "FILE", "file": table()}, {"source": "FILE"}),
    "directory:import_map_save": Post(mapping, {"column_0": "x"}),
    "directory:import_attribute": Post(
        lambda world: mapping(world) | {"new_column": "0", "attribute-name": "Surnom", "attribute-type": "TEXT"},
        lambda world: mapping(world) | {"new_column": "0", "attribute-name": ""},
    ),
    "directory:import_settings_save": Post(settled, {"seen": "x", "lifetime": "x"}),
    "directory:option_try": Post(in_lists=True),
    "directory:option_off": Post(),
    "directory:option_on": Post(lambda world: {"seen": world.ids["seen"]}, {"seen": "x"}, in_lists=True),
}
# Addresses that are only read.
READ = {
    "accounts:go_on", "accounts:second_step", "accounts:sessions",
    "accounts:choose", "accounts:members", "accounts:audit", "accounts:audit_export", "accounts:customers",
    "contacts:list_index", "contacts:list_show", "contacts:list_edit", "contacts:list_edit_column", "contacts:list_export",
    "contacts:batch_show", "contacts:export_index", "contacts:export_show", "contacts:export_download",
    "contacts:exclusion_index", "contacts:import_index", "contacts:import_running", "contacts:import_show",
    "contacts:import_rejects", "contacts:import_repair", "directory:contact_index", "directory:contact_count",
    "directory:contact_batch_show", "directory:contact_show", "directory:list_show", "directory:list_rule_edit",
    "directory:merge_show", "directory:attribute_index", "directory:import_map", "directory:import_settings",
    "directory:option", "directory:option_show",
}  # fmt: skip


# Addresses whose forms change nothing of the account: they lead to a page, ask a question, or concern the person.
CHANGE_NOTHING = {
    "accounts:session_end", "accounts:sessions_end",
    "accounts:switch", "accounts:preferences", "accounts:language", "accounts:theme", "contacts:list_edit_search",
    "contacts:batch_check", "contacts:exclusion_search", "contacts:import_repair_check", "directory:contact_search",
    "directory:contact_batch_check", "directory:list_refresh", "directory:attribute_restore",
}  # fmt: skip


def world_of(name: str, worlds: dict[bool, World]) -> World:
    return worlds[name.startswith("directory:") and not POSTS[name].in_lists]


def test_every_address_has_something_to_send_or_is_only_read() -> None:
    assert set(POSTS) | READ == set(DOORS)
    assert set(POSTS) & READ == set()


@pytest.mark.parametrize("name", sorted(READ))
def test_what_is_only_read_takes_no_form(name: str, worlds: dict[bool, World]) -> None:
    where = worlds[name.startswith("directory:")]

    with taken_back():
        assert signed_in(where, name).post(address(where, name), {"x": "1"}).status_code == 405


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[bool, World]]:
    with (
        uncommitted(django_db_blocker, make_lists) as with_lists,
        uncommitted(django_db_blocker, make_directory) as with_directory,
    ):
        yield {False: with_lists, True: with_directory}


def signed_in(world: World, name: str) -> Client:
    client = Client(raise_request_exception=False)
    if name in READ or not POSTS[name].by_visitor:
        signing_in.sign_in(client, world.person)
    return client


def address(world: World, name: str) -> str:
    return reverse(name, args=world.args(name, DOORS[name])) + (POSTS[name].query(world) if name in POSTS else "")


def said(world: World, sent: Sent) -> dict[str, Any]:
    with account_context(world.account):
        return {FORM_ID: "1"} | (sent(world) if callable(sent) else sent)


def rewound(sent: dict[str, Any]) -> dict[str, Any]:
    for value in sent.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    return sent


def outcome(response: Any) -> tuple[int, str]:
    """Return the status and where it leads; sealed tokens are never the same twice."""
    if response.streaming:
        response.getvalue()
    return response.status_code, SEALED.sub("*", response.headers.get("Location", ""))


def stored(world: World) -> dict[str, Any]:
    with account_context(world.account):
        return everything() | {"Account": list(Account.objects.filter(pk=world.account.pk).values())}


@pytest.mark.parametrize("name", POSTS)
def test_a_form_sent_twice_is_obeyed_once_and_leads_to_the_same_place(name: str, worlds: dict[bool, World]) -> None:
    where = world_of(name, worlds)
    with taken_back():
        client, url = signed_in(where, name), address(where, name)
        sent, before = said(where, POSTS[name].valid), stored(where)

        first = outcome(client.post(url, sent))
        once = stored(where)
        second = outcome(client.post(url, rewound(sent)))
        twice = stored(where)

    assert (first[0] in (200, 302), second) == (True, first), (first, second)
    if not POSTS[name].repeats:
        assert twice == once
    assert name in CHANGE_NOTHING or once != before


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("way", ["valid", "invalid", "empty"])
def test_the_address_of_a_form_can_be_opened_again_in_any_language_and_after_signing_in(
    way: str, name: str, worlds: dict[bool, World]
) -> None:
    where = world_of(name, worlds)
    sent = {} if way == "empty" else said(where, getattr(POSTS[name], way))
    with taken_back():
        client, url = signed_in(where, name), address(where, name)

        posted = [client.post(url, rewound(sent)) for _ in range(2)]
        opened = client.get(url, follow=True)
        switched = client.post(reverse("accounts:language"), {"language": "en", "next": url}, follow=True)
        client.logout()
        asked = client.post(url, {})
        signing_in.sign_in(client, where.person)
        returned = client.get(url, follow=True)

    found = [outcome(response)[0] for response in (*posted, opened, switched, asked, returned)]
    assert not any(status >= 500 or status == 405 for status in found), found
