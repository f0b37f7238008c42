"""allauth's pages in our shells and in French."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from smsplatform.accounts.models import User
from tests.conftest import SignIn
from tests.owner import with_powers

LOGIN = reverse("account_login")
PASSWORD = "boulange-2026"


@pytest.fixture
def person(marketer: User) -> User:
    marketer.set_password(PASSWORD)
    marketer.save()
    return marketer


def test_login_page_labels_its_fields_and_offers_no_sign_up(db: None, client: Client) -> None:
    page = client.get(LOGIN).content.decode()

    assert re.findall(r'<label\s+for="(\w+)"', page) == ["id_login", "id_password", "id_remember"]
    assert "L'accès se fait sur invitation" in page
    assert "Se connecter avec une clé d'accès" in page
    assert reverse("account_signup") not in page


def test_login_opens_the_lists(person: User, client: Client) -> None:
    response = client.post(LOGIN, {"login": person.email, "password": PASSWORD})

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get(reverse("contacts:list_index")).status_code == 200


def test_signing_in_is_greeted(person: User, client: Client) -> None:
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})

    assert "Bienvenue, Marketer." in client.get(reverse("contacts:list_index")).content.decode()


def test_staff_without_an_account_go_to_the_administration(db: None, sign_in: SignIn) -> None:
    staff = with_powers(User.objects.create_user("staff@example.com", name="Staff"))

    response = sign_in(staff).get(reverse("contacts:list_index"))

    assert (response.status_code, response.headers["Location"]) == (302, reverse("admin:index"))


def test_a_person_without_an_account_is_told_so(db: None, sign_in: SignIn) -> None:
    nobody = User.objects.create_user("nobody@example.com", name="Nobody")

    assert sign_in(nobody).get(reverse("contacts:list_index")).status_code == 403


def test_a_wrong_password_is_told_and_the_address_kept(person: User, client: Client) -> None:
    response = client.post(LOGIN, {"login": person.email, "password": "wrong"})

    page = response.content.decode()
    assert response.status_code == 200
    assert "L’adresse e-mail ou le mot de passe sont incorrects." in page
    assert f'value="{person.email}"' in page
    assert "_auth_user_id" not in client.session


def test_sign_up_is_closed(db: None, client: Client) -> None:
    client.post(reverse("account_signup"), {"email": "a@example.com", "password1": PASSWORD, "password2": PASSWORD})

    assert User.objects.count() == 0


def test_a_forgotten_password_is_replaced_through_the_link_of_the_message(
    person: User, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email})
    link = re.search(r"http://testserver(/auth/password/reset/key/\S+)", str(mailoutbox[0].body))
    assert link
    form = client.get(link.group(1), follow=True)

    client.post(form.redirect_chain[-1][0], {"password1": "nouveau départ lundi", "password2": "nouveau départ lundi"})

    person.refresh_from_db()
    assert person.check_password("nouveau départ lundi")


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_an_address_is_called_by_one_name(db: None, client: Client, name: str) -> None:
    page = client.get(reverse(name)).content.decode()

    assert "Adresse e-mail" in page
    assert "Courriel" not in page


def test_messages_carry_the_name_of_the_product_and_not_the_host(
    person: User, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email})

    message = mailoutbox[0]
    assert message.subject == "E-mail de réinitialisation de mot de passe"
    assert str(message.body).splitlines()[0] == "Bonjour, c'est smsplatform !"


def test_an_unknown_address_gets_no_message_and_the_same_answer(
    person: User, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    known = client.post(reverse("account_reset_password"), {"email": person.email})
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [message.to for message in mailoutbox] == [[person.email]]


@pytest.mark.parametrize(
    "name, text",
    [
        ("mfa_index", "Authentification à deux facteurs"),
        ("mfa_list_webauthn", "Aucune clé d'accès pour l'instant"),
        ("account_change_password", "Modifier le mot de passe"),
        ("account_logout", "Êtes-vous sûr"),
    ],
)
def test_security_pages_are_in_the_shell_and_in_french(person: User, sign_in: SignIn, name: str, text: str) -> None:
    page = sign_in(person).get(reverse(name)).content.decode()

    assert 'id="sidebar"' in page
    assert text in page
