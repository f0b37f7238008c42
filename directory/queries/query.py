"""Which contacts somebody means: what a page searches, what a selection or an export takes, what fills a living list."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from smsplatform.accounts.models import Account

# {"match": "ALL" | "ANY", "conditions": [condition or group, ...]}; groups hold conditions only.
# A condition is {"field": "a3", "is": "EQUALS", "value": "Lyon"}; `rules` has the fields and what can be asked of them.
Rule = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """Contacts of the whole base, or of one list. Everything given must hold.

    `search`: words that begin some word of a value, or a number in any notation, whole or its beginning or end.
    `excluded`: True for those on the exclusion list, False for the others, None for all.
    `sort`: PHONE, CREATED or an attribute's key, with "-" for descending.
    """

    search: str = ""
    rule: Rule | None = None
    list_id: int | None = None
    excluded: bool | None = None
    sort: str = "-CREATED"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Query":
        """Return a stored query. Raise ValueError, TypeError or KeyError for what cannot be one."""
        query = cls(**stored)
        fits = (
            isinstance(query.search, str)
            and isinstance(query.sort, str)
            and (query.rule is None or isinstance(query.rule, dict))
            and (query.list_id is None or (type(query.list_id) is int and 0 < query.list_id < 2**63))
            and query.excluded in (True, False, None)
        )
        if not fits:
            raise ValueError("This is no query.")
        return query

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for less than the whole base or list."""
        return bool(self.search or self.rule) or self.excluded is not None


def contact_count(account: Account) -> int:
    """Return how many contacts the account has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(contacts), 0)::bigint from directory_contacttally where account_id = %s", [account.pk]
        )
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Selection:
    """Chosen contacts: these numbers, or without any all that `query` finds."""

    query: Query = Query()
    phones: tuple[int, ...] | None = None
