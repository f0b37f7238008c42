"""The attributes that every directory starts with."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.models import AttributeType


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
