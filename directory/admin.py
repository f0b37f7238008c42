"""The platform admins switch the directory option where they look after accounts, by the same operations as account managers."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import option_page
from directory.models import ModeSwitch
from directory.operations import option
from directory.option_forms import ChoicesForm
from directory.queries import option as queries
from smsplatform.accounts.admin import AccountAdmin
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib.errors import OperationError

admin.site.unregister(Account)


@admin.register(Account)
class AccountWithOptionAdmin(AccountAdmin):
    """The mode is not a field to fill in: a switch brings contacts together, and is tried first."""

    readonly_fields = ["mode", "directory_option"]

    def get_fields(self, request: HttpRequest, obj: Account | None = None) -> list[str]:
        return ["name", "mode", "directory_option", "region", "is_active"] if obj else ["name", "region", "is_active"]

    @admin.display(description=gettext_lazy("directory option"))
    def directory_option(self, obj: Account) -> SafeString:
        url = reverse("admin:accounts_account_option", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, _("See and switch the option"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.option_view)
        own = path("<int:account_id>/option/", view, name="accounts_account_option")
        return [own, *super().get_urls()]

    def option_view(self, request: Any, account_id: int) -> HttpResponse:
        """Show the option of an account and its last trial; a POST tries, switches on or off."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        account = get_object_or_404(Account, pk=account_id)
        with account_context(account):
            last = ModeSwitch.objects.filter(account=account).order_by("-pk").first()
            form = _form(request, account, last)
            if request.method == "POST":
                self._act(request, account, last, form)
                return redirect("admin:accounts_account_option", account.pk)
            context = self.admin_site.each_context(request) | _context(account, last, form)
            return render(request, "directory/option_admin.html", context)

    def _act(self, request: Any, account: Account, last: ModeSwitch | None, form: ChoicesForm | None) -> None:
        try:
            message = _done(account, request.POST, last, form, request.user)
        except OperationError as error:
            self.message_user(request, str(error.message), messages.WARNING)
        else:
            self.message_user(request, message)


def _done(account: Account, posted: Any, last: ModeSwitch | None, form: ChoicesForm | None, by: Any) -> str:
    """Do what the button says and return what to say of it."""
    given: dict[str, Any] = {"by": by, "now": timezone.now()}
    action = posted.get("action", "")
    if action == "off":
        option.switch_off(account, **given)
        return _("The directory is off. Nothing was deleted.")
    if action == "on" and last is not None and form is not None:
        chosen = {"choices": last.result["choices"], "lists_win": last.choices["lists_win"]}
        option.switch_on(account, **chosen, seen=posted.get("seen", ""), **given)
        return _("The switch is done, or goes on in the background.")
    choices: dict[str, str] = {}
    lists_win = False
    if form is not None and form.is_bound and "trial" in posted and form.is_valid():
        choices, lists_win = form.choices(), form.cleaned_data["lists_win"]
    option.try_out(account, choices=choices, lists_win=lists_win, **given)
    return _("This is what would happen. Nothing was changed.")


def _form(request: Any, account: Account, last: ModeSwitch | None) -> ChoicesForm | None:
    """Return the selectors of the last trial, None when the last thing done was no trial that has ended well."""
    if last is None or not last.is_dry_run or last.status != ModeSwitch.Status.DONE:
        return None
    posted = request.POST if request.method == "POST" else None
    return ChoicesForm(posted, trial=last, attributes=queries.known_attributes(account, now=timezone.now()))


def _context(account: Account, last: ModeSwitch | None, form: ChoicesForm | None) -> dict[str, Any]:
    return option_page.state(account) | {
        "title": _("Directory option"),
        "customer": account,
        "opts": Account._meta,
        "last": last,
        "form": form,
        "examples": option_page.examples(last) if last and form else [],
        "failure": option_page.failure(last) if last else "",
    }
