"""Inviting people, and the page that the link in the e-mail opens."""

import logging
from functools import partial
from smtplib import SMTPException
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.mail import send_mail
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from smsplatform.accounts import links, queries, tenancy
from smsplatform.accounts.access import AccountRequest, right_required
from smsplatform.accounts.forms import InviteForm, JoinForm
from smsplatform.accounts.middleware import SESSION_KEY
from smsplatform.accounts.models import Invitation, User
from smsplatform.accounts.once import once
from smsplatform.accounts.operations import invitations as operations
from smsplatform.accounts.recent import recent_sign_in_required
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "POST"])
@right_required("can_manage")
@recent_sign_in_required()
@once
def member_invite(request: AccountRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"send": partial(_send, request), "by": request.user, "now": timezone.now()}
        try:
            operations.invite(request.account, **form.cleaned_data, **given)
            return redirect("accounts:members")
        except OperationError as error:
            form.add_error("email", str(error.message))
    return render(request, "accounts/member_invite.html", {"form": form}, status=422 if form.errors else 200)


@right_required("can_manage")
@posted("accounts:members")
@once
def invitation_resend(request: AccountRequest, invitation_id: int) -> HttpResponse:
    given: dict[str, Any] = {"send": partial(_send, request), "by": request.user, "now": timezone.now()}
    try:
        operations.resend(request.account, invitation=_get(request, invitation_id), **given)
    except OperationError as error:
        messages.warning(request, str(error.message))
    return redirect("accounts:members")


@right_required("can_manage")
@posted("accounts:members")
@once
def invitation_revoke(request: AccountRequest, invitation_id: int) -> HttpResponse:
    invitation = _get(request, invitation_id)
    try:
        operations.revoke(request.account, invitation=invitation, by=request.user, now=timezone.now())
        done = _("The invitation of %(email)s is revoked: its link no longer works.")
        messages.success(request, done % {"email": invitation.email})
    except operations.InvitationGone as error:
        messages.warning(request, str(error.message))
    return redirect("accounts:members")


def _get(request: AccountRequest, invitation_id: int) -> Invitation:
    return get_object_or_404(queries.pending_invitations(request.account), pk=invitation_id)


def _send(request: AccountRequest, invitation: Invitation) -> None:
    """Send the e-mail and tell the person on the page whether it left."""
    link = request.build_absolute_uri(reverse("accounts:invitation_accept", args=[links.token(invitation)]))
    context = {
        "account": invitation.account,
        "inviter": request.user,
        "link": link,
        "expires_at": links.expires_at(invitation),
    }
    subject = " ".join(render_to_string("accounts/email/invitation_subject.txt", context).split())  # one line
    body = render_to_string("accounts/email/invitation_message.txt", context)
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email])
    except (OSError, SMTPException):
        logger.exception("The mail server did not take an invitation.")
        failed = _("The invitation of %(email)s is saved, but the e-mail could not be sent. Send it again later.")
        messages.error(request, failed % {"email": invitation.email})
    else:
        messages.success(request, _("An invitation is sent to %(email)s.") % {"email": invitation.email})


@require_http_methods(["GET", "POST"])
def invitation_accept(request: Any, token: str) -> HttpResponse:
    """Let the invited person in: by a name and password if they are new, else by one click once signed in."""
    invitation = queries.find_invitation(token, now=timezone.now())
    if invitation is None:
        return _gone(request, token)
    person = User.objects.filter(email=invitation.email).first()
    new: dict[str, Any] = {"email": invitation.email, "account": invitation.account}
    form = None if person else JoinForm(request.POST or None, **new)
    if request.method == "POST":
        if form and request.user.is_anonymous and form.is_valid():
            return _join(request, invitation, form.cleaned_data)
        if person and request.user == person:
            return _join(request, invitation)
        if person and request.user.is_anonymous:
            return redirect_to_login(request.path)
    context = {"invitation": invitation, "person": person, "form": form}
    status = 422 if form and form.errors else 200
    return render(request, "accounts/invitation_accept.html", context, status=status)


def _gone(request: Any, token: str) -> HttpResponse:
    """Say that a link leads nowhere; whoever has just accepted it, by a first press of the same button, is let in."""
    if request.method == "POST" and queries.was_accepted(token):
        messages.info(request, _("This invitation was already accepted."))
        return redirect("home")
    return render(request, "accounts/invitation_invalid.html", status=410)


def _join(request: Any, invitation: Invitation, new: dict[str, Any] | None = None) -> HttpResponse:
    """Accept for the person signed in, or for a new one made of `new` (name, password), who is then signed in."""
    account, now = invitation.account, timezone.now()
    try:
        with tenancy.account_context(account):
            if new is None:
                operations.accept(account, invitation=invitation, by=request.user, now=now)
            else:
                language = get_language() or settings.LANGUAGE_CODE
                given: dict[str, Any] = {"invitation": invitation, "language": language, "now": now}
                person = operations.accept_as_new(account, **given, **new)
    except operations.InvitationGone:
        return _gone(request, links.token(invitation))
    except operations.AlreadyKnown:
        return redirect(request.path)  # which now asks to sign in
    if new is not None:
        record_authentication(request, person, "password")
        perform_login(request, person)
    request.session[SESSION_KEY] = account.pk
    messages.success(request, _("Welcome to %(account)s.") % {"account": account})
    return redirect("home")
