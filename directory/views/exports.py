"""Contacts of the directory as a file: the whole base, what a page showed, or what was ticked there."""

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.models import ContactList
from contacts.operations import exports as operations
from contacts.views.exports import deliver
from directory import export_forms
from directory.access import directory_required
from directory.operations import contact_batches
from directory.queries import selections
from directory.queries.query import Query, Selection
from directory.queries.tokens import unseal_query
from directory.views.batches import index_of, refuse
from smsplatform.accounts.access import AccountRequest
from smsplatform.accounts.once import once
from smsplatform.accounts.recent import recent_sign_in_required
from smsplatform.lib.errors import OperationError


@require_http_methods(["GET", "POST"])
@directory_required("can_export")
@recent_sign_in_required()
@once
def contact_export_new(request: AccountRequest) -> HttpResponse | FileResponse:
    """Ask for format and columns, then send the file, or have a big one made in the background."""
    try:
        selection = _asked(request)
        count = contact_batches.checked_count(request.account, selection)
    except ValueError:
        return refuse(request, _("This page is too old: choose the contacts again."), Query())
    except OperationError as error:
        return refuse(request, str(error.message), Query())
    form = export_forms.of_contacts(request.account, request.POST or None)
    name = _name(request, selection)
    if request.method == "POST" and form.is_valid():
        order = operations.Order(
            contacts=selections.to_json(selection), contacts_name=name, contact_count=count, **form.order()
        )
        return deliver(request, order)
    context = {
        "form": form,
        "count": count,
        "name": name,
        "selection": selections.sealed(request.account, request.user, selection),
        "back": index_of(request.account, selection.query),
        "is_big": count > settings.EXPORT_AT_ONCE_ROWS,
        "days": operations.KEEP_FILES.days,
    }
    return render(request, "directory/contact_export_new.html", context, status=422 if form.errors else 200)


def _asked(request: AccountRequest) -> Selection:
    """Return the contacts that a form names, or the query of an address. Raise ValueError."""
    if token := request.POST.get("selection", ""):
        return selections.unsealed(request.account, request.user, token)
    return Selection(unseal_query(request.account, request.GET.get("q", "")))


def _name(request: AccountRequest, selection: Selection) -> str:
    """Return what the file is called: after the list it is of, if any."""
    query = selection.query
    if query.list_id is not None:
        lists = ContactList.objects.for_account(request.account).filter(pk=query.list_id)
        return lists.values_list("name", flat=True).first() or _("Contacts")
    return _("Chosen contacts") if query.is_narrowed or selection.phones is not None else _("Contacts")
