"""Bodies that say they are in what is no encoding of texts, such as base64: Django stumbles before any page is asked."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class TextsOnly:
    """Refuse such bodies (400); browsers never send them."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if is_text(environ.get("CONTENT_TYPE", "")):
            return self.application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [b"Forms are sent in UTF-8."]


def is_text(content_type: str) -> bool:
    try:
        b"x".decode(parse_header_parameters(content_type)[1].get("charset", "utf-8"))
    except (LookupError, ValueError):
        return False
    return True
