import pytest
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.utils import translation
from django.views import defaults
from django.views.csrf import csrf_failure

from smsplatform.accounts.models import User
from tests.conftest import SignIn


@pytest.mark.parametrize(
    "language, title",
    [("fr", "Un problème est survenu de notre côté"), ("en", "Something went wrong on our side")],
)
def test_the_500_page_needs_no_database_and_no_context(language: str, title: str) -> None:
    # Without the db fixture any query fails the test.
    with translation.override(language):
        response = defaults.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert f"<h1>{title}</h1>" in response.content.decode()
    assert "{{" not in response.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "403_csrf.html", "500.html", "503.html"])
def test_error_pages_render_from_nothing(name: str) -> None:
    page = get_template(name).render({})

    assert page.count("<h1>") == 1
    assert 'href="/"' in page


def test_an_unknown_address_is_explained_in_french(db: None) -> None:
    response = Client().get("/nothing/")

    assert response.status_code == 404
    assert "Cette page n'existe pas" in response.content.decode()


def test_a_refused_page_is_explained_in_french(reader: User, sign_in: SignIn) -> None:
    response = sign_in(reader).get("/accounts/members/")

    assert response.status_code == 403
    assert "Vous ne pouvez pas faire cela" in response.content.decode()


def test_a_form_without_its_token_is_explained() -> None:
    with translation.override("fr"):
        response = csrf_failure(RequestFactory().post("/"))

    assert response.status_code == 403
    assert "Ce formulaire a expiré" in response.content.decode()
