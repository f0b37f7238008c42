"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from smsplatform.health import health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="contacts:list_index"), name="home"),
    path("health/", health, name="health"),
    path("", include("contacts.urls")),
    path("accounts/", include("smsplatform.accounts.urls")),
    path("auth/", include("allauth.urls")),
    path("platform/", admin.site.urls),
]
