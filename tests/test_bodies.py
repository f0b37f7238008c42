"""Bodies that come slowly leave room for everybody else, where no proxy receives requests whole."""

import io
from collections.abc import Callable, Iterable
from typing import Any

from django.test import RequestFactory

from smsplatform.bodies import AT_ONCE, OF_ONE_ADDRESS, FewBodiesAtOnce

BODY = b"name=Clients"


def post(address: str = "192.0.2.1", body: bytes = BODY) -> dict[str, Any]:
    environ = RequestFactory().post("/", body, content_type="text/plain", REMOTE_ADDR=address).environ
    return {**environ, "HTTP_ACCEPT": "text/html", "wsgi.input": io.BytesIO(body)}


class Sent:
    """The client's end: while the application of the first call receives its body, others are made."""

    def __init__(self, *others: dict[str, Any], reads_first: bool = False) -> None:
        self.answers: list[str] = []
        self.page = ""
        self._others = list(others)
        self._reads_first = reads_first
        self._application = FewBodiesAtOnce(self._received)

    def send(self, environ: dict[str, Any]) -> None:
        def start(status: str, headers: list[tuple[str, str]]) -> None:
            self.answers.append(status)

        self.page = b"".join(self._application(environ, start)).decode()

    def _received(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if self._reads_first:
            environ["wsgi.input"].read(len(BODY))
        if self._others:
            self.send(self._others.pop())
        start("200 OK", [])
        return [b"received"]


def test_one_address_may_send_some_bodies_at_once_and_no_more() -> None:
    sent = Sent(*[post() for _ in range(OF_ONE_ADDRESS)])

    sent.send(post())

    assert sorted(sent.answers) == ["200 OK"] * OF_ONE_ADDRESS + ["503 Service Unavailable"]


def test_all_addresses_together_leave_room_for_pages() -> None:
    page = RequestFactory().get("/").environ
    sent = Sent(page, *[post(f"192.0.2.{n}") for n in range(AT_ONCE)])

    sent.send(post("192.0.2.100"))

    assert sorted(sent.answers) == ["200 OK"] * AT_ONCE + ["503 Service Unavailable"]
    sent.send(page)
    assert sent.answers[-1] == "200 OK"


def test_a_body_that_has_come_keeps_nobody_out() -> None:
    sent = Sent(*[post() for _ in range(AT_ONCE * 2)], reads_first=True)

    sent.send(post())

    assert sent.answers == ["200 OK"] * (AT_ONCE * 2 + 1)


def test_places_are_free_again_after_an_error() -> None:
    def fails(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raise ConnectionError

    application = FewBodiesAtOnce(fails)
    errors = 0

    for _ in range(AT_ONCE * 2):
        try:
            application(post(), lambda *_: None)
        except ConnectionError:
            errors += 1

    assert errors == AT_ONCE * 2


def test_who_is_refused_is_told_so_in_words() -> None:
    refused = Sent()
    refused._application = FewBodiesAtOnce(lambda *_: [])
    refused._application._receiving["192.0.2.1"] = OF_ONE_ADDRESS

    refused.send(post())

    assert refused.answers == ["503 Service Unavailable"]
    assert "Trop d’envois arrivent en même temps de votre réseau" in refused.page
