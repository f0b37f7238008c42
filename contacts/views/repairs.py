"""The repair bench: refused lines corrected by group, one by one, or by the corrected file."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.core.files.base import File
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from contacts import repair_words, reports
from contacts.models import Import
from contacts.operations import mends, repairs
from contacts.operations.repairs import EditsRefused
from contacts.queries import rejects
from contacts.repair_forms import CorrectedFileForm, typed_numbers, whole_number
from smsplatform.accounts.access import AccountRequest, right_required
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.lib.phones import format_phone, normalise
from smsplatform.ui.posting import posted

LINES_PER_PAGE = 25
BENCH = "contacts:import_repair"

Status = Import.Status


@require_GET
@right_required("can_import")
def import_repair(request: AccountRequest, import_id: int) -> HttpResponse:
    """Show the bench; while the file is analysed again, how far that is."""
    imported = _get(request, import_id)
    if imported.status in (Status.UPLOADED, Status.ANALYSING):
        context = {"import": imported, "progress": reports.progress(imported)}
        response = render(request, "contacts/repair_working.html", context)
        said = messages.get_messages(request)
        if isinstance(said, BaseStorage):
            said.used = False  # the bench, which comes in a moment, says it again
        return response
    if imported.status not in (Status.READY, Status.DONE):
        return redirect("contacts:import_show", imported.pk)
    return _bench(request, imported, CorrectedFileForm())


def _bench(
    request: AccountRequest,
    imported: Import,
    form: CorrectedFileForm,
    typed: Mapping[int, str] | None = None,
    errors: Mapping[int, str] | None = None,
) -> HttpResponse:
    number = whole_number(request.POST.get("page", request.GET.get("page", "")), 1)
    context: dict[str, Any] = {
        "import": imported,
        "form": form,
        "is_ready": imported.status == Status.READY,
        "max_bytes": settings.IMPORT_MAX_BYTES,
        "most_shown": rejects.MOST_SHOWN,
        **repair_words.bench(imported),
    }
    try:
        page = rejects.page(imported, number=number, size=LINES_PER_PAGE)
        context |= {"page": page, "rows": repair_words.table(imported, page, typed or {}, errors or {})}
    except FileNotFoundError:
        context |= {"page": None, "rows": [], "is_file_gone": bool(context["refused"])}
    return render(request, "contacts/repair.html", context, status=422 if form.errors or errors else 200)


@right_required("can_import")
@posted("contacts:import_repair", "import_id")
def import_repair_fix(request: AccountRequest, import_id: int) -> HttpResponse:
    """Apply a group's repair, or take it back."""
    operation = repairs.remove_fix if request.POST.get("undo") else repairs.apply_fix
    return _act(request, _get(request, import_id), operation, fix=request.POST.get("fix", ""))


@right_required("can_import")
@posted("contacts:import_repair", "import_id")
def import_repair_edit(request: AccountRequest, import_id: int) -> HttpResponse:
    """Keep the numbers typed into the table, or take some back."""
    imported = _get(request, import_id)
    if request.POST.get("undo"):
        lines = [whole_number(line, 0) for line in request.POST.getlist("line")]
        return _act(request, imported, repairs.remove_edits, lines=lines)
    typed = typed_numbers(request.POST)
    try:
        edited = repairs.edit(request.account, imported=imported, numbers=typed, by=request.user, now=timezone.now())
    except EditsRefused as error:
        messages.error(request, str(error.message))
        return _bench(request, imported, CorrectedFileForm(), typed, error.errors)
    except OperationError as error:
        messages.warning(request, str(error.message))
    else:
        _say_edited(request, edited)
    return redirect(BENCH, imported.pk)


def _say_edited(request: AccountRequest, edited: int) -> None:
    if edited:
        done = ngettext("%(n)d number is corrected.", "%(n)d numbers are corrected.", edited)
        messages.success(request, done % {"n": edited})
    else:
        messages.info(request, _("No number was changed."))


@right_required("can_import")
@posted("contacts:import_repair", "import_id")
def import_repair_check(request: AccountRequest, import_id: int) -> JsonResponse:
    """Say what a number that is being typed would be: posted, so that it stands in no address and no log."""
    imported = _get(request, import_id)
    number = repairs.one_line(request.POST.get("number", ""))
    why = repairs.why_refused(number, imported.region)
    text = why or format_phone(normalise(number, imported.region).digits, imported.region)
    return JsonResponse({"is_valid": not why, "text": text})


@right_required("can_import")
@posted("contacts:import_repair", "import_id")
@once
def import_repair_upload(request: AccountRequest, import_id: int) -> HttpResponse:
    """Take the corrected file: into the import that waits, or as an import of its own for one that is done."""
    imported = _get(request, import_id)
    form = CorrectedFileForm(request.POST, request.FILES)
    if imported.status not in (Status.READY, Status.DONE):
        return redirect("contacts:import_show", imported.pk)
    if form.is_valid():
        try:
            return _sent(request, imported, form.cleaned_data["file"])
        except OperationError as error:
            form.add_error("file", str(error.message))
    return _bench(request, imported, form)


def _sent(request: AccountRequest, imported: Import, file: File) -> HttpResponse:
    """Take a corrected file and return where to go on."""
    by, now = request.user, timezone.now()
    if imported.status == Status.DONE:
        mend = mends.start(request.account, imported=imported, file=file, by=by, now=now)
        return redirect("contacts:import_show", mend.pk)
    _say_taken(request, mends.take_file(request.account, imported=imported, file=file, by=by, now=now))
    return redirect(BENCH, imported.pk)


def _say_taken(request: AccountRequest, taken: mends.Taken) -> None:
    """Say what became of the lines of a corrected file: every kind that there is."""
    sentences = [
        (taken.taken, ngettext("%(n)d line is corrected.", "%(n)d lines are corrected.", taken.taken)),
        (
            taken.still_wrong,
            ngettext(
                "%(n)d line still has no valid number.", "%(n)d lines still have no valid number.", taken.still_wrong
            ),
        ),
        (
            taken.not_refused,
            ngettext(
                "%(n)d line is no longer refused and stays as it is.",
                "%(n)d lines are no longer refused and stay as they are.",
                taken.not_refused,
            ),
        ),
        (
            taken.contradictory,
            ngettext(
                "%(n)d line is there several times with different numbers and was left out.",
                "%(n)d lines are there several times with different numbers and were left out.",
                taken.contradictory,
            ),
        ),
    ]
    said = " ".join(sentence % {"n": count} for count, sentence in sentences if count)
    (messages.success if taken.taken else messages.warning)(request, said or _("No number was changed."))


@right_required("can_import")
@posted("contacts:import_show", "import_id")
@once
def import_mend(request: AccountRequest, import_id: int) -> HttpResponse:
    """Take the refused lines of a done import up again, as an import of their own."""
    imported = _get(request, import_id)
    try:
        mend = mends.start(request.account, imported=imported, by=request.user, now=timezone.now())
    except OperationError as error:
        messages.warning(request, str(error.message))
        return redirect("contacts:import_show", imported.pk)
    return redirect(BENCH, mend.pk)


def _get(request: AccountRequest, import_id: int) -> Import:
    rows = Import.objects.filter(account=request.account).select_related("author", "contact_list")
    return get_object_or_404(rows, pk=import_id)


def _act(request: AccountRequest, imported: Import, operation: Callable[..., Any], **data: Any) -> HttpResponse:
    """Call one operation and show the bench again, with the reason if it refused."""
    try:
        operation(request.account, imported=imported, by=request.user, now=timezone.now(), **data)
    except OperationError as error:
        messages.warning(request, str(error.message))
    return redirect(BENCH, imported.pk)
