"""The table of contact lists, its actions, and one list."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts import exports
from contacts.forms import ListFilterForm, NewListForm, RenameForm
from contacts.lifetime_forms import NewDiffusionListForm
from contacts.models import ContactList
from contacts.operations import exports as export_operations
from contacts.operations import imports as import_operations
from contacts.operations import lists
from contacts.queries import exclusions
from contacts.queries import imports as import_queries
from contacts.queries import lists as list_queries
from smsplatform.accounts.access import AccountRequest, account_required, right_required
from smsplatform.accounts.models import Account
from smsplatform.accounts.once import once
from smsplatform.accounts.recent import recent_sign_in_required
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted

LISTS_PER_PAGE = 25
ENTRIES_PER_PAGE = 50
SOON = timedelta(days=30)  # before a list expires, its date is marked


@require_GET
@account_required
def list_index(request: AccountRequest) -> HttpResponse:
    form = ListFilterForm(request.GET)
    values = form.values()
    page = Paginator(list_queries.list_rows(request.account, **values), LISTS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "page": page,
        "sort": values["sort"],
        "in_bin": values["in_bin"],
        "has_directory": request.account.mode == Account.Mode.DIRECTORY,
        "soon": timezone.now() + SOON,
        "is_filtered": _is_filtered(values),
        "can_select": request.membership.can_edit or (request.membership.can_export and not values["in_bin"]),
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "contacts/list_index.html#results" if fragment else "contacts/list_index.html", context)


def _is_filtered(values: dict[str, Any]) -> bool:
    return bool(values["search"] or values["status"] or values["in_bin"])


@require_http_methods(["GET", "POST"])
@right_required("can_import")
@once
def list_create(request: AccountRequest) -> HttpResponse:
    has_directory = request.account.mode == Account.Mode.DIRECTORY
    form_class = NewDiffusionListForm if has_directory else NewListForm
    form = form_class(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(*_create(request, form))
        except OperationError as error:
            form.refuse_content(str(error.message))
    limits = {"max_bytes": settings.IMPORT_MAX_BYTES, "max_rows": settings.IMPORT_MAX_ROWS}
    context = {"form": form, "into_directory": has_directory, **limits}
    return render(request, "contacts/list_create.html", context, status=422 if form.errors else 200)


def _create(request: AccountRequest, form: NewListForm) -> tuple[str, int]:
    """Return the address to go on with: the new empty list, or the import of the file or paste."""
    data = form.cleaned_data
    given = {"by": request.user, "now": timezone.now()}
    if data["source"] == "EMPTY":
        months = form.expires_after_months() if isinstance(form, NewDiffusionListForm) else None
        names = {"name": data["name"], "description": data["description"]}
        contact_list = lists.create(request.account, **names, expires_after_months=months, **given)
        messages.success(request, _("The list “%(name)s” is created.") % {"name": contact_list.name})
        return "contacts:list_show", contact_list.pk
    chosen = {"list_name": data["name"], "list_description": data["description"], **form.content()}
    if request.account.mode == Account.Mode.DIRECTORY:
        chosen |= {"into_directory": True}
    imported = import_operations.upload(request.account, **chosen, **given)
    return "contacts:import_show", imported.pk


@require_GET
@account_required
def list_show(request: AccountRequest, list_id: int) -> HttpResponse:
    contact_list = _get(request, list_id)
    if contact_list.kind == ContactList.Kind.DIRECTORY:
        return redirect("directory:list_show", list_id)
    page = list_queries.entry_page(
        request.account, contact_list, token=request.GET.get("after", ""), limit=ENTRIES_PER_PAGE
    )
    context = {
        "list": contact_list,
        "page": page,
        "imports": import_queries.of_list(request.account, contact_list),
        "exclusions_arrive": exclusions.are_arriving(request.account),
    }
    return render(request, "contacts/list_show.html", context)


@require_http_methods(["GET", "POST"])
@right_required("can_edit")
def list_rename(request: AccountRequest, list_id: int) -> HttpResponse:
    contact_list = _get(request, list_id)
    if contact_list.kind == ContactList.Kind.DIRECTORY:
        return redirect("directory:list_settings", list_id)
    was = {"name": contact_list.name, "description": contact_list.description}
    form = RenameForm(request.POST or None, initial=was)
    if request.method == "POST" and form.is_valid():
        seen = {"seen": request.POST.get("seen", ""), "by": request.user, "now": timezone.now()}
        try:
            lists.rename(request.account, contact_list=contact_list, **form.cleaned_data, **seen)
            messages.success(request, _("The list is now called “%(name)s”.") % {"name": contact_list.name})
            return redirect("contacts:list_show", list_id)
        except OperationError as error:
            form.add_error(None, str(error.message))
    context = {"form": form, "list": contact_list, "seen": lists.naming_digest(contact_list)}
    return render(request, "contacts/list_edit.html", context, status=422 if form.errors else 200)


@right_required("can_edit")
@posted("contacts:list_index")
def list_disable(request: AccountRequest, list_id: int) -> HttpResponse:
    return _act(request, _get(request, list_id), lists.disable, _("The list “%(name)s” is deactivated."))


@right_required("can_edit")
@posted("contacts:list_index")
def list_enable(request: AccountRequest, list_id: int) -> HttpResponse:
    return _act(request, _get(request, list_id), lists.enable, _("The list “%(name)s” is active again."))


@right_required("can_edit")
@posted("contacts:list_index")
def list_delete(request: AccountRequest, list_id: int) -> HttpResponse:
    done = _("The list “%(name)s” is in the bin; it can be restored for %(days)d days.")
    return _act(request, _get(request, list_id, in_bin=True), lists.delete, done)


@right_required("can_edit")
@posted("contacts:list_index")
def list_restore(request: AccountRequest, list_id: int) -> HttpResponse:
    return _act(request, _get(request, list_id, in_bin=True), lists.restore, _("The list “%(name)s” is restored."))


@require_GET
@right_required("can_export")
@recent_sign_in_required(is_file=True)
def list_export(request: AccountRequest, list_id: int) -> HttpResponse:
    contact_list = _get(request, list_id)
    if not export_operations.Order(lists=(contact_list,)).is_small(request.account):
        return redirect("contacts:list_export_new", contact_list.pk)  # says that the file is made in the background
    lists.record_export(request.account, contact_list=contact_list, by=request.user, now=timezone.now())
    response = StreamingHttpResponse(
        exports.csv_chunks(request.account, contact_list), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = exports.attachment(contact_list.name, "csv")
    return response


def _get(request: AccountRequest, list_id: int, *, in_bin: bool = False) -> ContactList:
    """Return a list of the account. `in_bin`: be it in the bin already; the operation says so then."""
    known = ContactList.objects
    rows = (
        known.filter(account=request.account).shown(request.account) if in_bin else known.for_account(request.account)
    )
    return get_object_or_404(rows.select_related("author"), pk=list_id)


def _act(request: AccountRequest, contact_list: ContactList, operation: Callable[..., None], done: str) -> HttpResponse:
    """Call one operation on a list, say what came of it, and go back to the table as it was."""
    try:
        operation(request.account, contact_list=contact_list, by=request.user, now=timezone.now())
        messages.success(request, done % {"name": contact_list.name, "days": lists.BIN_DAYS})
    except OperationError as error:
        messages.warning(request, str(error.message))
    return redirect("contacts:list_index")
