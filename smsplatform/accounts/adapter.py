from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """People join by invitation or are created by a platform admin: nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
