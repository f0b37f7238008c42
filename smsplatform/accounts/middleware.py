"""What a request knows of the person and the account before a view runs."""

import time
import zoneinfo
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from smsplatform.accounts import queries, recent, second_step, tenancy
from smsplatform.accounts.models import Membership
from smsplatform.lib import waiting
from smsplatform.ui.templatetags.ui import FORM_ACCOUNT

SESSION_KEY = "account_id"
SEEN, SEEN_EVERY = "seen_at", 300  # seconds
SHOWN_ACCOUNT_HEADER = "X-Shown-Account"  # sent with every htmx request
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

OPEN_WITHOUT_SECOND_STEP = {
    "accounts:second_step",
    "accounts:language",
    "accounts:theme",
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
}

GetResponse = Callable[[HttpRequest], HttpResponse]


class NoStoreMiddleware:
    """Let no browser and no proxy keep an answer of the platform: nearly all show people. Static files do not come here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response


class PreferencesMiddleware:
    """Speak the person's language in their time zone. Strangers get the cookie's or the browser's language, else French."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        zone = zone_of(user.time_zone) if user.is_authenticated else None
        with translation.override(language), timezone.override(zone):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


def zone_of(name: str) -> zoneinfo.ZoneInfo | None:
    """Return a time zone, or None (the site's) for a name that this machine does not know."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None


class AccountContextMiddleware:
    """Open the account of the session around the view: one transaction, rolled back when the view raises."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.account = request.membership = None
        request.memberships = []
        with ExitStack() as stack:
            request.account_stack = stack
            return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        request.account_stack.enter_context(transaction.atomic())
        with tenancy.user_context(request.user):
            request.memberships = queries.memberships_of(request.user)
        request.membership = chosen(request)
        if request.membership:
            request.account = request.membership.account
            tenancy.set_account(request.account.pk)
        if shown_for_another_account(request):
            # A fragment has no room to say so: the page is loaded anew, with the account that is open.
            return (
                HttpResponseClientRefresh()
                if request.htmx
                else render(request, "accounts/other_account.html", status=409)
            )
        return None

    def process_exception(self, request: Any, exception: Exception) -> None:
        # Undo and leave the transaction now: Django and allauth still turn the exception into a response, and may
        # ask the database for it (allauth does before it asks for the password again).
        request.account_stack.__exit__(type(exception), exception, exception.__traceback__)


def chosen(request: Any) -> Membership | None:
    """Return the membership of the session's account, or else the first one, which the session then keeps:
    an account that sorts before it must not take its place unasked."""
    wanted = request.session.get(SESSION_KEY)
    found = next((place for place in request.memberships if place.account_id == wanted), None)
    if found is None and request.memberships:
        found = request.memberships[0]
        request.session[SESSION_KEY] = found.account_id
    return found


def shown_for_another_account(request: Any) -> bool:
    """Return whether the page was shown for an account that is no longer the open one: left in another tab, or lost."""
    open_account = str(request.account.pk) if request.account else ""
    if request.htmx:
        return str(request.headers.get(SHOWN_ACCOUNT_HEADER, open_account)) != open_account
    if request.method in SAFE_METHODS:
        return False
    return str(request.POST.get(FORM_ACCOUNT, open_account)) != open_account


class SeenMiddleware:
    """Note now and then that a session is in use, and end one of a manager or an admin that nobody used for long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        away = time.time() - request.session.get(SEEN, 0)
        is_left = SEEN in request.session and away > settings.MANAGER_IDLE_SECONDS
        if is_left and second_step.is_required(request.user, request.memberships):
            return recent.sign_in_anew(request)
        if away > min(SEEN_EVERY, settings.MANAGER_IDLE_SECONDS / 4):
            request.session[SEEN] = time.time()
            recent.forget_old(request)
            # Another tab's request may be noting it at this moment: this one has no need to wait for that.
            with suppress(waiting.TooLong), waiting.at_most("50ms"):
                UserSession.objects.create_from_request(request)
        return None


class SecondStepMiddleware:
    """Lead whoever must have a second step and has none to the page that sets it up, before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        is_free = request.resolver_match.view_name in OPEN_WITHOUT_SECOND_STEP
        if is_free or not request.user.is_authenticated:
            return None
        if not second_step.is_missing(request.user, request.memberships):
            return None
        page = reverse("accounts:second_step")
        return HttpResponseClientRedirect(page) if request.htmx else redirect(page)
