"""The settings that an account's administrators own."""

from datetime import datetime

from django.db import transaction

from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User


@transaction.atomic
def change(account: Account, *, name: str, region: str, by: User, now: datetime) -> None:
    """Rename the account and set the country of numbers written without a prefix.

    region: ISO 3166 code in capitals. Numbers already imported are not read again.
    """
    if (account.name, account.region) == (name, region):
        return
    account.name, account.region = name, region
    account.save(update_fields=["name", "region"])
    audit.record(account, "ACCOUNT_CHANGED", name, by=by, now=now)
