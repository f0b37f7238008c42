"""What a request knows of the person and the account before a view runs."""

import zoneinfo
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from smsplatform.accounts import queries, tenancy

SESSION_KEY = "account_id"

GetResponse = Callable[[HttpRequest], HttpResponse]


class PreferencesMiddleware:
    """Speak the person's language in their time zone. Strangers get the cookie's or the browser's language, else French."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        zone = zoneinfo.ZoneInfo(user.time_zone) if user.is_authenticated else None
        with translation.override(language), timezone.override(zone):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


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

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        if not request.user.is_authenticated:
            return
        request.account_stack.enter_context(transaction.atomic())
        with tenancy.user_context(request.user):
            request.memberships = queries.memberships_of(request.user)
        chosen = request.session.get(SESSION_KEY)
        request.membership = next((m for m in request.memberships if m.account_id == chosen), None) or next(
            iter(request.memberships), None
        )
        if request.membership:
            request.account = request.membership.account
            tenancy.set_account(request.account.pk)

    def process_exception(self, request: Any, exception: Exception) -> None:
        # Undo and leave the transaction now: Django and allauth still turn the exception into a response, and may
        # ask the database for it (allauth does before it asks for the password again).
        request.account_stack.__exit__(type(exception), exception, exception.__traceback__)
