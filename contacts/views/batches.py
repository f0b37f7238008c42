"""One action on many lists: confirm, start, watch, read what came of it; and the copy of one list."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from contacts import job_pages
from contacts.export_forms import EXPORT, BatchForm, CopyForm, SelectionForm, SeveralListsForm, ids_of
from contacts.forms import ListFilterForm
from contacts.models import ContactList, ListBatch
from contacts.operations import batches, duplicate
from contacts.queries import batches as queries
from contacts.queries import lists as list_queries
from contacts.views.polled import job_page
from smsplatform.accounts.access import AccountRequest, account_required, right_required
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted

INDEX = "contacts:list_index"


@account_required
@posted("contacts:list_index")
def batch_check(request: AccountRequest) -> HttpResponse:
    """Say what an action would be done to, and ask: a dialog of the table, or without script a page. Changes nothing."""
    if not (request.membership.can_edit or request.membership.can_export):
        raise PermissionDenied
    form = SelectionForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose what to do with the lists."))
        return _back(request)
    action = form.cleaned_data["action"]
    if not (request.membership.can_export if action == EXPORT else request.membership.can_edit):
        raise PermissionDenied
    chosen = queries.by_ids(request.account, _ids(request, form.cleaned_data["everything"]))
    if not chosen.lists or len(chosen.lists) > batches.MAX_LISTS:
        few = _("Choose at least one list.")
        many = _("Choose at most %(max)d lists at a time.") % {"max": batches.MAX_LISTS}
        messages.warning(request, many if chosen.lists else few)
        return _back(request)
    context = {
        "action": action,
        "is_export": action == EXPORT,
        "question": job_pages.question(action, chosen),
        "ids": ",".join(str(one.pk) for one in chosen.lists),
        "form": SeveralListsForm(),
    }
    template = "contacts/batch_check.html"
    return render(request, f"{template}#question" if request.htmx else template, context)


def _ids(request: AccountRequest, everything: bool) -> list[int]:
    """Return the ids ticked, or those of every list that the table finds: at most one more than a batch takes."""
    if not everything:
        return ids_of(request.POST.getlist("list"))
    found = list_queries.list_rows(request.account, **ListFilterForm(request.POST).values())
    return list(found.values_list("pk", flat=True)[: batches.MAX_LISTS + 1])


def _back(request: AccountRequest) -> HttpResponse:
    return HttpResponseClientRefresh() if request.htmx else redirect(INDEX)


@right_required("can_edit")
@posted("contacts:list_index")
@once
def batch_start(request: AccountRequest) -> HttpResponse:
    form = BatchForm(request.POST)
    data = form.cleaned_data if form.is_valid() else {"action": ListBatch.Action.DISABLE, "lists": []}
    return _start(request, data["action"], queries.by_ids(request.account, data["lists"]).lists)


def _start(request: AccountRequest, action: str, lists: list[ContactList], **data: Any) -> HttpResponse:
    try:
        batch = batches.start(
            request.account,
            action=ListBatch.Action(action),
            contact_lists=lists,
            by=request.user,
            now=timezone.now(),
            **data,
        )
    except OperationError as error:
        messages.warning(request, str(error.message))
        return redirect(INDEX)
    return redirect("contacts:batch_show", batch.pk)


@require_GET
@account_required
def batch_show(request: AccountRequest, batch_id: int) -> HttpResponse:
    """Show how far an action is, or its results. A page that polls is told to reload when it is over."""
    batch = get_object_or_404(ListBatch.objects.filter(account=request.account).select_related("author"), pk=batch_id)
    context = {
        "batch": batch,
        "progress": job_pages.batch_progress(batch),
        "results": queries.result_rows(batch),
        "summary": job_pages.batch_summary(batch),
        "failure": job_pages.BATCH_FAILURE if batch.status == ListBatch.Status.FAILED else "",
    }
    return job_page(request, batch, "contacts/batch_show.html", context)


@require_http_methods(["GET", "POST"])
@right_required("can_edit")
@once
def list_duplicate(request: AccountRequest, list_id: int) -> HttpResponse:
    """Ask for the copy's name, then copy: a big list in the background."""
    contact_list = get_object_or_404(ContactList.objects.for_account(request.account), pk=list_id)
    proposed = {"name": duplicate.proposed_name(request.account, contact_list)}
    form = CopyForm(request.POST or None, initial=proposed)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        return _start(request, ListBatch.Action.DUPLICATE, [contact_list], copy_name=name)
    context = {"form": form, "list": contact_list}
    return render(request, "contacts/list_duplicate.html", context, status=422 if form.errors else 200)
