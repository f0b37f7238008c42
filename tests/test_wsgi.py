"""What the web server hands on, before any page is asked."""

import io
from typing import Any

import pytest
from django.test import RequestFactory

from smsplatform.wsgi import application


def answer(content_type: str) -> str:
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
def test_a_body_in_no_encoding_of_texts_is_refused(charset: str) -> None:
    assert answer(f"application/x-www-form-urlencoded; charset={charset}") == "400 Bad Request"


@pytest.mark.parametrize("content_type", ["", "x", "application/x-www-form-urlencoded", "text/plain; charset=UTF-8"])
def test_other_bodies_are_handed_on(content_type: str) -> None:
    assert answer(content_type) == "404 Not Found"
