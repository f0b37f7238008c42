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


def same_file(account: Account, imported: Import) -> Import | None:
    """Return the last import of the very same content that was done and not undone, None without any."""
    rows = Import.objects.filter(account=account, sha256=imported.sha256, status=Import.Status.DONE, undone_at=None)
    return rows.exclude(pk=imported.pk).order_by("-pk").first()
