"""The account's people: the page, and what an administrator does there."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from smsplatform.accounts import links, queries
from smsplatform.accounts.access import AccountRequest, right_required
from smsplatform.accounts.forms import RightsForm
from smsplatform.accounts.models import Membership
from smsplatform.accounts.once import once
from smsplatform.accounts.operations import members as operations
from smsplatform.accounts.recent import recent_sign_in_required
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted


@require_GET
@right_required("can_manage")
def members(request: AccountRequest) -> HttpResponse:
    now = timezone.now()
    pending = [
        {"invitation": invitation, "expires_at": expires_at, "is_expired": expires_at < now}
        for invitation in queries.pending_invitations(request.account)
        for expires_at in [links.expires_at(invitation)]
    ]
    context = {"members": queries.members(request.account), "pending": pending}
    return render(request, "accounts/members.html", context)


@require_http_methods(["GET", "POST"])
@right_required("can_manage")
@recent_sign_in_required()
def member_edit(request: AccountRequest, membership_id: int) -> HttpResponse:
    membership = _get(request, membership_id)
    initial = {name: getattr(membership, name) for name in RightsForm.base_fields}
    form = RightsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"membership": membership, "by": request.user, "now": timezone.now()}
        try:
            operations.change(request.account, **form.cleaned_data, **given)
            messages.success(request, _("The rights of %(name)s are changed.") % {"name": membership.user})
            return redirect("accounts:members")
        except OperationError as error:
            form.add_error("role", str(error.message))
    context = {"form": form, "member": membership}
    return render(request, "accounts/member_edit.html", context, status=422 if form.errors else 200)


@right_required("can_manage")
@posted("accounts:members")
@recent_sign_in_required()
@once
def member_remove(request: AccountRequest, membership_id: int) -> HttpResponse:
    membership = _get(request, membership_id)
    try:
        operations.remove(request.account, membership=membership, by=request.user, now=timezone.now())
    except OperationError as error:
        messages.error(request, str(error.message))
        return redirect("accounts:members")
    messages.success(request, _("%(name)s no longer has access.") % {"name": membership.user})
    # Somebody who removed themselves may no longer see the page.
    return redirect("home" if membership.user == request.user else "accounts:members")


def _get(request: AccountRequest, membership_id: int) -> Membership:
    return get_object_or_404(queries.members(request.account), pk=membership_id)
