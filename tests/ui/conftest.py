"""A page of ours in a real browser, from a small server of its own: the modules of static/app without the platform."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django import forms
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, Page

from smsplatform.accounts.models import User
from tests.browser.conftest import WATCH_POLICY

STATIC = Path(__file__).resolve().parents[2] / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
)


class FileForm(forms.Form):
    file = forms.FileField(required=False)


def render(content: str) -> str:
    """Return a French page of the product with `content` in it, for a person who is not in the database."""
    request = RequestFactory().get("/")
    request.user = User(email="zoe@example.com", name="Zoé")
    request.resolver_match = None
    source = "{% extends 'base.html' %}{% load ui i18n %}{% block title %}Test{% endblock %}"
    with translation.override("fr"):
        template = Template(source + "{% block content %}" + content + "{% endblock %}")
        return template.render(RequestContext(request, {"form": FileForm()}))


@dataclass
class Answer:
    """What the site says to a path: a page, or a redirect to `location`; `status` 0 cuts the connection."""

    body: str = ""
    status: int = 200
    location: str = ""


@dataclass
class Site:
    """The site under test. `received` holds (method, path, headers, body) of what is not a static file."""

    answers: dict[str, Answer] = field(default_factory=dict)
    received: list[tuple[str, str, Any, bytes]] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)

    def paths(self, method: str) -> list[str]:
        return [path for verb, path, _, _ in self.received if verb == method]

    def last(self, path: str) -> tuple[Any, bytes]:
        """Return the headers and body of the last request to a path."""
        return next((headers, body) for _, seen, headers, body in reversed(self.received) if seen == path)


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.startswith("/static/"):
                file = STATIC / path.removeprefix("/static/")
                self.reply(200, file.read_bytes(), TYPES[file.suffix])
                return
            self.answer("GET", b"")

        def do_POST(self) -> None:
            site.hold.wait(timeout=10)
            self.answer("POST", self.rfile.read(int(self.headers["Content-Length"] or 0)))

        def answer(self, method: str, body: bytes) -> None:
            path = urlsplit(self.path).path
            site.received.append((method, self.path, self.headers, body))
            answer = site.answers.get(f"{method} {path}", Answer(status=404))
            if answer.status == 0:
                self.connection.close()
                return
            self.reply(answer.status, answer.body.encode(), "text/html; charset=utf-8", answer.location)

        def reply(self, status: int, body: bytes, kind: str, location: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.hold.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(site))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    site.answers["address"] = Answer(f"http://127.0.0.1:{server.server_port}")
    yield site
    site.hold.set()
    server.shutdown()
    thread.join()
    server.server_close()


Show = Callable[[str], Page]


@pytest.fixture
def show(site: Site, chrome: Browser) -> Iterator[Show]:
    """Open the page `/` with this content; afterwards no script may have failed or broken the policy."""
    context = chrome.new_context(base_url=site.answers["address"].body, locale="fr-FR")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(WATCH_POLICY)
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def open_page(content: str) -> Page:
        site.answers["GET /"] = Answer(render(content))
        page.goto("/")
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    violations = page.evaluate("window.policyViolations")
    context.close()
    assert (errors, violations) == ([], [])
