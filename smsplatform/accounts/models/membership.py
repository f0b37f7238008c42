from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts.models.account import Account
from smsplatform.accounts.models.user import LowerCaseEmailField


class Role(models.TextChoices):
    ADMIN = "ADMIN", _("Administrator")
    MARKETER = "MARKETER", _("Marketer")
    READ_ONLY = "READ_ONLY", _("Read only")
    ACCOUNT_MANAGER = "ACCOUNT_MANAGER", _("Account manager")


class Membership(models.Model):
    """A person's place in an account: one role, and importing and exporting as permissions of their own."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MARKETER)
    import_allowed = models.BooleanField(_("may import contacts"), default=True)
    export_allowed = models.BooleanField(_("may export contacts"), default=True)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="one_membership_per_person_and_account")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @property
    def can_edit(self) -> bool:
        return self.role != Role.READ_ONLY

    @property
    def can_import(self) -> bool:
        return self.can_edit and self.import_allowed

    @property
    def can_export(self) -> bool:
        return self.export_allowed

    @property
    def can_manage(self) -> bool:
        return self.role in {Role.ADMIN, Role.ACCOUNT_MANAGER}

    @property
    def can_switch_option(self) -> bool:
        """Whether they decide on the account's options, as those who sell them do."""
        return self.role == Role.ACCOUNT_MANAGER


class Invitation(models.Model):
    """An offer of a membership, sent by e-mail. The link carries a signed token; accepting uses it up."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    email = LowerCaseEmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MARKETER)
    import_allowed = models.BooleanField(_("may import contacts"), default=True)
    export_allowed = models.BooleanField(_("may export contacts"), default=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(_("sent"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=models.Q(accepted_at=None),
                name="one_pending_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return self.email
