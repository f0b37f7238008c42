"""How statements read the big tables, for measurements."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

BIG_TABLES = ("directory_contact", "directory_contactkey", "contacts_listentry")
PREFIXES = ("directory_", "contacts_")


class Spy:
    """Remembers the statements of a step, with the planner's settings between them, to ask for their plans."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen.append((sql, params))
        return execute(sql, params, many, context)


def scans(seen: list[tuple[str, Any]]) -> Iterator[str]:
    """Yield how the plans of statements read the big tables."""
    for sql, params in seen:
        if "set_config(" in sql:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
        elif any(table in sql for table in BIG_TABLES) and sql.lstrip().startswith(("select", "with")):
            yield from _nodes(_plan(sql, params))


def _plan(sql: str, params: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {sql}", params)
        plan: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
    return plan


def _nodes(node: dict[str, Any]) -> Iterator[str]:
    # A bitmap index scan names its index only; the heap scan above it names the table.
    name = node.get("Relation Name")
    if name in BIG_TABLES and node["Node Type"] != "ModifyTable":
        for prefix in PREFIXES:
            name = name.removeprefix(prefix)
        yield f"{node['Node Type']} {name}"
    for child in node.get("Plans", ()):
        yield from _nodes(child)
