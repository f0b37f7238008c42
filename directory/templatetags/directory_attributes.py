"""How attributes read on the screen."""

from django import template

from directory.models import Attribute
from directory.queries.attributes import Usage

register = template.Library()


@register.filter
def in_braces(attribute: Attribute) -> str:
    """Return the variable as messages have it."""
    return f"{{{attribute.variable}}}"


@register.filter
def contacts_with(usage: Usage, attribute: Attribute) -> int:
    """Return how many contacts have a value of the attribute."""
    return usage.contacts.get(attribute.key, 0)
