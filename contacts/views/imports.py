"""Imports: the table, progress, and the permanent report."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from contacts import exports, followed, import_words, reports
from contacts.models import Import
from contacts.operations import import_undo, imports
from contacts.queries import imports as queries
from contacts.queries import rejects
from contacts.views.import_check import check
from smsplatform.accounts.access import AccountRequest, account_required, right_required
from smsplatform.accounts.models import Account
from smsplatform.accounts.recent import recent_sign_in_required
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted

IMPORTS_PER_PAGE = 25
IMPORTS_FOLLOWED = 5  # above the table of lists


@require_GET
@account_required
def import_index(request: AccountRequest) -> HttpResponse:
    page = Paginator(queries.import_rows(request.account), IMPORTS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "contacts/import_index.html", {"page": page, "imports": page.object_list})


@require_GET
@account_required
def import_show(request: AccountRequest, import_id: int) -> HttpResponse:
    """Show the import at the stage it is at. A page that polls gets its progress, or is told to reload when it is over."""
    imported = _get(request, import_id)
    is_working = imported.status in Import.IN_PROGRESS
    if not request.htmx and imported.into_directory and imported.status == Import.Status.READY:
        return _to_directory(request, imported)
    if request.htmx:
        if not is_working:
            return HttpResponseClientRefresh()
        return render(
            request,
            "contacts/import_progress.html",
            {"import": imported, "progress": reports.progress(imported)},
        )
    if imported.status == Import.Status.READY:
        return check(request, imported)
    context: dict[str, Any] = {"import": imported}
    if is_working:
        context["progress"] = reports.progress(imported)
    else:
        context["report"] = reports.report(imported, request.membership)
        context["mends"] = rejects.mends(request.account, imported)
        context |= import_words.known(imported.result)
        context["undo_until"] = import_undo.until(imported) if _may_undo(request, imported) else None
    return render(request, f"contacts/import_{'working' if is_working else 'report'}.html", context)


def _to_directory(request: AccountRequest, imported: Import) -> HttpResponse:
    """Go on with the directory's own steps 2 and 3."""
    if request.account.mode == Account.Mode.DIRECTORY:
        return redirect("directory:import_map", imported.pk)
    messages.warning(request, _("This import goes into the directory, which is switched off: it waits."))
    return redirect("contacts:import_index")


@require_GET
@account_required
def import_running(request: AccountRequest) -> HttpResponse:
    """Show the imports at work above the table of lists, and tell once of the end of those that the person follows."""
    mine = queries.import_rows(request.account)
    running = list(mine.filter(status__in=Import.IN_PROGRESS)[:IMPORTS_FOLLOWED])
    ended = list(mine.filter(pk__in=followed.ids(request), status__in=Import.ENDED))
    followed.told(request, ended)
    context = {
        "running": [{"import": imported, "progress": reports.progress(imported)} for imported in running],
        "ended": [{"import": imported, **reports.outcome(imported)} for imported in ended],
        # The table, as it is searched and sorted now, was shown before they ended.
        "table_url": request.htmx.current_url_abs_path if request.htmx and ended else "",
    }
    return render(request, "contacts/import_running.html", context)


def _may_undo(request: AccountRequest, imported: Import) -> bool:
    """Whoever may be written to again is decided by those who manage the account."""
    is_exclusions = imported.target == Import.Target.EXCLUDE
    return request.membership.can_manage if is_exclusions else request.membership.can_import


@right_required("can_import")
@posted("contacts:import_show", "import_id")
def import_cancel(request: AccountRequest, import_id: int) -> HttpResponse:
    imported = _get(request, import_id)
    try:
        imports.cancel(request.account, imported=imported, by=request.user, now=timezone.now())
    except OperationError as error:
        messages.warning(request, str(error.message))
    return redirect("contacts:import_show", imported.pk)


@require_GET
@account_required
@recent_sign_in_required(is_file=True)
def import_rejects(request: AccountRequest, import_id: int) -> HttpResponse | FileResponse:
    """Send the lines that were not imported: their own columns, the line number and the reason.

    To mend them is part of importing, so who may import or export may have them.
    """
    if not (request.membership.can_import or request.membership.can_export):
        raise PermissionDenied
    imported = _get(request, import_id)
    if not imported.rejects_path:
        raise Http404
    try:
        file = default_storage.open(imported.rejects_path)
    except FileNotFoundError:
        messages.warning(request, _("The file of rejected lines is no longer there."))
        return redirect("contacts:import_show", imported.pk)
    imports.record_rejects_export(request.account, imported=imported, by=request.user, now=timezone.now())
    response = FileResponse(file, content_type="text/csv; charset=utf-8")
    name = _("%(name)s - rejected lines") % {"name": imported.list_name}
    response.headers["Content-Disposition"] = exports.attachment(name, "csv")
    return response


def _get(request: AccountRequest, import_id: int) -> Import:
    rows = Import.objects.filter(account=request.account).select_related("author", "contact_list")
    return get_object_or_404(rows, pk=import_id)
