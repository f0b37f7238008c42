"""My contacts: the table of the whole base, its search and filter, and the columns that a person chose."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from contacts.models import ContactList
from contacts.queries import exclusions, imports
from directory import contact_table, rule_change
from directory.access import directory_required
from directory.contact_forms import ColumnsForm
from directory.contact_table import SEARCH_CHARACTERS, sealed_draft
from directory.filter_forms import Draft
from directory.operations import columns as column_operations
from directory.operations import living as living_operations
from directory.queries import attributes as attribute_queries
from directory.queries import columns, contacts, rules
from directory.queries.query import Query
from smsplatform.accounts.access import AccountRequest
from smsplatform.ui.posting import posted
from smsplatform.ui.templatetags.ui import number

EXCLUDED = {"yes": True, "no": False}


@require_GET
@directory_required()
def contact_index(request: AccountRequest) -> HttpResponse:
    if "q" not in request.GET:
        rule_change.end(request)
    return _show(request, "directory/contact_index.html", None)


@require_GET
@directory_required()
def list_show(request: AccountRequest, list_id: int) -> HttpResponse:
    """Show the same table of one diffusion list, with what can be done with the list."""
    contact_list = _list(request, list_id)
    living_operations.freshen(request.account, contact_list=contact_list, now=timezone.now())
    return _show(request, "directory/list_show.html", contact_list)


def _show(request: AccountRequest, template: str, contact_list: ContactList | None) -> HttpResponse:
    query = contact_table.query_of(request, request.account, contact_list)
    table = contact_table.build(request, query, contact_list)
    context = {
        "table": table,
        "list": contact_list,
        "sort": table.query.sort,
        "search_characters": SEARCH_CHARACTERS,
        "can_select": request.membership.can_edit or request.membership.can_export,
        "rule_of": None if contact_list else rule_change.of(request),
        "imports": imports.of_list(request.account, contact_list) if contact_list else None,
        "exclusions_arrive": bool(contact_list) and exclusions.are_arriving(request.account),
    }
    is_fragment = request.htmx and not request.htmx.history_restore_request
    response = render(request, "directory/contact_table.html#results" if is_fragment else template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@directory_required()
@posted("directory:contact_index")
def contact_search(request: AccountRequest) -> HttpResponse:
    """Lead to the table that shows what was asked for. Posted, so that nothing people search for stands in an address.

    `do`: "search" keeps the filter in force; "apply" is the one that was built; the rest are buttons of the builder.
    """
    contact_list = _named_list(request, request.POST.get("list", ""))
    query = contact_table.query_of(request, request.account, contact_list)
    query = replace(
        query,
        search=request.POST.get("search", "").strip()[:SEARCH_CHARACTERS],
        excluded=EXCLUDED.get(request.POST.get("excluded", "")),
        sort=request.POST.get("sort", "")[:20] or query.sort,
    )
    act = request.POST.get("do", "search")
    if act == "search":
        return redirect(contact_table.address(request.account, query, contact_list))
    draft = Draft.of_post(request.POST)
    if act == "apply":
        return _apply(request, query, draft, contact_list)
    draft = draft.acted(act)
    if request.headers.get("X-Fragment") == "rule":
        return render(
            request, "directory/contact_rule.html", {"builder": contact_table.build_filter(request.account, draft)}
        )
    return redirect(contact_table.address(request.account, query, contact_list, draft=sealed_draft(request, draft)))


def _apply(request: AccountRequest, query: Query, draft: Draft, contact_list: ContactList | None) -> HttpResponse:
    rule = draft.to_rule()
    try:
        checked = rules.check(request.account, rule) if rule else None
    except rules.RuleRefused:
        tried = sealed_draft(request, replace(draft, is_tried=True))
        return redirect(contact_table.address(request.account, query, contact_list, draft=tried))
    return redirect(contact_table.address(request.account, replace(query, rule=checked), contact_list))


@require_GET
@directory_required()
def contact_count(request: AccountRequest) -> HttpResponse:
    """Say how many contacts a query finds, however many: the page does not wait for it."""
    contact_list = _named_list(request, request.GET.get("list", ""))
    found = contacts.count(request.account, contact_table.query_of(request, request.account, contact_list))
    words = ngettext("%(shown)s contact found", "%(shown)s contacts found", found)
    return HttpResponse(words % {"shown": number(found)}, content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "POST"])
@directory_required()
def contact_columns(request: AccountRequest) -> HttpResponse:
    """Choose the columns of the table and their order: each person their own."""
    attributes = attribute_queries.of(request.account)
    available = {column.key: column for column in columns.available(attributes)}
    chosen = [column.key for column in columns.shown(request.account, request.user, attributes)]
    order = [*chosen, *(key for key in available if key not in chosen)]
    back = _back(request)
    if request.method == "POST":
        form = ColumnsForm(request.POST)
        if not request.POST.get("move"):
            column_operations.choose(request.account, columns_shown=form.columns(), by=request.user)
            return redirect(back)
        chosen, order = form.columns(), [key for key in form.moved() if key in available]
    context = {"columns": [(available[key], key in chosen) for key in order], "back": back}
    template = "directory/contact_columns.html"
    return render(request, f"{template}#choice" if request.htmx else template, context)


def _back(request: AccountRequest) -> str:
    """Return the page of the table that the person came from."""
    address = request.POST.get("back", "") or request.GET.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/directory/")
    return address if is_ours else reverse("directory:contact_index")


def _named_list(request: AccountRequest, list_id: str) -> ContactList | None:
    """Return the list that a form names by its id, None for what is no number."""
    return _list(request, int(list_id)) if list_id.isdecimal() and len(list_id) < 19 else None


def _list(request: AccountRequest, list_id: int) -> ContactList:
    lists = ContactList.objects.for_account(request.account).filter(kind=ContactList.Kind.DIRECTORY)
    return get_object_or_404(lists.select_related("author"), pk=list_id)
