"""Addresses that forms are sent to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

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
