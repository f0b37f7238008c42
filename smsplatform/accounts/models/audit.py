from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts.models.account import Account


class AuditEvent(models.Model):
    """One change of an account's data: who, what, to which thing, how many, when. Never edited."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    action = models.CharField(_("action"), max_length=40)
    subject = models.CharField(_("subject"), max_length=200)
    counts = models.JSONField(_("counts"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["account", "-at", "-id"], name="audit_newest_first"),
            models.Index(fields=["account", "actor", "-at", "-id"], name="audit_of_one_person"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
