"""What is not done on a session that was left open: exports of people, and changes of who may do what.

Whoever signed in, or confirmed it, within ACCOUNT_REAUTHENTICATION_TIMEOUT goes on; others confirm first and lose nothing:
what they asked for is kept in their session and goes ahead by one press afterwards.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from smsplatform.accounts.access import View
from smsplatform.ui.posting import sent_fields

KEPT = "kept_request"
_SECRETS = {"code", "credential"}  # beside passwords: never written into a session or a page
MOST_KEPT = 1_000_000  # characters of a form


def recent_sign_in_required(*, is_file: bool = False) -> Callable[[View], View]:
    """Let in who signed in recently. `is_file`: a GET of it sends a file instead of showing a page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not signed_in_recently(request):
                return ask_again(request, is_page=request.method != "POST" and not is_file)
            if kept(request).get("path") == request.get_full_path():
                del request.session[KEPT]
            return view(request, *args, **kwargs)

        return wrapper

    return decorate


def signed_in_recently(request: Any) -> bool:
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records)


def ask_again(request: Any, *, is_page: bool) -> HttpResponse:
    """Lead to the page that asks for the password or the second step, and from there back to what was asked for."""
    if not is_page:
        _keep(request)
    wanted = request.get_full_path() if is_page else reverse("accounts:go_on")
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:  # somebody with neither password nor second step signs in anew
        logout(request)
        return redirect_to_login(wanted)
    url = f"{methods[0]['url']}?{urlencode({'next': wanted})}"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def kept(request: Any) -> dict[str, Any]:
    """Return what was kept: path, method, fields, back; empty when there is nothing or it is too old."""
    found: dict[str, Any] = request.session.get(KEPT) or {}
    is_young = found and time.time() - found["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return found if is_young and found["user"] == request.user.pk else {}


def forget_old(request: Any) -> None:
    """Keep nothing that nobody came back for."""
    if KEPT in request.session and not kept(request):
        del request.session[KEPT]


def sign_in_anew(request: Any) -> HttpResponse:
    """End the session of somebody who was away for long; what they just asked for waits behind the sign-in page."""
    _keep(request)
    waiting = request.session[KEPT]
    logout(request)
    if request.htmx:
        return HttpResponseClientRefresh()
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    request.session[KEPT] = waiting
    return redirect_to_login(reverse("accounts:go_on"))


def _keep(request: Any) -> None:
    fields = sent_fields(request, most=MOST_KEPT)
    if fields and any("password" in name or name in _SECRETS for name, _ in fields):
        fields = None
    request.session[KEPT] = {
        "path": request.get_full_path(),
        "method": "" if fields is None else request.method,
        "fields": fields or [],
        "back": _page_before(request),
        "at": time.time(),
        "user": request.user.pk,
    }


def _page_before(request: Any) -> str:
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if is_ours else reverse("home")
