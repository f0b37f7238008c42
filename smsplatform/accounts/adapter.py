import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.sites.requests import RequestSite
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from smsplatform.accounts import recent
from smsplatform.accounts.models import SecurityEvent, User
from smsplatform.accounts.operations import security

logger = logging.getLogger(__name__)
Kind = SecurityEvent.Kind

# What allauth tells a person by mail, and what it is in their log.
NOTICES = {
    "account/email/password_changed": Kind.PASSWORD_CHANGED,
    "account/email/password_set": Kind.PASSWORD_CHANGED,
    "account/email/password_reset": Kind.PASSWORD_CHANGED,
    "account/email/email_changed": Kind.EMAIL_CHANGED,
    "mfa/email/totp_activated": Kind.STEP_ADDED,
    "mfa/email/totp_deactivated": Kind.STEP_REMOVED,
    "mfa/email/webauthn_added": Kind.STEP_ADDED,
    "mfa/email/webauthn_removed": Kind.STEP_REMOVED,
    "mfa/email/recovery_codes_generated": Kind.CODES_RENEWED,
}

# allauth's word, which our catalogue translates as everywhere else in the product: gettext asks it first.
EMAIL_LABEL = gettext_noop("Email")


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """People join by invitation or are created by a platform admin: nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """allauth would fail on what cannot be read as an address."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many attempts. Wait five minutes, or come in another way: a code sent by e-mail, a passkey, a new password."
        )
    }

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        security.record(user, Kind.SIGNED_IN, request=request, now=timezone.now())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords per person and address, so that nobody locks another out from elsewhere."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse before looking at the password: here too many were wrong, or, for this person, anywhere."""
        super().pre_authenticate(request, **credentials)
        if not ratelimit.consume(request, action="login_failed_anywhere", key=credentials.get("email", "").lower()):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if person := User.objects.filter(email=credentials.get("email", "").lower()).first():
            security.record(person, Kind.SIGN_IN_FAILED, request=request, now=timezone.now())

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Note what changed, and tell the person, who may not have done it. The change stands if no mail server answers."""
        security.record(user, NOTICES[template_prefix], request=self.request, now=timezone.now())
        try:
            super().send_notification_mail(template_prefix, user, *args, **kwargs)
        except (OSError, SMTPException):
            logger.exception("The mail server did not take a security notice.")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask on allauth's own pages when ours would."""
        return not recent.signed_in_recently(self.request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sign with the product's name; allauth would take the host's."""
        site = RequestSite(allauth_context.request)
        site.name = settings.SITE_NAME
        super().send_mail(template_prefix, email, {"current_site": site, **context})

    def format_email_subject(self, subject: str) -> str:
        return subject
