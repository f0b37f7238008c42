"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="contacts:list_index"), name="home"),
    path("", include("contacts.urls")),
    path("directory/", include("directory.urls")),
    path("accounts/", include("smsplatform.accounts.urls")),
    # Before allauth's own: an address comes from an invitation or the platform, nobody gives themselves another one.
    re_path("^auth/(?:email|confirm-email)/", RedirectView.as_view(pattern_name="accounts:preferences")),
    path("auth/", include("allauth.urls")),
    path("platform/", admin.site.urls),
]
