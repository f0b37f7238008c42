"""The contacts that a query finds, as a condition for statements that work on sets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from directory.models import Attribute
from directory.queries import attributes, conditions, search
from directory.queries.conditions import Parameters
from directory.queries.query import Query
from smsplatform.accounts.models import Account


def where(account: Account, query: Query, *, now: datetime | None = None) -> tuple[str, dict[str, Any]]:
    """Return an exact condition on alias c of directory_contact, and its parameters, whose names begin with "q_".

    Its sort plays no part. `now`: what conditions on days take for today. Raise RuleRefused when the rule names an
    attribute that is gone.
    """
    parameters = Parameters()
    known = attributes.by_key(account) if query.rule else {}
    return condition(account, query, known, parameters, now or timezone.now()), parameters.values


def condition(
    account: Account, query: Query, known: Mapping[str, Attribute], parameters: Parameters, now: datetime
) -> str:
    parts = [f"c.account_id = {parameters.add(account.pk)}"]
    if query.search.strip():
        parts.append(conditions.of_search(search.read(query.search, account.region), parameters))
    if query.rule:
        parts.append(conditions.of_rule(query.rule, known, parameters, now))
    if query.list_id is not None:
        parts.append(conditions.member_sql(parameters.add(query.list_id)))
    if query.excluded is not None:
        parts.append(conditions.EXCLUDED if query.excluded else f"not {conditions.EXCLUDED}")
    return " and ".join(parts)
