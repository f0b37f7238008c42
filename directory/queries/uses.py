"""What needs an attribute: filters that keep lists up to date, and whatever later apps register (forms, campaigns)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import ContactList
from directory.models import Attribute
from smsplatform.accounts.models import Account


@dataclass(frozen=True)
class Use:
    """`kind` and `name` in words; `url` leads to it. `by_variable`: it names the variable, not only the attribute."""

    kind: str
    name: str
    url: str
    by_variable: bool = False


Provider = Callable[[Account, Attribute], Iterable[Use]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Have a provider asked too; apps call this once, when they are ready."""
    if provider not in _providers:
        _providers.append(provider)


def of(account: Account, attribute: Attribute) -> list[Use]:
    """Return what cannot do without the attribute."""
    return [use for provider in (living_lists, *_providers) for use in provider(account, attribute)]


def living_lists(account: Account, attribute: Attribute) -> Iterator[Use]:
    """Yield the lists that a filter with this attribute fills."""
    lists = ContactList.objects.for_account(account).filter(rule__isnull=False).order_by("name", "pk")
    for contact_list in lists.only("pk", "name", "rule"):
        stored = contact_list.rule or {}
        if _names(stored.get("rule", stored), attribute.key):
            yield Use(_("List"), contact_list.name, reverse("contacts:list_show", args=[contact_list.pk]))


def _names(rule: Any, key: str) -> bool:
    """Return whether a rule (`query.Rule`) or a group in it asks for the attribute."""
    conditions = (rule or {}).get("conditions", ())
    return any(part.get("field") == key or _names(part, key) for part in conditions)
