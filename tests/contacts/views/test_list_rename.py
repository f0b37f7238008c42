import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList
from contacts.operations.lists import naming_digest
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import flashes
from tests.conftest import NOW, SignIn
from tests.contacts.factories import make_list


@pytest.fixture
def contact_list(account: Account) -> ContactList:
    with account_context(account):
        return make_list(account, "Clients", description="Du magasin")


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


def url(contact_list: ContactList) -> str:
    return reverse("contacts:list_rename", args=[contact_list.pk])


def typed(contact_list: ContactList, name: str = "Clients VIP", description: str = "Les fidèles") -> dict[str, str]:
    return {"name": name, "description": description, "seen": naming_digest(contact_list)}


def naming(account: Account) -> tuple[str, str]:
    with account_context(account):
        return ContactList.objects.values_list("name", "description").get()


def events(account: Account) -> list[tuple[str, str]]:
    with account_context(account):
        return list(AuditEvent.objects.values_list("action", "subject"))


def test_the_form_shows_the_present_name_and_description(contact_list: ContactList, client_of_marketer: Client) -> None:
    page = client_of_marketer.get(url(contact_list)).content.decode()

    assert 'value="Clients"' in page
    assert "Du magasin</textarea>" in page


def test_a_list_gets_another_name_and_description(
    account: Account, contact_list: ContactList, client_of_marketer: Client
) -> None:
    response = client_of_marketer.post(url(contact_list), typed(contact_list))

    assert response.headers["Location"] == reverse("contacts:list_show", args=[contact_list.pk])
    assert flashes(response) == ["La liste s'appelle maintenant «\xa0Clients VIP\xa0»."]
    assert naming(account) == ("Clients VIP", "Les fidèles")
    assert events(account) == [("LIST_RENAMED", "Clients → Clients VIP")]
    with account_context(account):
        assert ContactList.objects.get().updated_at > NOW


def test_a_new_description_alone_is_noted_under_the_name(
    account: Account, contact_list: ContactList, client_of_marketer: Client
) -> None:
    client_of_marketer.post(url(contact_list), typed(contact_list, name="Clients"))

    assert (naming(account), events(account)) == (("Clients", "Les fidèles"), [("LIST_RENAMED", "Clients")])


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 121])
def test_a_wrong_name_is_refused_and_what_was_typed_stays(
    account: Account, contact_list: ContactList, client_of_marketer: Client, name: str
) -> None:
    response = client_of_marketer.post(url(contact_list), typed(contact_list, name=name))

    assert response.status_code == 422
    assert response.context["form"]["description"].value() == "Les fidèles"
    assert (naming(account), events(account)) == (("Clients", "Du magasin"), [])


def test_the_second_of_two_people_is_told_keeps_what_they_typed_and_may_insist(
    account: Account, contact_list: ContactList, client_of_marketer: Client
) -> None:
    client_of_marketer.post(url(contact_list), typed(contact_list, name="Première"))

    second = client_of_marketer.post(url(contact_list), typed(contact_list, name="Seconde"))
    in_between = naming(account)
    insisted = {"name": "Seconde", "description": "Les fidèles", "seen": second.context["seen"]}
    client_of_marketer.post(url(contact_list), insisted)

    page = second.content.decode()
    assert (second.status_code, in_between[0]) == (422, "Première")
    assert "Quelqu'un d'autre" in page.replace("&#x27;", "'")
    assert 'value="Seconde"' in page
    assert ">Première</a>" in page
    assert naming(account)[0] == "Seconde"


def test_a_deleted_list_is_not_renamed(account: Account, contact_list: ContactList, client_of_marketer: Client) -> None:
    with account_context(account):
        ContactList.objects.update(deleted_at=NOW)

    assert client_of_marketer.post(url(contact_list), typed(contact_list)).status_code == 404
    assert naming(account)[0] == "Clients"


def test_who_only_reads_renames_nothing(
    account: Account, contact_list: ContactList, reader: User, sign_in: SignIn
) -> None:
    client = sign_in(reader)

    answers = [client.get(url(contact_list)), client.post(url(contact_list), typed(contact_list))]

    assert ([answer.status_code for answer in answers], naming(account)[0]) == ([403, 403], "Clients")
