"""The directory of an account as such."""

from datetime import datetime

from django.db import transaction

from directory.models import Attribute, Directory
from directory.standard import ATTRIBUTES, made_for
from smsplatform.accounts.models import Account


@transaction.atomic
def ensure(account: Account, *, now: datetime) -> Directory:
    """Return the account's directory, made with the standard attributes when there was none. Safe to repeat."""
    directory, is_new = Directory.objects.get_or_create(account=account, defaults={"switched_on_at": now})
    if is_new:
        Attribute.objects.bulk_create(made_for(account, now=now))
        directory.attributes_made = len(ATTRIBUTES)
        directory.save(update_fields=["attributes_made"])
    return directory
