"""What people type about accounts and themselves: validation only, nothing is saved here."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts import audit, passwords, queries
from smsplatform.accounts.models import Account, Role, User
from smsplatform.accounts.models.account import countries
from smsplatform.accounts.models.user import time_zones
from smsplatform.accounts.operations.members import CUSTOMER_ROLES
from smsplatform.lib import days
from smsplatform.lib.text import validate_one_line

ROLE_HELP = _(
    "Administrators also manage users and settings. Marketers work with lists and campaigns."
    " Read only sees everything and changes nothing."
)


class PersonNameField(forms.CharField):
    """How a person is called, on one line."""

    default_validators = [validate_one_line]

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}), **options)


class RightsForm(forms.Form):
    """A role and the two permissions."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in CUSTOMER_ROLES],
        initial=Role.MARKETER,
        help_text=ROLE_HELP,
    )
    import_allowed = forms.BooleanField(
        label=_("May import contacts"),
        required=False,
        initial=True,
        help_text=_("Without effect for somebody who only reads."),
    )
    export_allowed = forms.BooleanField(
        label=_("May export contacts"),
        required=False,
        help_text=_("Whatever the role, also read only: an export takes the contacts out of the product as a file."),
    )


class InviteForm(RightsForm):
    """An address and what its owner may do."""

    field_order = ["email", "role", "import_allowed", "export_allowed"]
    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class JoinForm(forms.Form):
    """A new person's name and password."""

    name = PersonNameField(label=_("Your name"))
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 characters. Three or four words that have nothing to do with each other are easy to remember"
            " and hard to guess."
        ),
    )

    def __init__(self, *args: Any, email: str, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email, self.account = email, account

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            person = User(email=self.email, name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(password, person)
                passwords.refuse_guessable(password, [person.name, person.email, self.account.name])
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class PreferencesForm(forms.Form):
    """How the product speaks to a person."""

    name = PersonNameField(label=_("Name"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("Dates and times are shown in this zone.")
    )
    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme.choices, widget=forms.RadioSelect)


class SettingsForm(forms.Form):
    """The account's name and default country."""

    name = forms.CharField(label=_("Account name"), max_length=120, validators=[validate_one_line])
    region = forms.ChoiceField(
        label=_("Default country"),
        choices=countries,
        help_text=_("Country of the numbers written without a prefix. Numbers already imported do not change."),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial, self.fields["region"].initial = account.name, account.region


class AuditFilterForm(forms.Form):
    """The journal's address parameters; a wrong one counts as absent. `action`: a group of actions, or one."""

    subject = forms.CharField(label=_("Name of a list, a file, a person…"), required=False, max_length=120)
    actor = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label=_("Person"), empty_label=_("Everybody")
    )
    action = forms.ChoiceField(label=_("Action"), required=False)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)

    def __init__(self, *args: Any, actors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actor"].queryset = actors  # type: ignore[attr-defined]
        groups = [(label, [(group, _("All")), *_actions(group)]) for group, (label, _prefixes) in audit.GROUPS.items()]
        self.fields["action"].choices = [("", _("Every action")), *groups]  # type: ignore[attr-defined]

    def filters(self) -> queries.AuditFilters:
        self.is_valid()
        cleaned = self.cleaned_data
        actor, action = cleaned.get("actor"), cleaned.get("action", "")
        one = (action,) if action else ()
        return queries.AuditFilters(
            actor_id=actor.pk if actor else None,
            actions=tuple(audit.actions_of(action)) if action in audit.GROUPS else one,
            subject=cleaned.get("subject", ""),
            since=days.beginning(cleaned.get("since")),
            before=days.end(cleaned.get("until")),
        )


def _actions(group: str) -> list[tuple[str, str | Promise]]:
    return [(code, audit.ACTIONS[code]) for code in audit.actions_of(group)]
