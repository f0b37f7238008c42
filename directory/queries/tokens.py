"""A query as an address carries it: sealed, since it holds what people search for."""

from directory.queries.query import Query
from smsplatform.accounts.models import Account
from smsplatform.lib.sealed import Purpose, seal, unseal


def seal_query(account: Account, query: Query) -> str:
    """Return what names a query in an address, "" for the plain one."""
    return "" if query == Query() else seal(query.to_json(), purpose=Purpose.CONTACT_QUERY, account=account.pk)


def unseal_query(account: Account, token: str) -> Query:
    """Return the query that `seal_query` sealed. Raise ValueError for any other text."""
    if not token:
        return Query()
    return unseal(token, Query.from_json, purpose=Purpose.CONTACT_QUERY, account=account.pk)
