from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class PlatformSite(AdminSite):
    """Sign in through the product's login page, so that its rate limits and second factors apply here too."""

    site_title = site_header = settings.SITE_NAME
    index_title = _("Platform administration")

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("home")
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
