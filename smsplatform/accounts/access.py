"""Who may call a view: signed in, in an account, with a right."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRefresh

from smsplatform.accounts.models import Account, Membership, User

View = Callable[..., HttpResponseBase]


class AccountRequest(HttpRequest):
    """A request that passed `account_required`."""

    user: User
    account: Account
    membership: Membership
    htmx: Any


def account_required(view: View) -> View:
    """Let members of an account in; a person without one is told so (403 page), the platform's staff go to its
    administration."""

    @wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.htmx and not request.user.is_authenticated:
            # The session has ended: load the page anew, which asks to sign in, instead of a sign-in form inside it.
            return HttpResponseClientRefresh()
        return member_only(request, *args, **kwargs)

    @login_required
    def member_only(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.account is None:
            if request.user.is_staff:
                return redirect("admin:index")
            return render(request, "accounts/no_account.html", status=403)
        return view(request, *args, **kwargs)

    return wrapper


def right_required(right: str) -> Callable[[View], View]:
    """Like `account_required`, and 403 without `membership.<right>`: can_edit, can_import, can_export,
    can_manage or can_switch_option."""

    def decorate(view: View) -> View:
        @wraps(view)
        @account_required
        def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not getattr(request.membership, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wrapper

    return decorate
