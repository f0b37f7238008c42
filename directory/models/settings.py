from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts.models import Account


class Directory(models.Model):
    """What an account's directory is like; made when the option is first switched on, and never deleted.

    `key_facets`: which facets of `ContactKey` hold every contact, and the last day each was used: {"": "2026-03-12"}; one that
    is still being made is written "~a3".
    `attributes_made`: how many attributes were ever made; their keys are never used again.
    """

    account = models.OneToOneField(Account, models.PROTECT, related_name="+", primary_key=True)
    key_facets = models.JSONField(default=dict)
    attributes_made = models.PositiveIntegerField(default=0)
    switched_on_at = models.DateTimeField(_("switched on"))

    class Meta:
        verbose_name = _("directory")
        verbose_name_plural = _("directories")

    def __str__(self) -> str:
        return str(self.account)


class ShownColumns(models.Model):
    """The columns that a person chose for the table of contacts, in order: keys of attributes and words of `columns`."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    columns = models.JSONField()

    class Meta:
        verbose_name = _("shown columns")
        verbose_name_plural = _("shown columns")
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="one_choice_of_columns_per_person")]
