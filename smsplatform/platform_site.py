from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class PlatformSite(AdminSite):
    """Sign in through the product's login page, so that its rate limits and second factors apply here too."""

    site_title = site_header = settings.SITE_NAME
    index_title = _("Platform administration")

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            return redirect("home")
        return redirect_to_login(reverse("admin:index"), settings.LOGIN_URL)
