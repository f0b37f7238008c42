"""What the web server hands on, before any page is asked."""

import io
from typing import Any

import pytest
from django.test import RequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the web server calls; importing it says what this process is, which the tests after this one are not."""
    monkeypatch.setenv("PROCESS", "web")
    from smsplatform.wsgi import application

    return application


def answer(application: Any, content_type: str) -> str:
    """Return the status of a form that says what it is written in."""
    environ = RequestFactory().post("/static/none.css", b"a=b", content_type="text/plain").environ
    said: list[Any] = []
    response: Any = application(
        environ | {"CONTENT_TYPE": content_type, "wsgi.input": io.BytesIO(b"a=b")},
        lambda status, _headers: said.append(status),
    )
    b"".join(response)
    return str(said[0])


@pytest.mark.parametrize("charset", ["base64", "hex", "undefined", "rot13", "nothing", "a\0b"])
def test_a_body_in_no_encoding_of_texts_is_refused(application: Any, charset: str) -> None:
    assert answer(application, f"application/x-www-form-urlencoded; charset={charset}") == "400 Bad Request"


@pytest.mark.parametrize("content_type", ["", "x", "application/x-www-form-urlencoded", "text/plain; charset=UTF-8"])
def test_other_bodies_are_handed_on(application: Any, content_type: str) -> None:
    assert answer(application, content_type) == "404 Not Found"
