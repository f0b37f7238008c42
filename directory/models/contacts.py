from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models import Import
from contacts.models.lists import PHONE_IS_E164
from smsplatform.accounts.models import Account


class Source(models.TextChoices):
    """Who or what wrote a contact, or changed it."""

    IMPORT = "IMPORT", _("Import")
    PERSON = "PERSON", _("By hand")
    LIST = "LIST", _("List of before the directory")
    FORM = "FORM", _("Web form")
    CAMPAIGN = "CAMPAIGN", _("Campaign")
    API = "API", _("API")


class Contact(models.Model):
    """A number and what the account knows of it, whatever lists it is in. Its key is the number: lists are sets of numbers.

    `attributes` is {"a1": "Lyon", "a2": 42, …}: keys and types as `Attribute` says, nothing for what is not known.
    `imported`: the import that made it, for source IMPORT. `updated_at` equals `created_at` until its attributes change.
    Written in bulk: statement triggers check the account of the import and keep `ContactTally`.
    """

    Source = Source

    pk = models.CompositePrimaryKey("account_id", "phone")
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    phone = models.BigIntegerField(_("mobile phone"))
    attributes = models.JSONField(_("attributes"), default=dict)
    source = models.CharField(_("source"), max_length=8, choices=Source)
    imported = models.ForeignKey(
        Import,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_column="import_id",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField(_("added"))
    updated_at = models.DateTimeField(_("last modified"))

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        # Grows at its end, so it costs an import little; finds what an import added, and the newest contacts.
        indexes = [models.Index(fields=["account", "created_at", "phone"], name="contact_by_creation")]
        constraints = [models.CheckConstraint(condition=PHONE_IS_E164, name="contact_phone_is_e164")]


class ContactChange(models.Model):
    """One change of a contact: for its timeline, and to undo imports.

    CREATED notes who made a contact, unless an import did (`Contact.imported`). `before`: its attributes before, for
    UPDATED and RENUMBERED. `old_phone`: of RENUMBERED. What it was afterwards is the `before` of the next change, or the
    contact as it is.
    """

    class Kind(models.TextChoices):
        CREATED = "C", _("created")
        UPDATED = "U", _("updated")
        RENUMBERED = "N", _("number changed")
        UNDONE = "X", _("import undone")

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    phone = models.BigIntegerField()
    kind = models.CharField(max_length=1, choices=Kind)
    source = models.CharField(max_length=8, choices=Source)
    imported = models.ForeignKey(
        Import,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_column="import_id",
        db_constraint=False,
        db_index=False,
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField()
    before = models.JSONField(null=True)
    old_phone = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("change of a contact")
        verbose_name_plural = _("changes of contacts")
        indexes = [
            models.Index(fields=["account", "phone", "-id"], name="contact_change_newest_first"),
            models.Index(
                fields=["account", "imported", "phone"],
                name="contact_change_by_import",
                condition=models.Q(imported__isnull=False),
            ),
            models.Index(
                fields=["account", "old_phone"],
                name="contact_change_by_old_phone",
                condition=models.Q(old_phone__isnull=False),
            ),
        ]


class ContactTally(models.Model):
    """How many contacts an account has: the sum of `contacts`. Each writing statement adds a row, so that nobody waits
    for somebody else's import; a job folds them into one now and then."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False)
    contacts = models.BigIntegerField()

    class Meta:
        verbose_name = _("count of contacts")
        verbose_name_plural = _("counts of contacts")


class ContactKey(models.Model):
    """Where to find the contacts of a large directory: hints, so whoever reads them looks at the contact again.

    `facet` "" has the folded words of all values, "#" the number's digits backwards, "a3" the values of that attribute in an
    order that sorts. Kept up outside of imports (`KeyBacklog`); `Directory.key_facets` says which exist.
    """

    pk = models.CompositePrimaryKey("account_id", "facet", "key", "phone")
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    facet = models.CharField(max_length=8, blank=True, db_collation="C")
    key = models.CharField(max_length=60, db_collation="C")
    phone = models.BigIntegerField()

    class Meta:
        verbose_name = _("search key of a contact")
        verbose_name_plural = _("search keys of contacts")


class KeyBacklog(models.Model):
    """An import, or the undoing of one, whose contacts the search keys do not know yet."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    imported = models.ForeignKey(Import, models.CASCADE, related_name="+", db_column="import_id", db_constraint=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("contacts to index")
        verbose_name_plural = _("contacts to index")
