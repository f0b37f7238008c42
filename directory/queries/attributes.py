"""What an account may know of its contacts."""

from directory.models import Attribute
from smsplatform.accounts.models import Account


def of(account: Account) -> list[Attribute]:
    """Return the account's attributes in their order."""
    return list(Attribute.objects.filter(account=account, deleted_at=None).order_by("position", "pk"))


def by_key(account: Account) -> dict[str, Attribute]:
    """Return the account's attributes by the key of their values, in their order."""
    return {attribute.key: attribute for attribute in of(account)}
