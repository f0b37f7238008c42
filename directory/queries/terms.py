"""The parts of a query that all must hold, each with the sources that find its contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from directory.models import Attribute, AttributeType
from directory.queries import conditions, key_text, rules, search, sources
from directory.queries.conditions import Parameters
from directory.queries.facets import Facets
from directory.queries.key_text import DIGITS, LAST, UNKNOWN, WORDS
from directory.queries.query import Query
from directory.queries.search import Search
from directory.queries.sources import Source
from smsplatform.accounts.models import Account


@dataclass(frozen=True)
class Term:
    """Contacts that any of the sources gives."""

    sources: tuple[Source, ...]

    @property
    def sql(self) -> str:
        """Return SQL for its phones, some of them more than once."""
        return " union all ".join(f"({source.sql})" for source in self.sources)

    @property
    def is_sorted(self) -> bool:
        return len(self.sources) == 1 and self.sources[0].is_sorted


class Terms:
    """Finds the terms of a query for which an account has keys."""

    def __init__(
        self,
        account: Account,
        known: Mapping[str, Attribute],
        facets: Facets,
        parameters: Parameters,
        now: datetime,
    ) -> None:
        self._account, self._id, self._known, self._facets = account, account.pk, known, set(facets.made)
        self._parameters, self._now = parameters, now

    def of(self, query: Query) -> list[Term]:
        found: list[Term | None] = []
        if query.search.strip():
            found += self._of_search(search.read(query.search, self._account.region))
        if query.rule:
            found += self._of_rule(query.rule)
        if query.list_id is not None:
            found.append(Term((sources.members(self._id, self._parameters.add(query.list_id)),)))
        if query.excluded:
            found.append(Term((sources.excluded(self._id),)))
        return [term for term in found if term is not None]

    def _of_search(self, asked: Search) -> list[Term | None]:
        if not {WORDS, DIGITS} <= self._facets:
            return []
        if len(asked.words) == 1 and not (asked.piece or asked.starts or asked.whole):
            return [Term((self._word(word),)) for word in asked.words[0]]
        parts = [self._word(max(words, key=len)) for words in asked.words]
        parts += sources.number_parts(self._id, asked, self._account.region, self._parameters)
        return [Term(tuple(parts))] if parts else []

    def _word(self, word: str) -> Source:
        return sources.beginning(self._id, WORDS, word, self._parameters)

    def _of_rule(self, rule: dict[str, Any]) -> list[Term | None]:
        parts = [self._of_part(part) for part in rule["conditions"]]
        return list(parts) if rule["match"] == rules.ALL else [_union(parts)]

    def _of_part(self, part: dict[str, Any]) -> Term | None:
        if "conditions" not in part:
            return self._of_condition(part)
        inner = self._of_rule(part)
        return next((term for term in inner if term is not None), None)

    def _of_condition(self, condition: dict[str, Any]) -> Term | None:
        field, asked, value = condition["field"], condition["is"], condition.get("value")
        kind = rules.kind_of(field, self._known)
        if kind == rules.LIST:
            source = sources.members(self._id, self._parameters.add(value)) if asked == "IN" else None
        elif kind == rules.CREATED:
            low, high = conditions.moments(asked, value, self._now)
            source = sources.added(self._id, low, high, self._parameters)
        elif field not in self._facets:
            source = None
        else:
            source = self._of_attribute(field, kind, asked, value)
        return Term((source,)) if source else None

    def _of_attribute(self, field: str, kind: str, asked: str, value: Any) -> Source | None:
        if asked in ("TRUE", "FALSE", "EMPTY", "EQUALS"):
            wanted = {"TRUE": "true", "FALSE": "false", "EMPTY": UNKNOWN}.get(asked)
            key = wanted if wanted is not None else key_text.key_of(value, kind)
            return sources.key(self._id, field, key, self._parameters)
        ranges = [(UNKNOWN + "\x01", LAST)] if asked == "FILLED" else self._ranges(kind, asked, value)
        return sources.keys(self._id, field, ranges, self._parameters) if ranges else None

    def _ranges(self, kind: str, asked: str, value: Any) -> list[tuple[str, str]]:
        if kind == AttributeType.TEXT:
            return sources.text_range(asked, str(value))
        if kind == AttributeType.INTEGER:
            key = key_text.key_of(value, kind)
            above, below = (key + "\x01", LAST), ("\x01", key)
            return {"LESS": [below], "MORE": [above], "DIFFERS": [("", key), above]}[asked]
        low, high = conditions.day_range(asked, value, self._now)
        return [_days(low, high)] if low or high else []


def _days(low: date | None, high: date | None) -> tuple[str, str]:
    return low.isoformat() if low else "\x01", f"{high.isoformat()}\x01" if high else LAST


def _union(parts: Sequence[Term | None]) -> Term | None:
    known = [part for part in parts if part is not None]
    if not parts or len(known) < len(parts):
        return None
    return Term(tuple(source for term in known for source in term.sources))
