"""The attributes that every directory starts with."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.models import Attribute, AttributeType
from smsplatform.accounts.models import Account


class Standard(NamedTuple):
    """`code`: as the importer's detection names it (`contacts.importer.names`)."""

    code: str
    name: Promise | str
    type: AttributeType
    variable: str


ATTRIBUTES = (
    Standard("civility", _("Title"), AttributeType.TEXT, "civilite"),
    Standard("last_name", _("Last name"), AttributeType.TEXT, "nom"),
    Standard("first_name", _("First name"), AttributeType.TEXT, "prenom"),
    Standard("birth_date", _("Date of birth"), AttributeType.DATE, "date_naissance"),
    Standard("email", _("E-mail"), AttributeType.TEXT, "email"),
    Standard("address", _("Address"), AttributeType.TEXT, "adresse"),
    Standard("postcode", _("Postcode"), AttributeType.TEXT, "code_postal"),
    Standard("city", _("Town"), AttributeType.TEXT, "ville"),
    Standard("country", _("Country"), AttributeType.TEXT, "pays"),
    Standard("company", _("Company"), AttributeType.TEXT, "societe"),
    Standard("customer_id", _("Customer number"), AttributeType.TEXT, "identifiant_client"),
)


def made_for(account: Account, *, now: datetime) -> list[Attribute]:
    """Return them as a new directory has them, not saved. The names are the account's own from then on."""
    with translation.override(settings.LANGUAGE_CODE):  # that of the product's customers
        return [
            Attribute(
                account=account,
                key=f"a{number}",
                name=str(standard.name),
                type=standard.type,
                variable=standard.variable,
                standard=standard.code,
                position=number,
                created_at=now,
            )
            for number, standard in enumerate(ATTRIBUTES, start=1)
        ]
