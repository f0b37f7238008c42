import zoneinfo
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts import powers, tables
from smsplatform.lib.text import validate_one_line


def time_zones() -> list[tuple[str, str]]:
    """Return the zones named after places, as choices, the technical aliases left out."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in names]


class LowerCaseEmailField(models.EmailField):
    """An address kept, and looked for, in small letters: Foo@Example.com is foo@example.com."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.lower() if isinstance(value, str) else value


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a platform admin, for commands: only the owner of the tables can."""
        tables.owner()  # before anything is written
        user = self.create_user(email, password, **fields)
        powers.appoint(user.pk)
        user.refresh_from_db()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by e-mail. What they may do in an account is in Membership; `is_staff` is the platform admin."""

    class Theme(models.TextChoices):
        AUTO = "AUTO", _("Like my device")
        LIGHT = "LIGHT", _("Light")
        DARK = "DARK", _("Dark")

    email = LowerCaseEmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True, validators=[validate_one_line])
    language = models.CharField(
        _("language"), max_length=2, choices=[("fr", "Français"), ("en", "English")], default="fr"
    )
    time_zone = models.CharField(_("time zone"), max_length=64, choices=time_zones, default="Europe/Paris")
    theme = models.CharField(_("appearance"), max_length=5, choices=Theme, default=Theme.AUTO)
    is_staff = models.BooleanField(_("platform admin"), default=False, db_default=False)
    is_superuser = models.BooleanField(
        _("superuser status"),
        default=False,
        db_default=False,
        help_text=_("Designates that this user has all permissions without explicitly assigning them."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            # With the unique key: one person per address, whatever its capitals.
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_in_small_letters")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    # The application's role may not even name the columns of `powers`.

    def _do_insert(self, manager: Any, using: Any, fields: Any, *rest: Any) -> Any:
        if self.is_staff or self.is_superuser:
            raise ValueError("Save the person first, then use smsplatform.accounts.powers.")
        written = [field for field in fields if field.attname not in powers.COLUMNS]
        return super()._do_insert(manager, using, written, *rest)  # type: ignore[misc]

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        written = [value for value in values if value[0].attname not in powers.COLUMNS]
        return super()._do_update(base_qs, using, pk_val, written, *rest)

    def get_full_name(self) -> str:
        return str(self)
