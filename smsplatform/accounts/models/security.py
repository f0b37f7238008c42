from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SecurityEvent(models.Model):
    """Something that happened to a person's access, whatever their accounts. Never edited; removed after a year."""

    class Kind(models.TextChoices):
        SIGNED_IN = "SIGNED_IN", _("Signed in")
        SIGN_IN_FAILED = "SIGN_IN_FAILED", _("Sign-in with a wrong password")
        STEP_FAILED = "STEP_FAILED", _("Wrong code at the second step")
        PASSWORD_CHANGED = "PASSWORD_CHANGED", _("Password changed")
        STEP_ADDED = "STEP_ADDED", _("Second step set up")
        STEP_REMOVED = "STEP_REMOVED", _("Second step removed")
        CODES_RENEWED = "CODES_RENEWED", _("New recovery codes made")
        EMAIL_CHANGED = "EMAIL_CHANGED", _("E-mail address changed by the platform")
        SESSION_ENDED = "SESSION_ENDED", _("Another session signed out")
        EVERYWHERE_ENDED = "EVERYWHERE_ENDED", _("Signed out everywhere")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind)
    address = models.CharField(max_length=45)  # shortened
    browser = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["user", "-at", "-id"], name="security_newest_first")]


class SentMail(models.Model):
    """That a mail was asked for, to count them. `key`: a keyed hash of who it is counted for, no address."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "-at"], name="sent_mail_of_one_key")]
