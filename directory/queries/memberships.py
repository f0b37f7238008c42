"""Which diffusion lists there are for one contact."""

from django.db.models import QuerySet

from contacts.models import ContactList, ListEntry
from smsplatform.accounts.models import Account


def of(account: Account, phone: int) -> list[ContactList]:
    """Return the lists that a number is in, by name."""
    entries = ListEntry.objects.filter(account=account, phone=phone).values("contact_list_id")
    return list(_lists(account).filter(pk__in=entries).order_by("name", "pk"))


def open_lists(account: Account) -> QuerySet[ContactList]:
    """Return the lists that people can add contacts to: those without a rule, by name."""
    return _lists(account).filter(rule__isnull=True).order_by("name", "pk")


def _lists(account: Account) -> QuerySet[ContactList]:
    return ContactList.objects.for_account(account).filter(kind=ContactList.Kind.DIRECTORY)
