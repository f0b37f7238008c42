"""The directory of an account as such."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from directory.models import Attribute, Directory
from directory.standard import ATTRIBUTES
from smsplatform.accounts.models import Account


@transaction.atomic
def ensure(account: Account, *, now: datetime) -> Directory:
    """Return the account's directory, made with the standard attributes when there was none. Safe to repeat."""
    directory, is_new = Directory.objects.get_or_create(account=account, defaults={"switched_on_at": now})
    if is_new:
        # The names are the account's own from now on, in the language of the product's customers.
        with translation.override(settings.LANGUAGE_CODE):
            Attribute.objects.bulk_create(
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
            )
        directory.attributes_made = len(ATTRIBUTES)
        directory.save(update_fields=["attributes_made"])
    return directory
