"""Diffusion lists: their settings, and lists that keep themselves up to date."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts.models import ContactList
from directory import contact_table, rule_change
from directory.access import directory_required
from directory.list_forms import ListSettingsForm, SaveRuleForm
from directory.models import ContactBatch
from directory.operations import contact_batches, list_settings, living
from directory.queries import contacts, rules
from directory.queries import living as living_queries
from directory.queries.merges import diffusion_lists
from directory.queries.query import Query, Selection
from directory.queries.tokens import unseal_query
from smsplatform.accounts.access import AccountRequest
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted

INDEX = "contacts:list_index"


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
def list_settings_edit(request: AccountRequest, list_id: int) -> HttpResponse:
    contact_list = _get(request, list_id)
    form = ListSettingsForm.of(contact_list, request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = {"seen": request.POST.get("seen", ""), "by": request.user, "now": timezone.now()}
        try:
            list_settings.save(request.account, contact_list=contact_list, **form.changes(), **seen)
            messages.success(request, _("The settings of “%(name)s” are saved.") % {"name": contact_list.name})
            return redirect("directory:list_show", list_id)
        except OperationError as error:
            form.add_error(None, str(error.message))
    context = {"form": form, "list": contact_list, "seen": list_settings.digest(contact_list)}
    return render(request, "directory/list_settings.html", context, status=422 if form.errors else 200)


@directory_required("can_edit")
@posted("contacts:list_index")
def list_api(request: AccountRequest, list_id: int) -> HttpResponse:
    """Make a list available to sends by API, or withdraw it."""
    if request.POST.get("enabled") == "1":
        done = _("The list “%(name)s” is available for API sends.")
        return _act(request, list_id, list_settings.open_to_api, done, INDEX)
    done = _("The list “%(name)s” is withdrawn from API sends.")
    return _act(request, list_id, list_settings.close_to_api, done, INDEX)


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
@once
def list_save_rule(request: AccountRequest) -> HttpResponse:
    """Save what the table of contacts shows (`q`) as a list that follows it, as a fixed one, or as another list's rule."""
    try:
        query = unseal_query(request.account, (request.POST if request.method == "POST" else request.GET).get("q", ""))
        if query.rule is not None:
            rules.check(request.account, query.rule)
    except (ValueError, rules.RuleRefused):
        messages.warning(request, _("This search cannot be read any more. Search again."))
        return redirect("directory:contact_index")
    form = SaveRuleForm.of(request.account, request.POST or None, updated=rule_change.of(request))
    if request.method == "POST" and form.is_valid():
        try:
            return _save_rule(request, query, form)
        except OperationError as error:
            form.add_error(None, str(error.message))
    sought = ContactList(account=request.account, rule=query.to_json())
    context = {
        "form": form,
        "token": (request.POST if request.method == "POST" else request.GET).get("q", ""),
        "rule_in_words": living_queries.in_words(request.account, sought),
        "found": contacts.count(request.account, query),
        "back": contact_table.address(request.account, Query(**query.to_json() | {"list_id": None}), None),
    }
    return render(request, "directory/living_save.html", context, status=422 if form.errors else 200)


def _save_rule(request: AccountRequest, query: Query, form: SaveRuleForm) -> HttpResponse:
    given: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    way, chosen = form.cleaned_data["way"], form.cleaned_data["contact_list"]
    if way == form.FIXED:
        action = ContactBatch.Action.NEW_LIST
        batch = contact_batches.start(
            request.account, action=action, selection=Selection(query), options=form.new_list(), **given
        )
        return redirect("directory:contact_batch_show", batch.pk)
    if way == form.UPDATE:
        living.set_rule(request.account, contact_list=chosen, query=query, **given)
        rule_change.end(request)
        messages.success(request, _("The rule of “%(name)s” is changed.") % {"name": chosen.name})
        return redirect("directory:list_show", chosen.pk)
    made = living.save(request.account, query=query, **form.new_list(), **given)
    messages.success(request, _("The list “%(name)s” is created and keeps itself up to date.") % {"name": made.name})
    return redirect("directory:list_show", made.pk)


@require_GET
@directory_required("can_edit")
def list_rule_edit(request: AccountRequest, list_id: int) -> HttpResponse:
    """Open the table of contacts with the list's filter, to be changed there and saved as its rule again."""
    contact_list = get_object_or_404(living_queries.of(request.account), pk=list_id)
    rule_change.begin(request, contact_list)
    text = _("Change the filter, then save it as the rule of “%(name)s”.")
    messages.info(request, text % {"name": contact_list.name})
    return redirect(contact_table.address(request.account, living_queries.query_of(contact_list), None))


@directory_required("can_edit")
@posted("directory:list_show", "list_id")
def list_freeze(request: AccountRequest, list_id: int) -> HttpResponse:
    return _act(request, list_id, living.freeze, _("The list “%(name)s” is frozen: it keeps its contacts."))


@directory_required("can_edit")
@posted("directory:list_show", "list_id")
def list_refresh(request: AccountRequest, list_id: int) -> HttpResponse:
    """Bring a list up to date now; a large directory is searched by a worker."""
    contact_list = _get(request, list_id)
    if contact_list.is_living and (problem := living_queries.problem(request.account, contact_list)):
        messages.warning(request, problem)
    elif living.freshen(request.account, contact_list=contact_list, now=timezone.now()):
        messages.success(request, _("The list “%(name)s” is up to date.") % {"name": contact_list.name})
    else:
        messages.info(request, _("The list is being brought up to date. Reload the page in a moment."))
    return redirect("directory:list_show", list_id)


def _get(request: AccountRequest, list_id: int) -> ContactList:
    return get_object_or_404(diffusion_lists(request.account), pk=list_id)


def _act(
    request: AccountRequest, list_id: int, operation: Callable[..., None], done: str, after: str = ""
) -> HttpResponse:
    """Call one operation on a list, say what came of it, and show the page named `after`, or the list."""
    contact_list = _get(request, list_id)
    try:
        operation(request.account, contact_list=contact_list, by=request.user, now=timezone.now())
        messages.success(request, done % {"name": contact_list.name})
    except OperationError as error:
        messages.warning(request, str(error.message))
    return redirect(after) if after else redirect("directory:list_show", list_id)
