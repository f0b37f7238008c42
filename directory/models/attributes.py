from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts.models import Account


class AttributeType(models.TextChoices):
    TEXT = "TEXT", _("Text")
    INTEGER = "INTEGER", _("Integer")
    DATE = "DATE", _("Date")
    BOOLEAN = "BOOLEAN", _("True / false")


class Attribute(models.Model):
    """Something an account knows of its contacts.

    `key` ("a1", "a2", …) names its values in `Contact.attributes` and is never used again; there, texts are strings,
    integers numbers, dates "2026-03-12", booleans true and false. `variable` stands for the value in messages: {prenom}.
    `standard`: what detection calls it (`contacts.importer.names`), for the attributes that everybody starts with.
    `is_used`: some contact may have a value, which fixes its type; set by whoever writes values, and unset only where the
    type changes because none is left (`queries.attributes.is_fixed`).
    `deleted_at`: no longer shown; its values are being removed.
    """

    Type = AttributeType

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=8, db_collation="C")
    name = models.CharField(_("name"), max_length=60)
    type = models.CharField(_("type"), max_length=8, choices=AttributeType, default=AttributeType.TEXT)
    variable = models.CharField(_("variable"), max_length=40, db_collation="C")
    standard = models.CharField(max_length=20, blank=True)
    position = models.PositiveIntegerField(_("order"))
    is_used = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("created"))
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_attribute_per_key"),
            models.UniqueConstraint(
                fields=["account", "variable"], condition=Q(deleted_at=None), name="one_attribute_per_variable"
            ),
            models.CheckConstraint(condition=Q(key__regex=r"^a[1-9][0-9]*$"), name="attribute_key_is_a_number"),
            models.CheckConstraint(
                condition=Q(variable__regex=r"^[a-z][a-z0-9_]*$"), name="attribute_variable_is_a_word"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="attribute_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
