"""JSON without what it quotes of people."""

from collections.abc import Collection
from typing import Any


def emptied(value: Any, keys: Collection[str]) -> Any:
    """Return JSON in which the lists, objects and texts under the `keys`, at any depth, are empty."""
    if isinstance(value, dict):
        return {key: _nothing(each) if key in keys else emptied(each, keys) for key, each in value.items()}
    if isinstance(value, list):
        return [emptied(each, keys) for each in value]
    return value


def _nothing(value: Any) -> Any:
    """Counts and the like stay: they quote nobody."""
    return type(value)() if isinstance(value, (list, dict, str)) else value
