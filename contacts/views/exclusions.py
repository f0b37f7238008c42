"""The exclusion list: look up, add one or many, remove with a reason. Its export is with the others, in `exports`."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from contacts.exclusion_forms import NUMBER_CHARACTERS, AddForm, AddManyForm, FilterForm, ReadmitForm, RemoveForm
from contacts.models import Exclusion, Import
from contacts.operations import exclusions, imports
from contacts.pasted import REFUSED_SHOWN, Pasted, Refused
from contacts.queries import erased
from contacts.queries import exclusions as queries
from smsplatform.accounts.access import AccountRequest, account_required, right_required
from smsplatform.accounts.models import Account
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.lib.phones import format_phone
from smsplatform.lib.sealed import Purpose, seal, text, unseal
from smsplatform.ui.posting import posted
from smsplatform.ui.templatetags.ui import number

EXCLUSIONS_PER_PAGE = 50
INDEX = "contacts:exclusion_index"


@require_GET
@account_required
def exclusion_index(request: AccountRequest) -> HttpResponse:
    form = FilterForm(_typed(request.GET, request.account))
    filters = form.filters()
    page = queries.page(request.account, filters=filters, token=request.GET.get("after", ""), limit=EXCLUSIONS_PER_PAGE)
    context = {
        "form": form,
        "page": page,
        "is_filtered": bool(filters) or bool(form.errors),
        "counted": queries.COUNT_AT_MOST,
        "erased": erased.count(request.account),
    }
    return render(request, "contacts/exclusion_index.html", context)


def _typed(parameters: QueryDict, account: Account) -> dict[str, str]:
    """Return an address's parameters as the form takes them: the number is sealed there."""
    typed = {name: parameters.get(name, "") for name in FilterForm.base_fields}
    try:
        number = unseal(typed["number"], text, purpose=Purpose.EXCLUSION_SEARCH, account=account.pk)
        return typed | {"number": number}
    except ValueError:
        return typed | {"number": ""}


@account_required
@posted("contacts:exclusion_index")
def exclusion_search(request: AccountRequest) -> HttpResponse:
    """Lead to the table that shows what was asked for. Posted, so that no number stands in an address or a log."""
    asked = {name: request.POST.get(name, "").strip() for name in FilterForm.base_fields}
    if asked["number"]:
        number = asked["number"][: NUMBER_CHARACTERS + 1]
        asked["number"] = seal(number, purpose=Purpose.EXCLUSION_SEARCH, account=request.account.pk)
    parameters = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"{reverse(INDEX)}?{parameters}" if parameters else INDEX)


@require_http_methods(["GET", "POST"])
@right_required("can_edit")
def exclusion_add(request: AccountRequest) -> HttpResponse:
    form = AddForm(request.POST or None, account=request.account)
    refused: list[Refused] = []
    if request.method == "POST" and form.is_valid():
        found, reason = form.cleaned_data["number"], form.cleaned_data["reason"]
        refused = _add(request, found, reason)
        if not refused:
            return redirect(INDEX)
        form = AddForm(initial={"number": found.left, "reason": reason}, account=request.account)
    context = {"form": form, **_unread(refused)}
    return render(request, "contacts/exclusion_add.html", context, status=422 if form.errors or refused else 200)


def _unread(refused: list[Refused]) -> dict[str, Any]:
    return {"refused": refused[:REFUSED_SHOWN], "more": max(0, len(refused) - REFUSED_SHOWN)}


def _add(request: AccountRequest, found: Pasted, reason: str = "") -> list[Refused]:
    """Exclude what could be read at once and say so; return what could not."""
    added = exclusions.add(
        request.account,
        phones=found.phones,
        source=Exclusion.Source.PERSON,
        reason=reason,
        by=request.user,
        now=timezone.now(),
    )
    if len(found.phones) == 1 and not found.refused:
        _say_one(request, found.phones[0], added)
    else:
        messages.add_message(request, messages.SUCCESS if added else messages.INFO, _said(found, added))
    return found.refused


def _said(found: Pasted, added: int) -> str:
    """Say in one sentence what became of several numbers."""
    read, already, unread = len(found.phones), len(found.phones) - added, len(found.refused)
    parts = [ngettext("%(n)s added to the exclusion list", "%(n)s added to the exclusion list", added)]
    counts = [added]
    if already:
        parts.append(ngettext("%(n)s already excluded", "%(n)s already excluded", already))
        counts.append(already)
    if unread:
        parts.append(ngettext("%(n)s not read", "%(n)s not read", unread))
        counts.append(unread)
    said = ", ".join(part % {"n": number(count)} for part, count in zip(parts, counts, strict=True))
    start = ngettext("%(n)s number read: %(parts)s.", "%(n)s numbers read: %(parts)s.", read)
    return start % {"n": number(read), "parts": said}


def _say_one(request: AccountRequest, phone: int, added: int) -> None:
    shown = format_phone(phone, request.account.region)
    if added:
        messages.success(request, _("%(phone)s is on the exclusion list.") % {"phone": shown})
    else:
        messages.info(request, _already(shown, queries.known(request.account, [phone])[phone]))


def _already(shown: str, known: queries.Known) -> str:
    day = formats.date_format(timezone.localtime(known.at), "SHORT_DATE_FORMAT")
    source = Exclusion.Source(known.source).label
    message = _("%(phone)s was already on the exclusion list since %(day)s (%(source)s). Nothing has changed.")
    return message % {"phone": shown, "day": day, "source": source}


@require_http_methods(["GET", "POST"])
@right_required("can_import")
@once
def exclusion_import(request: AccountRequest) -> HttpResponse:
    """Import a file in steps; exclude pasted numbers at once, and give back what could not be read."""
    form = AddManyForm(request.POST or None, request.FILES or None)
    refused: list[Refused] = []
    if request.method == "POST" and form.is_valid():
        try:
            found = form.read(request.account.region)
            if found is None:
                return redirect("contacts:import_show", _upload(request, form).pk)
            refused = _add(request, found)
        except OperationError as error:
            form.refuse_content(str(error.message))
        else:
            if not refused:
                return redirect(INDEX)
            form = AddManyForm(initial={"source": "PASTE", "pasted": found.left})
    context = {"form": form, "max_bytes": settings.IMPORT_MAX_BYTES, "max_rows": settings.IMPORT_MAX_ROWS}
    status = 422 if form.errors or refused else 200
    return render(request, "contacts/exclusion_import.html", context | _unread(refused), status=status)


def _upload(request: AccountRequest, form: AddManyForm) -> Import:
    return imports.upload(
        request.account,
        target=Import.Target.EXCLUDE,
        list_name=_("Exclusion list"),
        by=request.user,
        now=timezone.now(),
        **form.content(),
    )


@require_http_methods(["GET", "POST"])
@right_required("can_manage")
@once
def exclusion_readmit(request: AccountRequest) -> HttpResponse:
    """Take a number off the exclusion list that the account no longer knows: somebody types it."""
    form = ReadmitForm(request.POST or None, account=request.account)
    if request.method == "POST" and form.is_valid():
        try:
            if _remove_numbers(request, [form.cleaned_data["number"]], form.cleaned_data):
                return redirect(INDEX)
            form.add_error("number", _("This number is not on the exclusion list."))
        except OperationError as error:
            form.add_error(None, str(error.message))
    context = {"form": form, "erased": erased.count(request.account)}
    return render(request, "contacts/exclusion_readmit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@right_required("can_manage")
@once
def exclusion_remove(request: AccountRequest) -> HttpResponse:
    """Ask why the chosen numbers should leave the exclusion list, then take them off it. `id`s stand for the numbers."""
    ids = {int(text) for text in request.GET.getlist("id") if text.isascii() and text.isdecimal() and len(text) < 19}
    if not ids:
        messages.warning(request, _("Choose at least one number."))
        return redirect(INDEX)
    rows = queries.by_ids(request.account, ids)
    if not rows:
        raise Http404
    form = RemoveForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            _remove_numbers(request, [row.phone for row in rows], form.cleaned_data)
            return redirect(INDEX)
        except OperationError as error:
            form.add_error(None, str(error.message))
    stops = sum(row.source == Exclusion.Source.STOP for row in rows)
    context = {"form": form, "rows": rows, "stops": stops}
    return render(request, "contacts/exclusion_remove.html", context, status=422 if form.errors else 200)


def _remove_numbers(request: AccountRequest, phones: list[int], data: dict[str, Any]) -> int:
    removed = exclusions.remove(
        request.account,
        phones=phones,
        reason=data["reason"],
        including_stop=data.get("including_stop", False),
        by=request.user,
        now=timezone.now(),
    )
    done = ngettext(
        "%(n)s number is no longer on the exclusion list.",
        "%(n)s numbers are no longer on the exclusion list.",
        removed,
    )
    if removed:
        messages.success(request, done % {"n": removed})
    return removed
