"""Sends requests that nobody would send, and tells how they were answered. `requests` is the command."""

import logging
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

from django.core.signals import got_request_exception
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from contacts.models import ContactList
from smsplatform.accounts.models import Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.fuzz import garbage
from tests.owner import platform_admin
from tests.support import signing_in
from tests.support.world import World, taken_back

MARKETER, MANAGER, ADMIN, VISITOR = "marketer", "manager", "admin", "visitor"
METHODS = (
    "get",
    "get",
    "get",
    "get",
    "post",
    "post",
    "post",
    "post",
    "post",
    "head",
    "put",
    "delete",
    "patch",
    "options",
)


@dataclass
class Report:
    """`answers`: statuses by address. `errors`: what went wrong, with all that is needed to send it again."""

    answers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    errors: list[str] = field(default_factory=list)

    def table(self) -> str:
        classes = ("2xx", "3xx", "4xx", "5xx")
        total: Counter[str] = Counter()
        lines = [f"{'address':<48}" + "".join(f"{one:>7}" for one in classes)]
        for name, counts in sorted(self.answers.items()):
            total += counts
            lines.append(f"{name:<48}" + "".join(f"{counts[one]:>7}" for one in classes))
        lines.append(f"{f'{total.total()} requests':<48}" + "".join(f"{total[one]:>7}" for one in classes))
        return "\n".join([*lines, *self.errors])


def addresses(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the parts of every address, those of the libraries too."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from addresses(entry, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            parts = list(getattr(entry.pattern, "converters", {})) or list(entry.pattern.regex.groupindex)
            yield ":".join([*namespaces, entry.name]), parts


class Fuzzer:
    def __init__(self, worlds: list[World], sent: dict[str, Any]) -> None:
        """`sent`: what each address takes, by its name, to begin from."""
        self.worlds, self.sent = worlds, sent
        self.addresses = sorted(dict(addresses(get_resolver())).items())
        self.people = {world.account.pk: self._people(world) for world in worlds}

    @staticmethod
    def _people(world: World) -> dict[str, User]:
        marketer = User.objects.create_user(f"marketer-{world.account.pk}@example.com", name="Marc")
        admin = platform_admin(f"admin-{world.account.pk}@example.com")
        with account_context(world.account):
            Membership.objects.create(account=world.account, user=marketer, role=Role.MARKETER)
        return {MARKETER: marketer, MANAGER: world.person, ADMIN: admin}

    def run(self, count: int, seed: int, only: int | None = None) -> Report:
        report = Report()
        logging.disable()  # thousands of refusals
        for number in range(count) if only is None else [only]:
            # Each request by itself, whatever was sent before; every address is met equally often.
            source = Random(f"{seed}:{number}")
            name, parts = self.addresses[number % len(self.addresses)]
            with taken_back():
                self._send(report, source, number, name, parts)
        logging.disable(logging.NOTSET)
        return report

    def _send(self, report: Report, source: Random, number: int, name: str, parts: list[str]) -> None:
        world = source.choice(self.worlds)
        actor = source.choice((MARKETER, MARKETER, MANAGER, MANAGER, ADMIN, VISITOR))
        if name.startswith("admin:"):
            actor = source.choice((ADMIN, ADMIN, ADMIN, MANAGER))
        client, raised = Client(raise_request_exception=False), list[str]()
        if actor != VISITOR:
            signing_in.sign_in(client, self.people[world.account.pk][actor])
        request = self._request(source, world, name, parts)

        def note(**_given: Any) -> None:
            raised.append("".join(traceback.format_exception(sys.exception(), limit=-4)))

        got_request_exception.connect(note)
        try:
            response = client.generic(**request)
            response.getvalue()
            status = response.status_code
        except Exception:  # an answer that breaks while it is sent
            raised.append("".join(traceback.format_exc(limit=-4)))
            status = 500
        finally:
            got_request_exception.disconnect(note)
        report.answers[name][f"{status // 100}xx"] += 1
        if status >= 500:
            shown = f"{actor} of {world.account.pk}: {request['method']} {request['path'][:300]}"
            report.errors.append(f"\n--only {number}  {status}  {shown}\n{str(request)[:1500]}\n{''.join(raised)}")

    def _request(self, source: Random, world: World, name: str, parts: list[str]) -> dict[str, Any]:
        method = source.choice(METHODS)
        given = self._given(source, world, name)
        request: dict[str, Any] = {"method": method.upper(), "path": self._path(source, world, name, parts)}
        in_address = given if method in ("get", "head") or source.random() < 0.2 else {}
        if in_address:
            request["QUERY_STRING"] = garbage.query(source, in_address)
        elif name in self.sent and source.random() < 0.7:
            request["QUERY_STRING"] = _for(world, self.sent[name].query, "").removeprefix("?")
        if method not in ("get", "head"):
            request["data"], request["content_type"] = garbage.body(source, given)
        request["headers"] = garbage.headers(source)
        return request

    def _given(self, source: Random, world: World, name: str) -> dict[str, Any]:
        """Return what an address takes, with some of it replaced."""
        given: dict[str, Any] = {}
        if name in self.sent and source.random() < 0.8:
            with account_context(world.account):
                given = _made(self.sent[name], world, source)
        return garbage.mutated(source, given, garbage.tokens(source, world))

    @staticmethod
    def _path(source: Random, world: World, name: str, parts: list[str]) -> str:
        things = world.ids | {"object_id": world.account.pk, "app_label": "accounts", "content_type_id": 1}
        things |= {part: things.get(f"{name}.{part}", things.get(part, garbage.word(source))) for part in parts}
        if parts and source.random() < 0.25:
            things[source.choice(parts)] = garbage.word(source)
        try:
            return reverse(name, kwargs={part: things[part] for part in parts})
        except (NoReverseMatch, UnicodeEncodeError):
            try:
                return reverse(name, kwargs={part: source.choice(["1", "0", str(2**63), "a"]) for part in parts})
            except NoReverseMatch:
                return f"/{quote(name)}/{quote(garbage.word(source), errors='replace')}/"


def _made(post: Any, world: World, source: Random) -> dict[str, Any]:
    """Return what is sent, made for this world; a payload for another kind of account has nothing to be made of here."""
    made = source.choice([post.valid, post.valid, post.invalid])
    return dict(_for(world, made, {}) if callable(made) else made)


def _for(world: World, make: Callable[[World], Any], otherwise: Any) -> Any:
    """Make something of a world, where it has what that is made of."""
    try:
        return make(world)
    except (LookupError, ContactList.DoesNotExist):
        return otherwise
