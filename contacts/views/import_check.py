"""Step 2 of an import into a list: what is shown is what is sent, and only what was seen is imported."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import check_page, import_words, since_words
from contacts.import_forms import CheckForms
from contacts.importer import readings
from contacts.models import Import
from contacts.operations import import_choices
from contacts.operations.import_moves import changed
from contacts.since_words import Since
from smsplatform.accounts.access import AccountRequest, right_required
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted


def check(
    request: AccountRequest,
    imported: Import,
    forms: CheckForms | None = None,
    since: Since | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show what was understood and what would be imported, with the `forms` as they were sent, if they were."""
    forms = forms or CheckForms.of(imported, is_locked=not request.membership.can_import)
    checked = check_page.check(imported, forms.correction, since)
    context = {
        "import": imported,
        "check": checked,
        "columns": [{"field": field, "is_marked": field.name in checked["since"].marked} for field in forms.columns],
        **import_words.check(request.account, imported),
    }
    return render(request, "contacts/import_check.html", context, status=status)


@right_required("can_import")
@posted("contacts:import_show", "import_id")
def import_correct(request: AccountRequest, import_id: int) -> HttpResponse:
    """Read the file again with what is chosen."""
    return _choose(request, import_id, confirms=False)


@right_required("can_import")
@posted("contacts:import_show", "import_id")
def import_confirm(request: AccountRequest, import_id: int) -> HttpResponse:
    """Import with what is chosen, where that is what the page said; else show first what comes of it."""
    return _choose(request, import_id, confirms=True)


def _choose(request: AccountRequest, import_id: int, *, confirms: bool) -> HttpResponse:
    imported = _get(request, import_id)
    if imported.status == Import.Status.READY and has_other_columns(request, imported):
        return redirect("contacts:import_show", import_id)
    forms = CheckForms.of(imported, request.POST) if "columns" in imported.detection else None
    if forms is None or not (forms.is_valid() or imported.status == Import.Status.READY):
        messages.warning(request, str(changed(imported).message))
        return redirect("contacts:import_show", import_id)
    if not forms.is_valid():
        return check(request, imported, forms, status=422)
    try:
        import_choices.choose(
            request.account,
            imported=imported,
            seen=request.POST.get("seen", ""),
            overrides=forms.overrides(),
            region=forms.correction.cleaned_data["region"],
            reads_again=not confirms,
            confirms=confirms,
            by=request.user,
            now=timezone.now(),
        )
    except import_choices.NotSeen as error:
        messages.warning(request, str(error.message))
        return _not_seen(request, import_id)
    except OperationError as error:
        messages.warning(request, str(error.message))
    return redirect("contacts:import_show", import_id)


def _not_seen(request: AccountRequest, import_id: int) -> HttpResponse:
    """Show the import as it is now, with what was chosen for it as it was."""
    imported = _get(request, import_id)
    if "reset" not in request.POST and imported.status == Import.Status.READY:
        forms = CheckForms.of(imported, request.POST)
        if forms.is_valid() and forms.changed:
            return check(request, imported, forms, since_words.chosen(forms.changed), status=409)
    return redirect("contacts:import_show", import_id)


def has_other_columns(request: AccountRequest, imported: Import) -> bool:
    """Return whether the page was of another table, and say that its choices are not used."""
    if request.POST.get("table", "") in ("", readings.table_digest(imported.detection)):
        return False
    message = _(
        "The file now has other columns than your page showed: what you chose for those is not used. Check what is shown,"
        " then continue."
    )
    messages.warning(request, message)
    return True


def _get(request: AccountRequest, import_id: int) -> Import:
    rows = Import.objects.filter(account=request.account, into_directory=False)
    return get_object_or_404(rows.select_related("account", "author", "contact_list"), pk=import_id)
