"""Exports: what to put in the file, the page of those made in the background, and their files."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts import exports, job_pages
from contacts.export_forms import ColumnsForm, ListExportForm, SeveralListsForm
from contacts.exports import files
from contacts.models import ContactList, Export
from contacts.operations import batches
from contacts.operations import exports as operations
from contacts.queries import batches as batch_queries
from contacts.queries import exports as queries
from contacts.views.polled import job_page
from smsplatform.accounts.access import AccountRequest, right_required
from smsplatform.accounts.once import once
from smsplatform.accounts.recent import recent_sign_in_required
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted

EXPORTS_PER_PAGE = 25


@require_http_methods(["GET", "POST"])
@right_required("can_export")
@recent_sign_in_required()
@once
def list_export_new(request: AccountRequest, list_id: int) -> HttpResponse | FileResponse:
    """Ask for format and columns, then send the list, or have a big one made in the background."""
    contact_list = get_object_or_404(ContactList.objects.for_account(request.account), pk=list_id)
    form = ListExportForm.of(contact_list, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return deliver(request, operations.Order(lists=(contact_list,), **form.order()))
    is_big = not operations.Order(lists=(contact_list,)).is_small(request.account)
    context = {"form": form, "list": contact_list, "is_big": is_big, "days": operations.KEEP_FILES.days}
    return render(request, "contacts/export_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@right_required("can_export")
@recent_sign_in_required()
@once
def exclusion_export_new(request: AccountRequest) -> HttpResponse | FileResponse:
    """As `list_export_new`, for the exclusion list."""
    form = ColumnsForm.of_exclusions(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return deliver(request, operations.Order(**form.order()))
    is_big = queries.exclusion_count(request.account) > settings.EXPORT_AT_ONCE_ROWS
    context = {"form": form, "is_big": is_big, "days": operations.KEEP_FILES.days}
    return render(request, "contacts/export_new.html", context, status=422 if form.errors else 200)


@right_required("can_export")
@posted("contacts:list_index")
@recent_sign_in_required()
@once
def export_several(request: AccountRequest) -> HttpResponse | FileResponse:
    """Export the lists that were chosen in the table."""
    form = SeveralListsForm(request.POST)
    chosen = batch_queries.by_ids(request.account, form.cleaned_data["lists"]).lists if form.is_valid() else []
    lists = tuple(one for one in chosen if one.deleted_at is None)[: batches.MAX_LISTS]
    if not lists:
        messages.warning(request, _("Choose at least one list."))
        return redirect("contacts:list_index")
    return deliver(request, operations.Order(lists=lists, **form.order()))


def deliver(request: AccountRequest, order: operations.Order) -> HttpResponse | FileResponse:
    """Send a small file at once, or lead to the page of a big one that is being made."""
    given: dict[str, Any] = {"order": order, "by": request.user, "now": timezone.now()}
    if order.is_small(request.account):
        with suppress(operations.TooMuchAtOnce):
            export, file = operations.at_once(request.account, **given)
            return _attached(export, file)
    return redirect("contacts:export_show", operations.request(request.account, **given).pk)


@require_GET
@right_required("can_export")
def export_index(request: AccountRequest) -> HttpResponse:
    now = timezone.now()
    page = Paginator(queries.export_rows(request.account, now=now), EXPORTS_PER_PAGE).get_page(request.GET.get("page"))
    rows = [job_pages.export_row(export, now) for export in page.object_list]
    context = {"page": page, "rows": rows, "days": operations.KEEP_FILES.days}
    return render(request, "contacts/export_index.html", context)


@require_GET
@right_required("can_export")
def export_show(request: AccountRequest, export_id: int) -> HttpResponse:
    """Show an export. A page that polls gets its progress, or is told to reload when it is over."""
    export = _get(request, export_id)
    context = {
        "export": export,
        "progress": job_pages.export_progress(export),
        "row": job_pages.export_row(export, timezone.now()),
        "days": operations.KEEP_FILES.days,
    }
    return job_page(request, export, "contacts/export_show.html", context)


@require_GET
@right_required("can_export")
@recent_sign_in_required(is_file=True)
def export_download(request: AccountRequest, export_id: int) -> HttpResponse | FileResponse:
    export = _get(request, export_id)
    try:
        file = operations.open_file(request.account, export=export, by=request.user, now=timezone.now())
    except OperationError as error:
        messages.warning(request, str(error.message))
        return redirect("contacts:export_show", export.pk)
    return _attached(export, file)


def _attached(export: Export, file: Any) -> FileResponse:
    ending = files.extension(export)
    response = FileResponse(file, content_type=files.CONTENT_TYPES[ending])
    response.headers["Content-Disposition"] = exports.attachment(export.name, ending)
    return response


def _get(request: AccountRequest, export_id: int) -> Export:
    rows = Export.objects.filter(account=request.account).select_related("author")
    return get_object_or_404(rows, pk=export_id)
