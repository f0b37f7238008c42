"""A query as an address or a form carries it: sealed, since it holds what people search for."""

import json
from typing import Any

from directory.queries.query import Query
from smsplatform.lib.sealed import seal_text, unseal_text


def seal_query(query: Query) -> str:
    """Return what names a query in an address, "" for the plain one."""
    return "" if query == Query() else seal_text(json.dumps(query.to_json()))


def unseal_query(token: str) -> Query:
    """Return the query that `seal_query` sealed. Raise ValueError for any other text."""
    if not token:
        return Query()
    try:
        return Query.from_json(json.loads(unseal_text(token)))
    except TypeError:
        raise ValueError("This token is of another kind.") from None


def seal_json(value: Any) -> str:
    """Return what a form carries of a contact as it was shown, unreadable there."""
    return seal_text(json.dumps(value))


def unseal_json(token: str) -> Any:
    """Return the value that `seal_json` sealed. Raise ValueError for any other text."""
    return json.loads(unseal_text(token))
