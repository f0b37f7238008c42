from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts.models import Account
from smsplatform.lib import days

# E.164: 7 to 15 digits, never a leading zero.
PHONE_IS_E164 = Q(phone__gte=1_000_000) & Q(phone__lt=1_000_000_000_000_000)


class ContactListQuerySet(models.QuerySet["ContactList"]):
    def for_account(self, account: Account) -> "ContactListQuerySet":
        """Lists that can be worked with: not in the bin, nor hidden with a directory that is off."""
        rows = self.filter(account=account, deleted_at=None)
        return rows if account.mode == Account.Mode.DIRECTORY else rows.exclude(kind=ContactList.Kind.DIRECTORY)

    def shown(self, account: Account) -> "ContactListQuerySet":
        """Lists people see: of the directory while it is on, the others while it is off, never those of a single campaign."""
        has_directory = account.mode == Account.Mode.DIRECTORY
        return self.filter(kind=ContactList.Kind.DIRECTORY if has_directory else ContactList.Kind.INDEPENDENT)


class ContactList(models.Model):
    """A set of phone numbers with a name.

    `contact_count` and `excluded_count` are kept by statement triggers on entries and exclusions, whoever writes.
    `recount`: inside a transaction that writes much, `excluded_count` is counted as it ends (`operations.counting`).
    `columns` describes the entries' values of an INDEPENDENT list, in order: [{"key": "c1", "name": "Ville"}, ...].
    `key_facets`: which facets of `EntryKey` hold every entry of the list. `rule`: what the directory's contacts must meet to be
    in a DIRECTORY list that keeps itself up to date, as it was done `refreshed_at`; null for a list filled by people.
    `was_independent`: a DIRECTORY list made of an INDEPENDENT one, which it becomes again while the directory is off.
    """

    class Kind(models.TextChoices):
        INDEPENDENT = "INDEPENDENT", _("Independent")
        DIRECTORY = "DIRECTORY", _("Diffusion list")
        CAMPAIGN = "CAMPAIGN", _("Only for one campaign")

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        DISABLED = "DISABLED", _("Deactivated")

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INDEPENDENT)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    expires_after_months = models.PositiveSmallIntegerField(_("months without use before it expires"), null=True)
    last_used_at = models.DateTimeField(_("last used"))
    api_enabled = models.BooleanField(_("available to API sends"), default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("last modified"))
    contact_count = models.PositiveIntegerField(_("contacts"), default=0)
    excluded_count = models.PositiveIntegerField(_("on the exclusion list"), default=0)
    columns = models.JSONField(_("columns"), default=list)
    recount = models.BooleanField(default=False)
    key_facets = models.JSONField(default=dict)
    rule = models.JSONField(null=True)
    refreshed_at = models.DateTimeField(_("refreshed"), null=True)
    was_independent = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    objects = ContactListQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact list")
        verbose_name_plural = _("contact lists")
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="list_newest_first")]
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="contactlist_account_and_id"),
            models.CheckConstraint(
                condition=Q(expires_after_months=None) | Q(expires_after_months__range=(1, 12)),
                name="list_expires_after_1_to_12_months",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="list_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_diffusion(self) -> bool:
        """Whether its members are contacts of the directory."""
        return self.kind == self.Kind.DIRECTORY

    @property
    def is_living(self) -> bool:
        """Whether a rule says who is in it."""
        return self.rule is not None

    @property
    def expires_at(self) -> datetime | None:
        """When it expires unless it is used before; None for a permanent list."""
        return days.months_later(self.last_used_at, self.expires_after_months) if self.expires_after_months else None


class ListEntry(models.Model):
    """One number of a list, with the values its line had: {"c1": "Lyon", ...} (keys from `ContactList.columns`).

    Written in bulk: a statement trigger checks the list's account and keeps the counts, instead of foreign keys per row.
    """

    pk = models.CompositePrimaryKey("account_id", "contact_list_id", "phone")
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    contact_list = models.ForeignKey(
        ContactList,
        models.DO_NOTHING,
        related_name="entries",
        db_column="list_id",
        db_constraint=False,
        db_index=False,
    )
    phone = models.BigIntegerField(_("mobile phone"))
    values = models.JSONField(_("values"), null=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [models.Index(fields=["account", "phone"], name="entry_by_phone")]
        constraints = [models.CheckConstraint(condition=PHONE_IS_E164, name="entry_phone_is_e164")]


class EntryKey(models.Model):
    """Where to find entries of a large list, made when somebody first searches or sorts it and dropped when not used.

    `facet` "" has the words of all values, so that a prefix finds entries; facet "c1" has that column's values, to sort by.
    `key` is folded text. A statement trigger checks the list's account.
    """

    pk = models.CompositePrimaryKey("account_id", "contact_list_id", "facet", "key", "phone")
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    contact_list = models.ForeignKey(
        ContactList,
        models.DO_NOTHING,
        related_name="+",
        db_column="list_id",
        db_constraint=False,
        db_index=False,
    )
    facet = models.CharField(max_length=8, blank=True, db_collation="C")
    key = models.CharField(max_length=60, db_collation="C")
    phone = models.BigIntegerField()

    class Meta:
        verbose_name = _("search key")
        verbose_name_plural = _("search keys")
