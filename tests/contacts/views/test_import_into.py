"""Imports into a list that exists, as people do them: choose, check what changes, confirm, undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList, Exclusion, Import, ListEntry
from contacts.operations import imports
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.contacts.factories import make_exclusion, make_list
from tests.contacts.operations.importing import done

ANNE, BOB = 33612345601, 33612345602
FILE = b"Mobile;Nom\n0612345601;Anne\n0612345602;Bob\n"


@pytest.fixture
def clients(account: Account) -> ContactList:
    with account_context(account):
        clients = make_list(account, columns=[{"key": "c1", "name": "Nom"}])
        ListEntry.objects.create(account=account, contact_list=clients, phone=ANNE, values={"c1": "Ann"})
        return clients


def sent(client: Client, clients: ContactList, **data: str) -> Import:
    file = SimpleUploadedFile("clients.csv", FILE)
    url = reverse("contacts:list_import", args=[clients.pk])
    client.post(url, {"source": "FILE", "file": file, "target": "APPEND", "updates_existing": "on", **data})
    with account_context(clients.account):
        imported = Import.objects.latest("pk")
        imports.analyse(clients.account, import_id=imported.pk, now=NOW)
        imported.refresh_from_db()
    return imported


def page_of(client: Client, imported: Import) -> str:
    return client.get(reverse("contacts:import_show", args=[imported.pk])).content.decode()


def test_what_changes_is_said_before_anything_is_written(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)

    page = page_of(client, sent(client, clients))

    assert "1 nouveau contact" in page
    assert "1 mis à jour" in page
    assert "<del>Ann</del> <ins>Anne</ins>" in page
    assert '<option value="NEW">Nouvelle colonne</option>' in page
    with account_context(clients.account):
        assert ListEntry.objects.values_list("phone", "values__c1").get() == (ANNE, "Ann")


def test_who_said_stop_is_told_with_the_day(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    with account_context(clients.account):
        make_exclusion(clients.account, BOB)
    client = sign_in(marketer)

    assert "<td>STOP le 12/03/2026</td>" in page_of(client, sent(client, clients))


def test_the_same_file_is_noticed_before_it_is_imported_again(
    clients: ContactList, marketer: User, sign_in: SignIn
) -> None:
    with account_context(clients.account):
        done(clients.account, marketer, FILE, list_name="Printemps")
    client = sign_in(marketer)

    page = page_of(client, sent(client, clients))

    assert "Ce fichier a déjà été importé le" in page
    assert "«\u00a0Printemps\u00a0»" in page


def test_columns_can_be_sent_elsewhere(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)
    imported = sent(client, clients)

    sent_back = {"seen": imported.settings_digest, "column_1": "NEW"}
    client.post(reverse("contacts:import_correct", args=[imported.pk]), sent_back)

    with account_context(clients.account):
        assert Import.objects.get(pk=imported.pk).overrides == {"columns": {"1": "NEW"}}


def test_an_import_is_undone_after_its_effect_was_shown(clients: ContactList, marketer: User, sign_in: SignIn) -> None:
    with account_context(clients.account):
        imported = done(clients.account, marketer, FILE, target="APPEND", contact_list=clients)
    client = sign_in(marketer)
    url = reverse("contacts:import_undo", args=[imported.pk])

    asked = client.get(url).content.decode()
    told = client.post(url, follow=True).content.decode()

    assert "1 numéro est retiré." in asked
    assert "1 contact redevient comme avant." in asked
    assert "import est annulé." in told
    with account_context(clients.account):
        assert ListEntry.objects.values_list("phone", "values__c1").get() == (ANNE, "Ann")


def test_exclusions_are_taken_back_only_by_who_manages_the_account(
    account: Account, marketer: User, sign_in: SignIn
) -> None:
    with account_context(account):
        imported = done(account, marketer, FILE, target="EXCLUDE", list_name="Liste d’exclusion")

    response = sign_in(marketer).post(reverse("contacts:import_undo", args=[imported.pk]))

    assert response.status_code == 403
    with account_context(account):
        assert Exclusion.objects.count() == 2


def test_a_wrong_choice_keeps_the_form_and_writes_nothing(
    clients: ContactList, marketer: User, sign_in: SignIn
) -> None:
    url = reverse("contacts:list_import", args=[clients.pk])

    response = sign_in(marketer).post(url, {"source": "FILE", "target": "NOTHING"})

    assert response.status_code == 422
    with account_context(clients.account):
        assert Import.objects.count() == 0
