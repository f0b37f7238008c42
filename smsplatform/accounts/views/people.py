"""What a person sets for themselves, and which of their accounts is open."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods
from django.views.i18n import set_language

from smsplatform.accounts import queries, recent
from smsplatform.accounts import second_step as needs
from smsplatform.accounts.access import account_required
from smsplatform.accounts.forms import PreferencesForm
from smsplatform.accounts.middleware import SESSION_KEY
from smsplatform.accounts.models import User
from smsplatform.accounts.operations import people
from smsplatform.ui.posting import posted

ACCOUNTS_PER_PAGE = 25
SEARCHED_FROM = 11  # accounts; fewer are found by looking


@require_GET
@account_required
def choose(request: Any) -> HttpResponse:
    """List all the accounts of the person; `switch` opens one."""
    search = request.GET.get("q", "").strip()
    pages = Paginator(queries.own_accounts(request.memberships, search), ACCOUNTS_PER_PAGE)
    context = {
        "page": pages.get_page(request.GET.get("page")),
        "search": search,
        "is_searchable": len(request.memberships) >= SEARCHED_FROM,
    }
    return render(request, "accounts/choose.html", context)


@login_required
@posted("home")
def switch(request: Any) -> HttpResponse:
    """Open another of the person's accounts, at `next` if it is a page of ours; 404 for any other account."""
    places = {str(membership.account_id): membership for membership in request.memberships}
    chosen = places.get(request.POST.get("account", ""))
    if chosen is None:
        raise Http404
    request.session[SESSION_KEY] = chosen.account_id
    messages.info(request, _("You are now working in %(account)s.") % {"account": chosen.account})
    return redirect(_next(request))


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: Any) -> HttpResponse:
    initial = {name: getattr(request.user, name) for name in PreferencesForm.base_fields}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        people.change_preferences(request.user, **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Your preferences are saved."))
        return redirect("accounts:preferences")
    return render(request, "accounts/preferences.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@login_required
def go_on(request: Any) -> HttpResponse:
    """After a person confirmed that it is them: offer what they had asked for, by one press."""
    kept = recent.kept(request)
    if not kept:
        return redirect("home")
    return render(request, "accounts/go_on.html", {"kept": kept})


@require_GET
@login_required
def second_step(request: Any) -> HttpResponse:
    """Say why a second step is needed and offer the ways to set one up."""
    if not needs.is_missing(request.user, request.memberships):
        return redirect("home")
    return render(request, "accounts/second_step.html")


@posted("home")
def language(request: Any) -> HttpResponse:
    """Speak another language: on the person's profile, or in a cookie for a stranger."""
    wanted = request.POST.get("language", "")
    if request.user.is_authenticated and wanted in dict(User._meta.get_field("language").choices or ()):
        people.change_language(request.user, language=wanted)
    return set_language(request)


@login_required
@posted("home")
def theme(request: Any) -> HttpResponse:
    wanted = request.POST.get("theme", "")
    if wanted in User.Theme.values:
        people.change_theme(request.user, theme=wanted)
    return redirect(_next(request))


def _next(request: Any) -> str:
    """Return the page of ours that the form says to go on with, else "home"."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else "home"
