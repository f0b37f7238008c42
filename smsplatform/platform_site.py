from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts import recent


class PlatformSite(AdminSite):
    """Sign in through the product's login page, so that its rate limits and second factors apply here too."""

    site_title = site_header = settings.SITE_NAME
    index_title = _("Platform administration")

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Ask who left their session open for a while to confirm that it is them: all that is here concerns every customer."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def checked(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.has_permission(request) and view != self.logout and not recent.signed_in_recently(request):
                return recent.ask_again(request, is_page=request.method != "POST")
            return inner(request, *args, **kwargs)

        return checked

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            return redirect("home")
        return redirect_to_login(reverse("admin:index"), settings.LOGIN_URL)
