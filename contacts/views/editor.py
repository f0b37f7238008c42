"""A list's editor: the grid, its one save, and the same for single contacts without script."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts import editor_forms
from contacts.editor_forms import EntryForm, ReasonForm
from contacts.models import ContactList
from contacts.operations import entries, entry_keys
from contacts.operations.entry_changes import Changes, Exclusion, RowChange, RowResult, Saved, Status
from contacts.queries import entries as queries
from contacts.queries import entry_search
from contacts.queries.entries import Row, Shown
from contacts.queries.entry_text import DIGITS, WORDS
from smsplatform.accounts.access import AccountRequest, account_required, right_required
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.lib.phones import format_phone
from smsplatform.lib.sealed import Purpose, phone, seal, text, unseal
from smsplatform.ui.posting import posted

ROWS_PER_PAGE = 50
SEARCH_CHARACTERS = 100


@require_GET
@account_required
def list_edit(request: AccountRequest, list_id: int) -> HttpResponse:
    if ContactList.objects.for_account(request.account).filter(pk=list_id, kind=ContactList.Kind.DIRECTORY).exists():
        return redirect("directory:list_show", list_id)
    contact_list = _get(request, list_id)
    search = _searched(request)
    shown = Shown(
        search=search,
        sort=request.GET.get("sort", queries.BY_PHONE),
        excluded_only=request.GET.get("excluded") == "1",
        token=request.GET.get("at", ""),
    )
    column = shown.sort.removeprefix("-")
    facets = [WORDS, DIGITS, *(one["key"] for one in contact_list.columns if one["key"] == column)]
    entry_keys.ask(request.account, contact_list, facets=facets, now=timezone.now())
    page = queries.page(request.account, contact_list, shown=shown, limit=ROWS_PER_PAGE)
    context = {
        "list": contact_list,
        "page": page,
        "shown": shown,
        "sort": page.sort,
        "is_too_short": entry_search.is_too_short(search, request.account.region),
        "matches": entry_search.MATCHES,
        "search_characters": SEARCH_CHARACTERS,
        "max_changes": entries.MAX_CHANGES,
    }
    fragment = "#grid" if request.headers.get("X-Fragment") == "grid" else ""
    response = render(request, f"contacts/editor.html{fragment}", context)
    patch_vary_headers(response, ["X-Fragment"])
    return response


def _searched(request: AccountRequest) -> str:
    try:
        return unseal(request.GET.get("q", ""), text, purpose=Purpose.ENTRY_SEARCH, account=request.account.pk)
    except ValueError:
        return ""


@account_required
@posted("contacts:list_edit", "list_id")
def list_edit_search(request: AccountRequest, list_id: int) -> HttpResponse:
    """Lead to the page that shows what was asked for. Posted, so that no number stands in an address or a log."""
    _get(request, list_id)
    search = request.POST.get("search", "").strip()[:SEARCH_CHARACTERS]
    asked = {
        "q": seal(search, purpose=Purpose.ENTRY_SEARCH, account=request.account.pk) if search else "",
        "excluded": "1" if request.POST.get("excluded") == "1" else "",
        "sort": request.POST.get("sort", "")[:20],
    }
    parameters = urlencode({name: value for name, value in asked.items() if value})
    address = reverse("contacts:list_edit", args=[list_id])
    return redirect(f"{address}?{parameters}" if parameters else address)


@right_required("can_edit")
@posted("contacts:list_edit", "list_id")
def list_edit_save(request: AccountRequest, list_id: int) -> JsonResponse:
    """Save the grid's pending changes: a JSON file in a form, whose other fields are the page's tokens."""
    contact_list = _get(request, list_id)
    file = request.FILES.get("changes")
    try:
        if file is None or (file.size or 0) > editor_forms.MAX_BYTES:
            raise editor_forms.BadChanges(_("These changes are too many for one save. Import a file instead."))
        saved = _save(request, contact_list, editor_forms.parse(file.read()))
    except OperationError as error:
        return JsonResponse({"code": error.code, "message": str(error.message)}, status=422)
    region = request.account.region
    return JsonResponse({"rows": [_as_json(row, region) for row in saved.rows], "keys": saved.keys})


def _save(request: AccountRequest, contact_list: ContactList, changes: Changes) -> Saved:
    readmits = any(row.exclusion and not row.exclusion.adds for row in changes.rows)
    if readmits and not request.membership.can_manage:
        raise PermissionDenied
    return entries.save(
        request.account, contact_list=contact_list, changes=changes, by=request.user, now=timezone.now()
    )


def _as_json(row: RowResult, region: str) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "status": row.status,
        "shown": format_phone(row.phone, region) if row.phone else "",
        "code": row.code,
        "message": row.message,
        "column": row.column,
        "theirs": row.theirs,
    }


@require_GET
@right_required("can_edit")
def list_edit_column(request: AccountRequest, list_id: int) -> JsonResponse:
    """Say how many contacts would lose a value with a column."""
    contact_list = _get(request, list_id)
    key = request.GET.get("key", "")
    if key not in {column["key"] for column in contact_list.columns}:
        raise Http404
    return JsonResponse({"filled": queries.filled(request.account, contact_list, key)})


@require_http_methods(["GET", "POST"])
@right_required("can_edit")
@once
def entry_add(request: AccountRequest, list_id: int) -> HttpResponse:
    contact_list = _get(request, list_id)
    form = EntryForm(request.POST or None, contact_list=contact_list, region=request.account.region)
    if request.method == "POST" and form.is_valid():
        done = _("%(phone)s is in the list.")
        response = _save_one(request, contact_list, form, form.change(), done)
        if response:
            return response
    return _entry_page(request, contact_list, form, None)


@require_http_methods(["GET", "POST"])
@right_required("can_edit")
def entry_edit(request: AccountRequest, list_id: int) -> HttpResponse:
    """Change, remove, exclude or readmit one contact, which a sealed `entry` names."""
    contact_list = _get(request, list_id)
    row = _row(request, contact_list)
    action = request.POST.get("action", "save")
    data = request.POST if request.method == "POST" else None
    form = EntryForm(data, contact_list=contact_list, row=row, region=request.account.region)
    reason = ReasonForm(data)
    if request.method == "POST" and action in _DONE and (action != "save" or form.is_valid()) and reason.is_valid():
        wanted = _exclusion(action, reason)
        change = form.change(remove=action == "remove", exclusion=wanted)
        response = _save_one(request, contact_list, form, change, str(_DONE[action]()))
        if response:
            return response
    return _entry_page(request, contact_list, form, row)


_DONE = {
    "save": lambda: _("%(phone)s is saved."),
    "remove": lambda: _("%(phone)s is no longer in the list."),
    "exclude": lambda: _("%(phone)s is on the exclusion list."),
    "readmit": lambda: _("%(phone)s is no longer on the exclusion list."),
}


def _exclusion(action: str, reason: ReasonForm) -> Exclusion | None:
    if action not in ("exclude", "readmit"):
        return None
    cleaned = reason.cleaned_data
    return Exclusion(action == "exclude", cleaned["reason"], cleaned["including_stop"])


def _row(request: AccountRequest, contact_list: ContactList) -> Row:
    try:
        named = unseal(request.GET.get("entry", ""), phone, purpose=Purpose.ENTRY, account=request.account.pk)
    except ValueError:
        raise Http404 from None
    found = queries.rows(request.account, contact_list, [named])
    if not found:
        raise Http404
    return found[0]


def _save_one(
    request: AccountRequest, contact_list: ContactList, form: EntryForm, change: RowChange, done: str
) -> HttpResponse | None:
    """Save one row and return where to go on, or None when the form now says why not."""
    try:
        result = _save(request, contact_list, Changes(rows=(change,))).rows[0]
    except OperationError as error:
        form.add_error(None, str(error.message))
        return None
    if result.status != Status.SAVED:
        form.add_result(result)
        return None
    assert result.phone is not None
    messages.success(request, done % {"phone": format_phone(result.phone, request.account.region)})
    return redirect("contacts:list_edit", contact_list.pk)


def _entry_page(request: HttpRequest, contact_list: ContactList, form: EntryForm, row: Row | None) -> HttpResponse:
    context = {"list": contact_list, "form": form, "row": row, "reason": ReasonForm()}
    return render(request, "contacts/editor_entry.html", context, status=422 if form.errors else 200)


def _get(request: AccountRequest, list_id: int) -> ContactList:
    """Return a list whose entries have values of their own: those of diffusion lists belong to the directory."""
    rows = ContactList.objects.for_account(request.account).exclude(kind=ContactList.Kind.DIRECTORY)
    return get_object_or_404(rows, pk=list_id)
