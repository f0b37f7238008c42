"""Two lists become one: choose the second, see the counts, decide, and take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts.models import ContactList
from contacts.views.polled import job_page
from directory import merge_words
from directory.access import directory_required
from directory.list_forms import MergeForm
from directory.models import ListMerge
from directory.operations import living, merge_undo, merges
from directory.queries import merges as queries
from smsplatform.accounts.access import AccountRequest
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError

SEARCH_CHARACTERS = 120


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
@once
def list_merge(request: AccountRequest, list_id: int) -> HttpResponse:
    """Choose a second list (`with`), then see what both hold before anything happens."""
    first = _get(request, list_id)
    chosen = (request.POST if request.method == "POST" else request.GET).get("with", "")
    if not chosen.isascii() or not chosen.isdecimal() or len(chosen) > 18:
        return _choose(request, first)
    second = _get(request, int(chosen))
    if second == first:
        return _choose(request, first)
    form = MergeForm.of(first, second, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _start(request, first, second, form)
        except OperationError as error:
            form.add_error(None, str(error.message))
    following = [one for one in (first, second) if one.is_living]
    for one in following:
        living.freshen(request.account, contact_list=one, now=timezone.now())
    overlap = queries.overlap(request.account, first, second)
    context = {"form": form, "first": first, "second": second, "overlap": overlap, "living": following}
    return render(request, "directory/merge_check.html", context, status=422 if form.errors else 200)


def _choose(request: AccountRequest, first: ContactList) -> HttpResponse:
    search = request.GET.get("search", "").replace("\0", "").strip()[:SEARCH_CHARACTERS]
    lists = queries.candidates(request.account, first, search=search)
    context = {"first": first, "lists": lists, "search": search, "most": queries.CANDIDATES}
    template = "directory/merge_choose.html"
    return render(request, f"{template}#results" if request.htmx else template, context)


def _start(request: AccountRequest, first: ContactList, second: ContactList, form: MergeForm) -> HttpResponse:
    merge = merges.start(
        request.account, first=first, second=second, **form.choices(), by=request.user, now=timezone.now()
    )
    if not merge.has_ended or merge.target is None:
        return redirect("directory:merge_show", merge.pk)
    messages.success(request, merge_words.done(merge))
    return redirect("directory:list_show", merge.target.pk)


@require_GET
@directory_required()
def merge_show(request: AccountRequest, merge_id: int) -> HttpResponse:
    """Show how far a merge is, or what came of it. A page that polls is told to reload when it is over."""
    merge = _merge(request, merge_id)
    context = {
        "merge": merge,
        "progress": merge_words.progress(merge),
        "failure": merge_words.failure(merge),
        "until": queries.until(merge),
        "can_undo": merge.status == ListMerge.Status.DONE and not merge_undo.refusal(merge, now=timezone.now()),
    }
    return job_page(request, merge, "directory/merge_show.html", context)


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
def merge_undo_confirm(request: AccountRequest, merge_id: int) -> HttpResponse:
    """Say what taking a merge back would do; do it on POST."""
    merge = _merge(request, merge_id)
    if request.method == "POST":
        try:
            merge_undo.undo(request.account, merge=merge, by=request.user, now=timezone.now())
            messages.success(request, _("The merge into “%(name)s” is undone.") % {"name": merge.name})
        except OperationError as error:
            messages.warning(request, str(error.message))
        return redirect("contacts:list_index")
    refusal = merge_undo.refusal(merge, now=timezone.now())
    context: dict[str, Any] = {"merge": merge, "refusal": refusal}
    if not refusal:
        context["sentences"] = merge_words.undoing(queries.undoing(request.account, merge), merge)
    return render(request, "directory/merge_undo.html", context)


def _get(request: AccountRequest, list_id: int) -> ContactList:
    return get_object_or_404(queries.diffusion_lists(request.account), pk=list_id)


def _merge(request: AccountRequest, merge_id: int) -> ListMerge:
    rows = ListMerge.objects.filter(account=request.account).select_related("author", "first", "second", "target")
    return get_object_or_404(rows, pk=merge_id)
