"""A button pressed twice at the same moment, on two connections: the second waits, and leads where the first led."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList, Import, ListBatch
from contacts.operations import lists
from directory.models import Contact
from directory.operations import directories
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from smsplatform.ui.templatetags.ui import FORM_ID
from tests.conftest import NOW
from tests.directory.importing import analysed
from tests.support import signing_in
from tests.together import PATIENCE_SECONDS, shared_account

FILE = b"Nom;Mobile\nDupont;06 12 34 56 78\n"


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Account, User]]:
    with shared_account(django_db_blocker) as (account, person):
        with account_context(account):
            Membership.objects.create(account=account, user=person, role=Role.ADMIN)
        yield account, person
        with account_context(account):
            ListBatch.objects.filter(account=account).delete()


def pressed_twice(person: User, url: str, make_form: Any) -> list[tuple[int, str]]:
    """Send the same form from two browsers' connections at once; return what they were answered."""
    ready, answers = threading.Barrier(2), []
    clients = [Client(), Client()]
    signing_in.sign_in(clients[0], person)
    clients[1].cookies = clients[0].cookies

    def press(client: Client) -> None:
        try:
            form = {FORM_ID: "one"} | make_form()
            ready.wait(PATIENCE_SECONDS)
            response = client.post(url, form)
            answers.append((response.status_code, response.headers.get("Location", "")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[client], daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return answers


def test_one_list_is_made(shared: tuple[Account, User]) -> None:
    account, person = shared

    answers = pressed_twice(person, reverse("contacts:list_create"), lambda: {"name": "Clients", "source": "EMPTY"})

    with account_context(account):
        made = ContactList.objects.get(account=account)
    assert answers == [(302, reverse("contacts:list_show", args=[made.pk]))] * 2


def test_one_import_is_made_of_a_file(shared: tuple[Account, User]) -> None:
    account, person = shared

    def form() -> dict[str, Any]:
        return {"name": "Clients", "source": "FILE", "file": SimpleUploadedFile("clients.csv", FILE)}

    answers = pressed_twice(person, reverse("contacts:list_create"), form)

    with account_context(account):
        made = Import.objects.get(account=account)
    assert answers == [(302, reverse("contacts:import_show", args=[made.pk]))] * 2


def test_one_copy_is_made(shared: tuple[Account, User]) -> None:
    account, person = shared
    with account_context(account):
        contact_list = lists.create(account, name="Clients", by=person, now=NOW)

    url = reverse("contacts:list_duplicate", args=[contact_list.pk])
    answers = pressed_twice(person, url, lambda: {"name": "Copie"})

    with account_context(account):
        assert sorted(ContactList.objects.values_list("name", flat=True)) == ["Clients", "Copie"]
        batch = ListBatch.objects.get(account=account)
    assert answers == [(302, reverse("contacts:batch_show", args=[batch.pk]))] * 2


def test_one_contact_is_added_and_nobody_is_told_that_it_exists(shared: tuple[Account, User]) -> None:
    account, person = shared
    with_directory(account)

    answers = pressed_twice(person, reverse("directory:contact_add"), lambda: {"number": "06 12 34 56 78"})

    with account_context(account):
        assert Contact.objects.get(account=account).phone == 33612345678
    assert [status for status, _url in answers] == [302, 302]
    assert answers[0] == answers[1]


def test_an_import_into_the_directory_starts_once(shared: tuple[Account, User]) -> None:
    account, person = shared
    with_directory(account)
    with account_context(account):
        imported = analysed(account, person, FILE)

    url = reverse("directory:import_settings_save", args=[imported.pk])
    form = {"seen": imported.settings_digest, "lifetime": "PERMANENT", "empty_cells": "KEEP"}
    answers = pressed_twice(person, url, lambda: form)

    assert answers == [(302, reverse("contacts:list_index"))] * 2
    with account_context(account):
        assert Import.objects.get(account=account).status == Import.Status.QUEUED


def with_directory(account: Account) -> None:
    with account_context(account):
        account.mode = Account.Mode.DIRECTORY
        account.save(update_fields=["mode"])
        directories.ensure(account, now=NOW)
