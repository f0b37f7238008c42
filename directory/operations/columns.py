"""What a person wants to see of contacts."""

from collections.abc import Iterable

from directory.models import ShownColumns
from directory.queries import attributes, columns
from smsplatform.accounts.models import Account, User


def choose(account: Account, *, columns_shown: Iterable[str], by: User) -> None:
    """Keep the columns that a person chose, in their order, for this account. Keys that name no column are left out."""
    known = {column.key for column in columns.available(attributes.of(account))}
    chosen = [key for key in dict.fromkeys(columns_shown) if key in known]
    ShownColumns.objects.update_or_create(account=account, user=by, defaults={"columns": chosen})
