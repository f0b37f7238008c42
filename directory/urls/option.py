from django.urls import path

from directory.views import option

urlpatterns = [
    path("option/", option.option, name="option"),
    path("option/try/", option.option_try, name="option_try"),
    path("option/off/", option.option_off, name="option_off"),
    path("option/<int:switch_id>/", option.option_show, name="option_show"),
    path("option/<int:switch_id>/on/", option.option_on, name="option_on"),
]
