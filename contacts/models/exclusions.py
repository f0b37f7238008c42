from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.lists import PHONE_IS_E164
from smsplatform.accounts.models import Account


class ExclusionRow(models.Model):
    """A number that must not be written to, for the whole account. It outlives every list."""

    class Source(models.TextChoices):
        STOP = "STOP", _("STOP by SMS")
        PERSON = "PERSON", _("Added by hand")
        IMPORT = "IMPORT", _("Imported")
        FORM = "FORM", _("Unsubscribe form")

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    phone = models.BigIntegerField(_("mobile phone"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=8, choices=Source)
    at = models.DateTimeField(_("since"))

    class Meta:
        abstract = True


class Exclusion(ExclusionRow):
    """An exclusion that the lists' `excluded_count` knows of. Each comes from the inbox: see `Excluded` for all in force."""

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        # Begins with the source, so that one index serves the table of one source and, four heads merged, of all.
        indexes = [models.Index(fields=["account", "source", "-at", "-id"], name="exclusion_newest_first")]
        constraints = [
            models.UniqueConstraint(fields=["account", "phone"], name="one_exclusion_per_number"),
            models.CheckConstraint(condition=PHONE_IS_E164, name="exclusion_phone_is_e164"),
        ]


class ExclusionInbox(ExclusionRow):
    """Where exclusions arrive, without waiting for anybody: in force at once, counted once they are folded into `Exclusion`.

    `id` comes from the same sequence and goes along. A number can be here twice, and there too, until it is folded.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    id = models.BigIntegerField()

    class Meta:
        verbose_name = _("exclusion that arrives")
        verbose_name_plural = _("exclusions that arrive")
        indexes = [
            models.Index(fields=["account", "phone"], name="inbox_by_phone"),
            models.Index(fields=["account", "source", "-at", "-id"], name="inbox_newest_first"),
        ]
        constraints = [models.CheckConstraint(condition=PHONE_IS_E164, name="inbox_phone_is_e164")]


class Excluded(ExclusionRow):
    """The exclusions in force, counted or not: a view of both tables. Read through `contacts.queries.exclusions`."""

    class Meta:
        managed = False
        db_table = "contacts_excluded"
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
