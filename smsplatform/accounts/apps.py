from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "smsplatform.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.mfa.signals import authentication_failed

        from smsplatform.accounts import checks, second_step  # noqa: F401  registers the system checks

        authentication_failed.connect(second_step.note_wrong_code)  # allauth has no other way to tell
