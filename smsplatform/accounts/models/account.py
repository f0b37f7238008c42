from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smsplatform.lib import regions
from smsplatform.lib.text import validate_one_line


def countries() -> tuple[tuple[str, Any], ...]:
    """Return the countries with phone numbers as choices, in the reader's language."""
    return regions.choices(get_language() or "fr")


class Account(models.Model):
    """A customer. Every tenant row carries its id; row-level security compares that id with the open context."""

    class Mode(models.TextChoices):
        LISTS = "LISTS", _("Contact lists")
        DIRECTORY = "DIRECTORY", _("Directory")

    name = models.CharField(_("name"), max_length=120, validators=[validate_one_line])
    mode = models.CharField(_("contact mode"), max_length=12, choices=Mode, default=Mode.LISTS)
    region = models.CharField(
        _("default country"),
        max_length=2,
        choices=countries,
        default="FR",
        help_text=_("Country of the numbers written without a prefix."),
    )
    files_mb = models.PositiveIntegerField(
        _("room for files, in MB"),
        null=True,
        blank=True,
        help_text=_("What its uploads and exports may take together. Empty: as much as any account."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(region__regex=r"^[A-Z]{2}$"), name="account_region_is_a_country_code"
            )
        ]

    def __str__(self) -> str:
        return self.name
