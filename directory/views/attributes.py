"""The attributes of contacts: the table, one attribute, its order and its end."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from directory.access import directory_required
from directory.attribute_forms import AttributeForm
from directory.models import Attribute
from directory.operations import attributes
from directory.operations.attributes import AttributeRefused
from directory.operations.locks import DirectoryBusy
from directory.queries import attributes as queries
from directory.queries import uses
from directory.queries.query import contact_count
from smsplatform.accounts.access import AccountRequest
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted

COUNTED_AT_ONCE = 50_000  # while the page is made; beyond that it asks once it is shown


@require_GET
@directory_required()
def attribute_index(request: AccountRequest) -> HttpResponse:
    """Show the attributes, and how many contacts have a value of each: of a large account only with ?count=1."""
    rows = queries.of(request.account)
    counts = "count" in request.GET or contact_count(request.account) <= COUNTED_AT_ONCE
    context = {
        "attributes": rows,
        "usage": queries.usage(request.account) if counts else None,
        "missing": queries.missing_standard(rows),
        "is_full": len(rows) >= attributes.MOST,
    }
    page = "directory/attribute_index.html"
    return render(request, f"{page}#table" if request.htmx else page, context)


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
@once
def attribute_create(request: AccountRequest) -> HttpResponse:
    form = AttributeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = attributes.create(request.account, **form.cleaned_data, **_given(request))
            messages.success(request, _("The attribute “%(name)s” is created.") % {"name": made.name})
            return redirect("directory:attribute_index")
        except AttributeRefused as error:
            form.refuse(error)
    return render(request, "directory/attribute_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
def attribute_edit(request: AccountRequest, attribute_id: int) -> HttpResponse:
    attribute = _get(request, attribute_id)
    form = AttributeForm.of(attribute, request.POST or None, is_fixed=queries.is_fixed(request.account, attribute))
    if request.method == "POST" and form.is_valid():
        try:
            changed = attributes.change(request.account, attribute=attribute, **form.cleaned_data, **_given(request))
            messages.success(request, _("The attribute “%(name)s” is saved.") % {"name": changed.name})
            return redirect("directory:attribute_index")
        except AttributeRefused as error:
            form.refuse(error)
        except DirectoryBusy as error:
            form.add_error(None, str(error.message))
    context = {"form": form, "attribute": attribute, "uses": uses.of(request.account, attribute)}
    return render(request, "directory/attribute_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
@once
def attribute_delete(request: AccountRequest, attribute_id: int) -> HttpResponse:
    """Say what needs the attribute and whose values go with it; delete it on POST."""
    attribute = _get(request, attribute_id)
    if request.method == "POST":
        try:
            attributes.delete(request.account, attribute=attribute, **_given(request))
        except OperationError as error:
            messages.warning(request, str(error.message))
            return redirect("directory:attribute_delete", attribute.pk)
        done = _("The attribute “%(name)s” is deleted. Its values are being removed from the contacts.")
        messages.success(request, done % {"name": attribute.name})
        return redirect("directory:attribute_index")
    usage = queries.usage(request.account, attribute.key)
    context = {
        "attribute": attribute,
        "uses": uses.of(request.account, attribute),
        "contacts": usage.contacts.get(attribute.key, 0),
        "is_partial": usage.is_partial,
    }
    return render(request, "directory/attribute_delete.html", context)


@directory_required("can_edit")
@posted("directory:attribute_index")
@once
def attribute_move(request: AccountRequest, attribute_id: int) -> HttpResponse:
    places = -1 if request.POST.get("to") == "up" else 1
    try:
        attributes.move(request.account, attribute=_get(request, attribute_id), places=places, **_given(request))
    except OperationError as error:
        messages.warning(request, str(error.message))
    return redirect("directory:attribute_index")


@directory_required("can_edit")
@posted("directory:attribute_index")
def attribute_restore(request: AccountRequest) -> HttpResponse:
    """Add the proposed attributes that are no longer there."""
    try:
        made = attributes.restore_standard(request.account, **_given(request))
        done = ngettext("%(n)d attribute was added.", "%(n)d attributes were added.", len(made)) % {"n": len(made)}
        messages.success(request, done if made else _("Attributes with these names are already there."))
    except OperationError as error:
        messages.warning(request, str(error.message))
    return redirect("directory:attribute_index")


def _get(request: AccountRequest, attribute_id: int) -> Attribute:
    rows = Attribute.objects.filter(account=request.account, deleted_at=None)
    return get_object_or_404(rows, pk=attribute_id)


def _given(request: AccountRequest) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}
