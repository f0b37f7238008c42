from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "smsplatform.accounts"
    label = "accounts"

    def ready(self) -> None:
        from smsplatform.accounts import checks  # noqa: F401  registers the system checks
