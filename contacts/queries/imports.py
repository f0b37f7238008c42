"""Reads about imports."""

from django.db.models import QuerySet

from contacts.models import ContactList, Import
from smsplatform.accounts.models import Account


def import_rows(account: Account) -> QuerySet[Import]:
    """Return the account's imports with their authors and lists, the newest first."""
    rows = Import.objects.filter(account=account).select_related("author", "contact_list")
    return rows.order_by("-created_at", "-pk")


def of_list(account: Account, contact_list: ContactList) -> QuerySet[Import]:
    """Return the imports that filled a list, the newest first."""
    return import_rows(account).filter(contact_list=contact_list)
