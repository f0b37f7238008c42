"""How the apps' registers of personal data are written (`<app>/personal_data.py`), and what follows from them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings

from smsplatform.lib.phones.traces import Numbers


@dataclass(frozen=True)
class Table:
    """Every column of a table, by what it can hold; JSON with all its keys ("columns/#/name": # is an item, * any key).

    `number`: of a person, whose row goes with them. `values`: what is known of that person. `written`: words of the account's
    people about things, and names from their files; numbers in them are taken out. `quotes`: cells of files, and searches, which
    go whole: a search without its number would find everybody. `files`: paths of files. `staff`: who uses the platform.
    `plain`: none of these. `until`: when rows go. `expires`: what columns become PERSONAL_DETAILS_DAYS after `finished_at`.
    """

    purpose: str
    until: str
    plain: str = ""
    number: str = ""
    values: str = ""
    written: str = ""
    quotes: str = ""
    files: str = ""
    staff: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    expires: Mapping[str, Any] = field(default_factory=dict)

    def columns(self) -> list[str]:
        kinds = (self.plain, self.number, self.values, self.written, self.quotes, self.files, self.staff)
        return " ".join(kinds).split()

    def knows(self, column: str, path: str) -> bool:
        return any(_matches(pattern, path) for pattern in self.keys.get(column, "").split())


Register = Mapping[str, Table]


def _matches(pattern: str, path: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[^/]*"), path) is not None


def paths(value: Any, start: str = "") -> Iterator[str]:
    """Yield the key of every text, number and truth value of JSON."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from paths(each, f"{start}/{key}" if start else key)
    elif isinstance(value, list):
        for each in value:
            yield from paths(each, f"{start}/#" if start else "#")
    elif value is not None:
        yield start


def mask(register: Register, account_id: int, numbers: Numbers) -> None:
    """Take the numbers out of what is written in the rows of an account; such tables have few."""
    for name, table in register.items():
        columns = table.written.split()
        if columns:
            _mask(_model(name), columns, account_id, numbers)


def _mask(model: Any, columns: list[str], account_id: int, numbers: Numbers) -> None:
    rows = model._default_manager.filter(account=account_id)
    for row in rows.values("pk", *columns).iterator():
        masked = {name: numbers.masked_json(row[name]) for name in columns}
        if changed := {name: value for name, value in masked.items() if value != row[name]}:
            rows.filter(pk=row["pk"]).update(**changed)


def purge(register: Register, account_id: int, *, now: datetime) -> int:
    """Empty what has expired in an account and return how many rows that was. Safe to run again."""
    purged, last = 0, now - timedelta(days=settings.PERSONAL_DETAILS_DAYS)
    for name, table in register.items():
        if table.expires:
            rows = _model(name)._default_manager.filter(account=account_id, finished_at__lt=last)
            purged += rows.exclude(**_lookups(table.expires)).update(**table.expires)
    return purged


def _lookups(empty: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{name}__isnull" if value is None else name: True if value is None else value for name, value in empty.items()
    }


def _model(table: str) -> Any:
    return next(model for model in apps.get_models() if model._meta.db_table == table)
