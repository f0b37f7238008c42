import pytest
from django.test import Client
from django.urls import reverse

from smsplatform.accounts.models import Account, Membership, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import flashes, forget_the_account
from tests.conftest import SignIn

PREFERENCES = reverse("accounts:preferences")
TYPED = {"name": "Zoé", "language": "en", "time_zone": "Indian/Reunion", "theme": "DARK"}


def saved(user: User) -> dict[str, str]:
    user.refresh_from_db()
    return {name: getattr(user, name) for name in TYPED}


def test_preferences_are_saved_and_the_next_page_follows_them(client_of_marketer: Client, marketer: User) -> None:
    response = client_of_marketer.post(PREFERENCES, TYPED)
    page = client_of_marketer.get(PREFERENCES).content.decode()

    assert flashes(response) == ["Your preferences are saved."]
    assert saved(marketer) == TYPED
    assert '<html lang="en" data-theme="dark" data-bs-theme="dark">' in page
    assert "Times in the Indian/Reunion time zone" in page


def test_preferences_show_the_present_choices_in_french(client_of_marketer: Client) -> None:
    response = client_of_marketer.get(PREFERENCES)

    form = response.context["form"]
    assert {name: form[name].value() for name in form.fields} == {
        "name": "Marketer",
        "language": "fr",
        "time_zone": "Europe/Paris",
        "theme": "AUTO",
    }
    assert "Fuseau horaire" in response.content.decode()


@pytest.mark.parametrize(
    "field, value",
    [("name", ""), ("name", "Zoé\tBcc"), ("language", "de"), ("time_zone", "Mars/Base"), ("theme", "X")],
)
def test_preferences_refuse_a_wrong_value_and_keep_the_rest(
    client_of_marketer: Client, marketer: User, field: str, value: str
) -> None:
    before = saved(marketer)

    response = client_of_marketer.post(PREFERENCES, {**TYPED, field: value})

    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (422, [field])
    assert {name: form[name].value() for name in TYPED} == {**TYPED, field: value}
    assert saved(marketer) == before


def test_preferences_are_for_people_without_an_account_too(db: None, sign_in: SignIn) -> None:
    client = sign_in(User.objects.create_user("alone@example.com"))

    assert client.get(PREFERENCES).status_code == 200


@pytest.mark.parametrize("name", ["language", "theme", "switch"])
def test_an_opened_address_of_a_choice_leads_home(client_of_marketer: Client, name: str) -> None:
    assert client_of_marketer.get(reverse(f"accounts:{name}")).headers["Location"] == reverse("home")


def test_language_of_a_person_is_kept_on_the_profile(client_of_marketer: Client, marketer: User) -> None:
    response = client_of_marketer.post(reverse("accounts:language"), {"language": "en", "next": "/lists/"})

    assert response.headers["Location"] == "/lists/"
    assert saved(marketer)["language"] == "en"


def test_language_of_a_stranger_is_kept_in_a_cookie(client: Client, db: None) -> None:
    login = reverse("account_login")

    client.post(reverse("accounts:language"), {"language": "en", "next": login})
    page = client.get(login).content.decode()

    assert '<html lang="en"' in page
    assert "Access is by invitation" in page


def test_an_unknown_language_changes_nothing(client_of_marketer: Client, marketer: User) -> None:
    client_of_marketer.post(reverse("accounts:language"), {"language": "xx"})

    assert saved(marketer)["language"] == "fr"


@pytest.mark.parametrize("name", ["language", "theme"])
def test_choices_never_lead_to_another_site(client_of_marketer: Client, name: str) -> None:
    values = {"language": "en", "theme": "DARK", "next": "https://evil.example/"}

    response = client_of_marketer.post(reverse(f"accounts:{name}"), values)

    assert response.headers["Location"] == "/"


def test_theme_is_kept_and_the_page_comes_back(client_of_marketer: Client, marketer: User) -> None:
    response = client_of_marketer.post(reverse("accounts:theme"), {"theme": "DARK", "next": "/imports/"})

    assert response.headers["Location"] == "/imports/"
    assert saved(marketer)["theme"] == "DARK"


def test_an_unknown_theme_changes_nothing(client_of_marketer: Client, marketer: User) -> None:
    client_of_marketer.post(reverse("accounts:theme"), {"theme": "PINK"})

    assert saved(marketer)["theme"] == "AUTO"


def test_switch_opens_another_account_of_the_person(
    account: Account, other_account: Account, marketer: User, sign_in: SignIn
) -> None:
    with account_context(other_account):
        Membership.objects.create(account=other_account, user=marketer)
    client = sign_in(marketer)

    response = client.post(reverse("accounts:switch"), {"account": other_account.pk})
    forget_the_account()
    page = client.get(PREFERENCES)

    assert (response.headers["Location"], flashes(response)) == (
        "/",
        ["Vous travaillez maintenant dans Mairie de Laval."],
    )
    assert page.context["account"] == other_account


@pytest.mark.parametrize(
    "wanted, location",
    [
        ("/imports/", "/imports/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_switch_goes_on_with_a_page_of_ours_only(
    account: Account, client_of_marketer: Client, wanted: str, location: str
) -> None:
    response = client_of_marketer.post(reverse("accounts:switch"), {"account": account.pk, "next": wanted})

    assert response.headers["Location"] == location


@pytest.mark.parametrize("value", ["", "abc", "other"])
def test_switch_to_an_account_of_others_is_not_found(
    account: Account, other_account: Account, client_of_marketer: Client, value: str
) -> None:
    chosen = other_account.pk if value == "other" else value

    response = client_of_marketer.post(reverse("accounts:switch"), {"account": chosen})

    assert response.status_code == 404
    assert client_of_marketer.get(PREFERENCES).context["account"] == account
