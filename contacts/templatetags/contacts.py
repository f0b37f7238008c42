"""How contacts read on the screen."""

from typing import Any

from django import template

from smsplatform.lib import phones

register = template.Library()


@register.filter
def phone(digits: int, region: str) -> str:
    """Write a number as people of the region do: 06 39 98 12 34 at home, +32 470 12 34 56 abroad."""
    return phones.format_phone(digits, region)


@register.filter
def value_of(values: dict[str, str] | None, column: dict[str, Any]) -> str:
    """Return an entry's value in a column of its list, "" where it has none."""
    return (values or {}).get(column["key"], "")
