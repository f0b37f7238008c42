"""What people type about accounts and themselves: validation only, nothing is saved here."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, Role, User
from smsplatform.accounts.operations.members import CUSTOMER_ROLES
from smsplatform.lib import regions

ROLE_HELP = _(
    "Administrators also manage users and settings. Marketers work with lists and campaigns."
    " Read only sees everything and changes nothing."
)


class RightsForm(forms.Form):
    """A role and the two permissions."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in CUSTOMER_ROLES],
        initial=Role.MARKETER,
        help_text=ROLE_HELP,
    )
    import_allowed = forms.BooleanField(label=_("May import contacts"), required=False, initial=True)
    export_allowed = forms.BooleanField(label=_("May export contacts"), required=False)


class InviteForm(RightsForm):
    """An address and what its owner may do."""

    field_order = ["email", "role", "import_allowed", "export_allowed"]
    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class JoinForm(forms.Form):
    """A new person's name and password."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, and not a common password."),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            person = User(email=self.email, name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


def time_zones() -> list[tuple[str, str]]:
    """Return the zones named after places, as choices, the technical aliases left out."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in names]


class PreferencesForm(forms.Form):
    """How the product speaks to a person."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("Dates and times are shown in this zone.")
    )
    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme.choices, widget=forms.RadioSelect)


class SettingsForm(forms.Form):
    """The account's name and default country."""

    name = forms.CharField(label=_("Account name"), max_length=120)
    region = forms.ChoiceField(
        label=_("Default country"),
        help_text=_("Country of the numbers written without a prefix. Numbers already imported do not change."),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial, self.fields["region"].initial = account.name, account.region
        self.fields["region"].choices = regions.choices(get_language() or "fr")  # type: ignore[attr-defined]


class AuditFilterForm(forms.Form):
    """The journal's address parameters; a wrong one counts as absent."""

    actor = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label=_("Person"), empty_label=_("Everybody")
    )
    action = forms.ChoiceField(label=_("Action"), required=False)

    def __init__(self, *args: Any, actors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actor"].queryset = actors  # type: ignore[attr-defined]
        choices = [("", _("Every action")), *audit.ACTIONS.items()]
        self.fields["action"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return actor_id and action as `queries.audit_events` takes them."""
        self.is_valid()
        actor = self.cleaned_data.get("actor")
        return {"actor_id": actor.pk if actor else None, "action": self.cleaned_data.get("action", "")}
