"""One action on chosen contacts: confirm, start, watch, read what came of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from contacts.models import ContactList
from contacts.views.polled import job_page
from directory import batch_pages, export_forms
from directory.access import directory_required
from directory.batch_forms import EXPORT, FORMS, ActionForm, ChosenForm
from directory.models import ContactBatch
from directory.operations import contact_batches
from directory.queries import selections
from directory.queries.query import Query, Selection
from directory.queries.targets import LISTS_OFFERED, targets
from directory.queries.tokens import seal_query
from smsplatform.accounts.access import AccountRequest
from smsplatform.accounts.models import Account
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted

Action = ContactBatch.Action
CHECK = "directory/contact_batch_check.html"


@directory_required("can_edit", "can_export")
@posted("directory:contact_index")
def contact_batch_check(request: AccountRequest) -> HttpResponse:
    """Say what an action would do to the chosen contacts, and ask: a dialog of the table, or without script a page.

    Changes nothing.
    """
    form = ChosenForm(request.POST, account=request.account, person=request.user)
    if not form.is_valid():
        return refuse(request, next(iter(form.errors.values()))[0], Query())
    action, selection = form.cleaned_data["action"], form.cleaned_data["selection"]
    if not (request.membership.can_export if action == EXPORT else request.membership.can_edit):
        raise PermissionDenied
    try:
        count = contact_batches.checked_count(request.account, selection)
    except OperationError as error:
        return refuse(request, str(error.message), selection.query)
    context = _question(request, action, selection, count)
    return render(request, f"{CHECK}#question" if request.htmx else CHECK, context)


def _question(
    request: AccountRequest, action: str, selection: Selection, count: int, form: ActionForm | None = None
) -> dict[str, Any]:
    """Return what the question shows: for ADD, the lists to choose from until one of them is chosen."""
    account, contact_list = request.account, _list_of(request, action, selection)
    context = {
        "action": action,
        "question": batch_pages.question(account, action, selection, count, contact_list),
        "selection": selections.sealed(account, request.user, selection),
        "list": contact_list,
        "back": index_of(account, selection.query),
    }
    if action == EXPORT:
        context |= {"form": export_forms.of_contacts(account), "is_big": count > settings.EXPORT_AT_ONCE_ROWS}
    elif action == Action.ADD and contact_list is None:
        search = request.POST.get("search", "").replace("\0", "").strip()[:120]
        context |= {"choices": targets(account, search), "search": search, "offered": LISTS_OFFERED}
    else:
        context["form"] = form or FORMS[action]()
    return context


def _list_of(request: AccountRequest, action: str, selection: Selection) -> ContactList | None:
    """Return the list that was chosen to add to, or the one that the page shows, to remove from."""
    if action == Action.REMOVE:
        wanted = str(selection.query.list_id or "")
    else:
        wanted = request.POST.get("contact_list", "") if action == Action.ADD else ""
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        return None
    lists = ContactList.objects.for_account(request.account).filter(kind=ContactList.Kind.DIRECTORY)
    return lists.filter(pk=int(wanted)).first()


@directory_required("can_edit")
@posted("directory:contact_index")
@once
def contact_batch_start(request: AccountRequest) -> HttpResponse:
    chosen = ChosenForm(request.POST, account=request.account, person=request.user)
    action = chosen.cleaned_data["action"] if chosen.is_valid() else ""
    if action not in FORMS:
        return refuse(request, str(batch_pages.NOTHING_ASKED), Query())
    form, selection = FORMS[action](request.POST), chosen.cleaned_data["selection"]
    try:
        count = contact_batches.checked_count(request.account, selection)
        if not form.is_valid():
            context = _question(request, action, selection, count, form)
            return render(request, CHECK, context, status=422)
        batch = contact_batches.start(
            request.account,
            action=Action(action),
            selection=selection,
            contact_list=_list_of(request, action, selection),
            options=form.options(),
            by=request.user,
            now=timezone.now(),
        )
    except OperationError as error:
        return refuse(request, str(error.message), selection.query)
    return redirect("directory:contact_batch_show", batch.pk)


@require_GET
@directory_required()
def contact_batch_show(request: AccountRequest, contact_batch_id: int) -> HttpResponse:
    """Show how far an action is, or what came of it. A page that polls is told to reload when it is over."""
    rows = ContactBatch.objects.filter(account=request.account).select_related("author", "contact_list")
    batch = get_object_or_404(rows, pk=contact_batch_id)
    context = {
        "batch": batch,
        "progress": batch_pages.progress(batch),
        "summary": batch_pages.summary(batch),
        "difference": batch_pages.difference(batch),
        "failure": batch_pages.failure(batch),
        "back": index_of(request.account, Query.from_json(batch.query)),
        "list": batch.contact_list if batch.contact_list and batch.contact_list.deleted_at is None else None,
    }
    return job_page(request, batch, "directory/contact_batch_show.html", context)


def refuse(request: AccountRequest, message: str, query: Query) -> HttpResponse:
    """Say why nothing can be done, on the table the contacts were chosen in."""
    messages.warning(request, message)
    url = index_of(request.account, query)
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def index_of(account: Account, query: Query) -> str:
    """Return the address of the table that shows a query: of the whole base, or of a list."""
    if query.list_id is not None:
        url = reverse("directory:list_show", args=[query.list_id])
    else:
        url = reverse("directory:contact_index")
    is_plain = query == Query(list_id=query.list_id)
    return url if is_plain else f"{url}?q={seal_query(account, query)}"
