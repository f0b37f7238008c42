"""allauth's forms that send mail, each counted before it does: known and unknown addresses alike, so that neither shows."""

from allauth.account.forms import RequestLoginCodeForm, ResetPasswordForm
from django.forms import ValidationError
from django.utils import timezone

from smsplatform.accounts.operations import mails

PER_ADDRESS = 5  # an hour


class CountedResetForm(ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    """Asks for a link to choose a new password."""

    def clean_email(self) -> str:
        email = str(super().clean_email())
        _count("reset", email)
        return email


class CountedCodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Asks for a code to sign in with."""

    def clean_email(self) -> str:
        email = str(super().clean_email())
        _count("code", email)
        return email


def _count(kind: str, email: str) -> None:
    try:
        mails.allow({f"{kind}:{email.lower()}": PER_ADDRESS}, now=timezone.now())
    except mails.TooManyMails as error:
        raise ValidationError(str(error.message)) from None
