"""The directory option of the open account: what it is, what switching it on would do, on and off."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts.views.polled import job_page
from directory import option_page
from directory.models import ModeSwitch
from directory.operations import option as operations
from directory.option_forms import ChoicesForm
from directory.queries import option as queries
from smsplatform.accounts.access import AccountRequest, account_required, right_required
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted


@require_GET
@account_required
def option(request: AccountRequest) -> HttpResponse:
    return render(request, "directory/option.html", option_page.state(request.account))


@right_required("can_switch_option")
@posted("directory:option")
@once
def option_try(request: AccountRequest) -> HttpResponse:
    """Try with the suggestions, or with what was chosen on the page of a trial; unchanged choices can be confirmed."""
    given = {"choices": {}, "lists_win": False}
    if "trial" in request.POST:
        trial = _trial(request, request.POST["trial"])
        form = _form(request, trial)
        if not form.is_valid():
            messages.warning(request, _("One of the choices does not exist any more. Choose again."))
            return redirect("directory:option_show", trial.pk)
        given = {"choices": form.choices(), "lists_win": form.cleaned_data["lists_win"]}
        is_same = given == {"choices": trial.result["choices"], "lists_win": trial.choices["lists_win"]}
        if is_same and "confirm" in request.POST:
            return redirect("directory:option_on", trial.pk)
        if "confirm" in request.POST:
            messages.info(request, _("Your choices have changed: this is what would happen now."))
    again = operations.try_out(request.account, **given, by=request.user, now=timezone.now())
    return redirect("directory:option_show", again.pk)


@require_GET
@right_required("can_switch_option")
def option_show(request: AccountRequest, switch_id: int) -> HttpResponse:
    """Show how far a trial or a switch is, then what came of it."""
    switch = get_object_or_404(ModeSwitch, account=request.account, pk=switch_id)
    context: dict[str, Any] = {"switch": switch, "failure": option_page.failure(switch)}
    if request.htmx or not switch.has_ended:
        context["progress"] = option_page.progress(switch)
        return job_page(request, switch, "directory/option_working.html", context)
    if switch.status == ModeSwitch.Status.DONE and switch.is_dry_run:
        context |= {
            "form": _form(request, switch),
            "examples": option_page.examples(switch),
            "more_lists": option_page.more_lists(switch),
        }
        return render(request, "directory/option_trial.html", context)
    return render(request, "directory/option_done.html", context)


@require_http_methods(["GET", "POST"])
@right_required("can_switch_option")
@once
def option_on(request: AccountRequest, switch_id: int) -> HttpResponse:
    """Ask whether to switch on as the trial shows it, and do it."""
    trial = _trial(request, switch_id)
    if request.method == "GET":
        return render(request, "directory/option_on.html", {"trial": trial})
    given = {
        "choices": trial.result["choices"],
        "lists_win": trial.choices["lists_win"],
        "seen": request.POST.get("seen", ""),
    }
    try:
        switch = operations.switch_on(request.account, **given, by=request.user, now=timezone.now())
    except OperationError as error:
        messages.warning(request, str(error.message))
        return redirect("directory:option")
    return redirect("directory:option_show", switch.pk)


@right_required("can_switch_option")
@posted("directory:option")
def option_off(request: AccountRequest) -> HttpResponse:
    try:
        operations.switch_off(request.account, by=request.user, now=timezone.now())
        messages.success(request, _("The directory is off. Nothing was deleted."))
    except OperationError as error:
        messages.warning(request, str(error.message))
    return redirect("directory:option")


def _trial(request: AccountRequest, switch_id: Any) -> ModeSwitch:
    done = ModeSwitch.objects.filter(account=request.account, is_dry_run=True, status=ModeSwitch.Status.DONE)
    digits = str(switch_id)
    return get_object_or_404(done, pk=int(digits) if digits.isdecimal() and len(digits) < 19 else 0)


def _form(request: AccountRequest, trial: ModeSwitch) -> ChoicesForm:
    attributes = queries.known_attributes(request.account, now=timezone.now())
    return ChoicesForm(request.POST if request.method == "POST" else None, trial=trial, attributes=attributes)
