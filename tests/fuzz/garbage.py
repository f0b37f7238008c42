"""What nobody would send: words, forms, JSON, headers and tokens that went wrong."""

import json
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from smsplatform.lib.sealed import PERSONAL, Purpose, seal
from tests.support.world import World

WORDS = (
    "", " ", "\0", "a\0b", "0", "-1", "1", "2", "7.5", "1e309", "NaN", "Infinity", "9" * 18, "9" * 19, "9" * 5000, str(2**31),
    str(2**63), str(2**63 - 1), "²", "٣", "½", "x" * 300, "x" * 70_000, "é", "\u202e", "\ufeff", "🙂" * 100, "\ud800", "%s%n{0}",
    "%(x)s", "{x}", "{{ x }}", "<script>", "'; --", "\\", "../../etc/passwd", "true", "on", "null", "[]", "{}", "[" * 3000,
    '{"a":' * 3000, "9999-12-31", "0001-01-01", "31/12/9999", "2026-02-30", "06 12 34 56 78", "+33612345678", "06" * 500, "\n",
    "\r\n", "a\nb", "-name", "-", "--", "a1", "-a1", "PHONE", "1,2,3", ",", ";", "remove:99", "add:", "group", "BIN", "CSV",
    "NEW", "EMPTY", "FILE", "PASTE", "DELETE", "EXPORT", "http://[", "//evil.example", "javascript:1", "xx", "FR", "tlh",
)  # fmt: skip
FIELDS = (
    "list", "q", "search", "sort", "do", "excluded", "match", "c_field", "c_is", "c_value", "c_group", "group", "group_match",
    "page", "draft", "number", "contact_list", "a1", "a2", "a4", "action", "everything", "selection", "contact", "expected",
    "reason", "name", "description", "lifetime", "months", "way", "seen", "into", "source", "with", "type", "variable", "to",
    "column", "key", "move", "back", "numbers", "enabled", "trial", "before", "after", "at", "entry", "id", "undo", "fix", "line",
    "status", "subject", "actor", "since", "until", "email", "login", "password", "next", "language", "format", "columns",
    "lists", "form_id", "shown_account", "pasted", "number-4", "reference_data", "code", "o", "p", "all", "_popup", "_to_field",
    "e", "is_active__exact", "mode__exact", "created_at__gte", "_changelist_filters", "select_across", "count", "table",
)  # fmt: skip
LEAVES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, float("inf"), float("nan"), "", "\0", "\ud800", "x" * 5000, [], {}, [[]], {"a": {}}, "c1",
)  # fmt: skip
TYPES = (
    "application/json", "text/plain", "", "multipart/form-data", "multipart/form-data; boundary=", "application/octet-stream",
    "multipart/form-data; boundary=\xff", "application/x-www-form-urlencoded; charset=utf-16", "a/b; charset=utf-32", "x",
    "application/x-www-form-urlencoded; charset=nothing", f"{MULTIPART_CONTENT}; charset=utf-7", "multipart/mixed; boundary=x",
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "HX-Request": ("true", "false", "\xff"),
    "HX-Current-URL": (
        "http://[",
        "http://testserver/lists/?page=x",
        "//",
        "\xff",
        "http://testserver:99999999/",
        "x" * 5000,
    ),
    "HX-Target": ("results", "\xff", "%FF"),
    "HX-Trigger-Name": ("%", "\xff"),
    "HX-History-Restore-Request": ("true",),
    "HX-Boosted": ("true",),
    "X-Fragment": ("grid", "rule", "#x", ""),
    "X-Shown-Account": ("", "0", "x", "9" * 40),
    "Accept-Language": ("tlh", "fr-" + "x" * 3000, "\xff", "*;q=9"),
    "Referer": ("http://[", "\xff", "javascript:1", "http://testserver/lists/"),
    "Host": ("evil.example", "[", "testserver:x", ""),
    "X-Forwarded-For": ("x", "1.2.3.4, \xff", "::::"),
    "Range": ("bytes=0-", "bytes=x"),
    "If-Modified-Since": ("x", "Thu, 01 Jan 0000 00:00:00 GMT"),
    "If-None-Match": ("*", '"'),
    "Cookie": ("sessionid=\xff", "sessionid=" + "x" * 300, "messages=x:y:z", "django_language=\xff", ";;="),
    "Accept": ("application/json", "\xff"),
}


def word(source: Random) -> str:
    return source.choice(WORDS)


def tokens(source: Random, world: World) -> list[str]:
    """Return tokens of ours: of any purpose, with a value of any kind, some of them damaged."""
    made = []
    for purpose in source.sample(list(Purpose), 3):
        person = {"person": world.person.pk} if purpose in PERSONAL else {}
        value = source.choice(
            [*LEAVES[:4], "\0", "x", 33612345678, ["", 33612345678], [33612345678, {}], {"search": "\0"}]
        )
        token = seal(value, purpose=purpose, account=world.account.pk, **person)
        made.append(source.choice([token, token[:-1], token + "A", token.swapcase()]))
    return made


def mutated(source: Random, given: dict[str, Any], tokens: list[str]) -> dict[str, Any]:
    """Return the parameters with some replaced, some left out, some more."""
    changed = dict(given)
    for name in list(changed):
        if source.random() < 0.25:
            changed[name] = _value(source, changed[name], tokens)
        elif source.random() < 0.05:
            del changed[name]
    for name in source.sample(FIELDS, source.randrange(6)):
        changed[name] = _value(source, "", tokens)
    return changed


def _value(source: Random, value: Any, tokens: list[str]) -> Any:
    if isinstance(value, SimpleUploadedFile):
        return _file(source, value)
    if source.random() < 0.15:
        return source.choice(tokens)
    if source.random() < 0.1:
        return [word(source) for _ in range(source.choice((2, 3, 300)))]
    return word(source)


def _file(source: Random, file: SimpleUploadedFile) -> SimpleUploadedFile:
    data = bytearray(file.read())
    if file.name.endswith(".json") and source.random() < 0.8:
        data = bytearray(mutated_json(source, json.loads(data)))
    else:
        for _ in range(source.choice((0, 1, 5, 50))):
            data[source.randrange(len(data))] = source.randrange(256)
    return SimpleUploadedFile(source.choice([file.name, "x" * 300, "é\0.csv", "a/b"]), bytes(data))


def mutated_json(source: Random, value: Any) -> bytes:
    """Return JSON like the value, with leaves and branches replaced, nested too deep or cut off."""
    text = json.dumps(_changed(source, value))
    if source.random() < 0.1:
        text = "[" * 20_000 + text
    return text.encode()[: source.choice((None, None, None, len(text) // 2))]


def _changed(source: Random, value: Any) -> Any:
    if source.random() < 0.12:
        return source.choice(LEAVES)
    if isinstance(value, dict):
        names = {name: source.choice(WORDS[:20]) if source.random() < 0.05 else name for name in value}
        return {names[name]: _changed(source, one) for name, one in value.items()}
    if isinstance(value, list):
        return [_changed(source, one) for one in value for _ in range(source.choice((1, 1, 1, 2)))]
    return value


def query(source: Random, given: dict[str, Any]) -> str:
    """Return a query string; some of it can be read in no encoding."""
    texts = {name: value for name, value in given.items() if not isinstance(value, SimpleUploadedFile)}
    # Longer ones never get through a server.
    encoded = urlencode(texts, doseq=True, errors="surrogatepass")[:8_000]
    return encoded + source.choice(("", "", "", "&%FF=%FE", "&=", "&a&&", "&q=%", "&page=%00", "&\xff", ";" * 50))


def body(source: Random, given: dict[str, Any]) -> tuple[bytes, str]:
    """Return a body and its content type, which do not always fit."""
    kind = source.random()
    if kind < 0.5:
        readable = {name: value for name, value in given.items() if _is_readable(value)}
        data = encode_multipart(BOUNDARY, {name: "" if value is None else value for name, value in readable.items()})
        if source.random() < 0.1:
            data = data[: len(data) // 2]
        fits = MULTIPART_CONTENT
    elif kind < 0.8:
        data, fits = query(source, given).encode("latin-1", "replace"), "application/x-www-form-urlencoded"
    else:
        texts = {name: str(value) for name, value in given.items()}
        data, fits = mutated_json(source, {"rows": [texts], "columns": [], **texts}), "application/json"
    return data, source.choice(TYPES) if source.random() < 0.15 else fits


def _is_readable(value: Any) -> bool:
    """Return whether the test client can write it: browsers never send half a surrogate pair."""
    texts = value if isinstance(value, list) else [value]
    return not any(isinstance(text, str) and "\ud800" in text for text in texts)


def headers(source: Random) -> dict[str, str]:
    names = source.sample(list(HEADERS), source.choice((0, 0, 1, 1, 2, 4)))
    return {name: source.choice(HEADERS[name]) for name in names}
