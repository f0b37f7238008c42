from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "smsplatform.ui"
    label = "ui"
