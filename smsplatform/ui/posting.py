"""Addresses that forms are sent to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

View = Callable[..., HttpResponseBase]


def posted(page: str, *parts: str) -> Callable[[View], View]:
    """Take POST. Whoever comes to the address another way (by reload, Back, another language, signing in again) is led to
    the page that the form was on: `page`, named with these parts of the address."""

    def decorate(view: View) -> View:
        post_only = require_POST(view)

        @wraps(view)
        def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in ("GET", "HEAD"):
                return redirect(page, **{part: kwargs[part] for part in parts})
            return post_only(request, *args, **kwargs)

        return wrapper

    return decorate


def sent_fields(request: HttpRequest, *, most: int) -> list[tuple[str, str]] | None:
    """Return what a form said, for a button that sends it once more: all but its token; None beyond so many characters."""
    pairs = ((name, value) for name, values in request.POST.lists() for value in values)
    fields = [(name, value) for name, value in pairs if name != "csrfmiddlewaretoken"]
    return fields if sum(len(name) + len(value) for name, value in fields) <= most else None
