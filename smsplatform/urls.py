"""Every address of the product."""

from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from smsplatform.accounts.models import Account


def home(request: Any) -> HttpResponse:
    """Go to what the open account works with most: its contacts, or its lists where it has no directory."""
    has_directory = request.account is not None and request.account.mode == Account.Mode.DIRECTORY
    return redirect("directory:contact_index" if has_directory else "contacts:list_index")


handler500 = "smsplatform.busy.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("", include("contacts.urls")),
    path("directory/", include("directory.urls")),
    path("accounts/", include("smsplatform.accounts.urls")),
    # Before allauth's own: an address comes from an invitation or the platform, nobody gives themselves another one.
    re_path("^auth/(?:email|confirm-email)/", RedirectView.as_view(pattern_name="accounts:preferences")),
    re_path("^auth/sessions/", RedirectView.as_view(pattern_name="accounts:sessions")),
    path("auth/", include("allauth.urls")),
    path("platform/", admin.site.urls),
]
