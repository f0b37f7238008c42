"""The account itself: its settings, its journal, and the accounts of an account manager."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from smsplatform.accounts import queries
from smsplatform.accounts.access import AccountRequest, right_required
from smsplatform.accounts.forms import AuditFilterForm, SettingsForm
from smsplatform.accounts.operations import settings as operations

EVENTS_PER_PAGE = 50
CUSTOMERS_PER_PAGE = 25


@require_http_methods(["GET", "POST"])
@right_required("can_manage")
def settings(request: AccountRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, account=request.account)
    if request.method == "POST" and form.is_valid():
        operations.change(request.account, **form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, _("The account settings are saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@right_required("can_manage")
def audit(request: AccountRequest) -> HttpResponse:
    form = AuditFilterForm(request.GET, actors=queries.audit_actors(request.account))
    values = form.values()
    events = Paginator(queries.audit_events(request.account, **values), EVENTS_PER_PAGE)
    context = {
        "form": form,
        "page": events.get_page(request.GET.get("page")),
        "is_filtered": any(values.values()),
    }
    return render(request, "accounts/audit.html", context)


@require_GET
@login_required
def customers(request: Any) -> HttpResponse:
    """List the accounts that the person manages; 403 for somebody who manages none."""
    if not queries.manages_customers(request.memberships):
        raise PermissionDenied
    search = request.GET.get("q", "").strip()
    pages = Paginator(queries.customers(request.memberships, search), CUSTOMERS_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    rows = queries.with_member_counts(list(page))
    return render(request, "accounts/customers.html", {"page": page, "rows": rows, "search": search})
