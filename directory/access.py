"""Who may call a view of the directory: people of an account whose option is on, with a right."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase

from smsplatform.accounts.access import View, account_required
from smsplatform.accounts.models import Account


def directory_required(*rights: str) -> Callable[[View], View]:
    """As `account_required`, and 403 for members with none of the rights, if any is told; 404 where the directory is off."""

    def decorate(view: View) -> View:
        @wraps(view)
        @account_required
        def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if rights and not any(getattr(request.membership, right) for right in rights):
                raise PermissionDenied
            if request.account.mode != Account.Mode.DIRECTORY:
                raise Http404
            return view(request, *args, **kwargs)

        return wrapper

    return decorate
