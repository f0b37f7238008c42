"""Imports into a list that exists, and taking an import back."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contacts.import_forms import ImportIntoListForm
from contacts.models import ContactList, Import
from contacts.operations import import_undo, imports
from contacts.operations.import_undo import Undoing
from smsplatform.accounts.access import AccountRequest, account_required, right_required
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError


@require_http_methods(["GET", "POST"])
@right_required("can_import")
@once
def list_import(request: AccountRequest, list_id: int) -> HttpResponse:
    """Step 1 of an import into a list: a file or pasted values, and whether they are added or replace what is there."""
    contact_list = get_object_or_404(ContactList.objects.for_account(request.account), pk=list_id)
    form = ImportIntoListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("contacts:import_show", _upload(request, contact_list, form).pk)
        except OperationError as error:
            form.refuse_content(str(error.message))
    context = {
        "list": contact_list,
        "into_directory": contact_list.kind == ContactList.Kind.DIRECTORY,
        "form": form,
        "max_bytes": settings.IMPORT_MAX_BYTES,
        "max_rows": settings.IMPORT_MAX_ROWS,
    }
    return render(request, "contacts/list_import.html", context, status=422 if form.errors else 200)


def _upload(request: AccountRequest, contact_list: ContactList, form: ImportIntoListForm) -> Import:
    data = form.cleaned_data
    # Into a diffusion list, step 3 asks, when it is known what that changes.
    asked = {name: data[name] for name in ("updates_existing", "erases_empty")}
    return imports.upload(
        request.account,
        target=Import.Target(data["target"]),
        contact_list=contact_list,
        **asked if contact_list.kind != ContactList.Kind.DIRECTORY else {},
        by=request.user,
        now=timezone.now(),
        **form.content(),
    )


@require_http_methods(["GET", "POST"])
@account_required
def import_undo_confirm(request: AccountRequest, import_id: int) -> HttpResponse:
    """Say what undoing an import would do; do it on POST."""
    rows = Import.objects.filter(account=request.account).select_related("contact_list")
    imported = get_object_or_404(rows, pk=import_id)
    # Whoever may be written to again is decided by those who manage the account.
    is_exclusions = imported.target == Import.Target.EXCLUDE
    if not (request.membership.can_manage if is_exclusions else request.membership.can_import):
        raise PermissionDenied
    if request.method == "POST":
        try:
            undone = import_undo.undo(request.account, imported=imported, by=request.user, now=timezone.now())
            messages.success(request, " ".join([_("The import is undone."), *_sentences(undone)]))
        except OperationError as error:
            messages.warning(request, str(error.message))
        return redirect("contacts:import_show", imported.pk)
    if import_undo.until(imported) is None:
        messages.warning(request, _("This import can no longer be undone. Nothing was changed."))
        return redirect("contacts:import_show", imported.pk)
    undoing = import_undo.preview(request.account, imported)
    context = {"import": imported, "sentences": _sentences(undoing) if undoing else None}
    return render(request, "contacts/import_undo.html", context)


def _sentences(undoing: Undoing) -> list[str]:
    """Return what an undoing does, in words."""
    parts = [
        ngettext("%(n)s number is removed.", "%(n)s numbers are removed.", undoing.removed) % {"n": undoing.removed},
        ngettext("%(n)s contact is as before again.", "%(n)s contacts are as before again.", undoing.restored)
        % {"n": undoing.restored},
        ngettext(
            "%(n)s contact stays as it is: it was changed since.",
            "%(n)s contacts stay as they are: they were changed since.",
            undoing.kept,
        )
        % {"n": undoing.kept},
        ngettext(
            "%(n)s contact stays: it is in another list.",
            "%(n)s contacts stay: they are in other lists.",
            undoing.held,
        )
        % {"n": undoing.held},
        ngettext(
            "%(n)s contact leaves the list and stays in the directory.",
            "%(n)s contacts leave the list and stay in the directory.",
            undoing.left,
        )
        % {"n": undoing.left},
        _("The list of the import goes to the bin."),
    ]
    counts = (undoing.removed, undoing.restored, undoing.kept, undoing.held, undoing.left, undoing.lists)
    return [part for part, count in zip(parts, counts, strict=True) if count] or [_("Nothing is left to undo.")]
