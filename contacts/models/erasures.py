"""People who were deleted: what is still to be erased of them, and what is kept so that they stay excluded."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.exclusions import ExclusionRow
from contacts.models.jobs import Job
from smsplatform.accounts.models import Account


class Erasure(Job):
    """The search for what files, examples and notes still hold of deleted people. `phones` is emptied once it is over.

    `asked_at`: when the last of them was deleted; what is newer is not searched."""

    phones = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="erasure_newest_first")]

    def __str__(self) -> str:
        return ""


class ErasedExclusion(models.Model):
    """A number of somebody who was erased and stays excluded. It is no more than a digest, with a key, of the number.

    `bucket`: a few bits of another, which tell nearly all other numbers apart in no time.
    """

    pk = models.CompositePrimaryKey("account_id", "digest")
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    digest = models.BinaryField(max_length=16)
    bucket = models.SmallIntegerField()
    source = models.CharField(max_length=8, choices=ExclusionRow.Source)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("exclusion of an erased number")
        verbose_name_plural = _("exclusions of erased numbers")
