"""Where a person is signed in, what happened to their access lately, and the end of it."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from smsplatform.accounts import devices
from smsplatform.accounts.models import SecurityEvent
from smsplatform.accounts.operations import security
from smsplatform.ui.posting import posted

EVENTS_SHOWN = 20


@require_GET
@login_required
def sessions(request: Any) -> HttpResponse:
    open_ones = sorted(UserSession.objects.purge_and_list(request.user), key=lambda one: one.last_seen_at, reverse=True)
    rows = [
        {
            "session": one,
            "name": devices.name(one.user_agent),
            "is_telephone": devices.is_telephone(one.user_agent),
            "address": devices.shortened(one.ip),
            "is_current": one.session_key == request.session.session_key,
        }
        for one in open_ones
    ]
    events = SecurityEvent.objects.filter(user=request.user).order_by("-at", "-pk")[:EVENTS_SHOWN]
    return render(request, "accounts/sessions.html", {"rows": rows, "events": events})


@login_required
@posted("accounts:sessions")
def end_one(request: Any) -> HttpResponse:
    """Sign out one of the person's browsers. One that is not theirs, or is gone, is nothing to sign out."""
    number = request.POST.get("session", "")
    known = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
    session = UserSession.objects.filter(pk=known, user=request.user).first()
    if session is None:
        messages.info(request, _("That browser is no longer signed in."))
        return redirect("accounts:sessions")
    is_current = session.session_key == request.session.session_key
    security.end_session(request.user, session=session, request=request, now=timezone.now())
    if is_current:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("That browser is signed out."))
    return redirect("accounts:sessions")


@login_required
@posted("accounts:sessions")
def end_everywhere(request: Any) -> HttpResponse:
    security.end_everywhere(request.user, request=request, now=timezone.now())
    logout(request)
    messages.success(request, _("You are signed out everywhere. Sign in again here."))
    return redirect_to_login(request.path)  # and from there to the page of sessions
