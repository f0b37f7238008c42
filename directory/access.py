"""Who may call a view of the directory: people of an account whose option is on, with a right."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase

from smsplatform.accounts.access import View, account_required, right_required
from smsplatform.accounts.models import Account


def directory_required(right: str = "") -> Callable[[View], View]:
    """As `right_required(right)`, or `account_required` without one; 404 where the directory is off."""
    allow = right_required(right) if right else account_required

    def decorate(view: View) -> View:
        @wraps(view)
        @allow
        def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.account.mode != Account.Mode.DIRECTORY:
                raise Http404
            return view(request, *args, **kwargs)

        return wrapper

    return decorate
