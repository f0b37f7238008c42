"""The account itself: its settings, its journal, and the accounts of an account manager."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from smsplatform.accounts import audit_export as audit_export_file
from smsplatform.accounts import queries
from smsplatform.accounts.access import AccountRequest, right_required
from smsplatform.accounts.forms import AuditFilterForm, SettingsForm
from smsplatform.accounts.operations import journal
from smsplatform.accounts.operations import settings as operations
from smsplatform.accounts.recent import recent_sign_in_required

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
    filters = form.filters()
    page = queries.audit_page(request.account, filters, token=request.GET.get("after", ""), limit=EVENTS_PER_PAGE)
    return render(request, "accounts/audit.html", {"form": form, "page": page, "is_filtered": bool(filters)})


@require_GET
@right_required("can_manage")
@recent_sign_in_required(is_file=True)
def audit_export(request: AccountRequest) -> HttpResponse | StreamingHttpResponse:
    """Send the journal, as it is filtered, as a file."""
    filters = AuditFilterForm(request.GET, actors=queries.audit_actors(request.account)).filters()
    journal.record_export(request.account, by=request.user, now=timezone.now())
    return StreamingHttpResponse(
        audit_export_file.csv_chunks(request.account, filters),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, f"{_('Activity log')}.csv")},
    )


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
