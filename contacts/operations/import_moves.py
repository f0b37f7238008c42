"""From one state of an import to the next, if it is where the page showed it."""

from typing import Any

from django.utils.translation import gettext as _

from contacts.models import Import
from smsplatform.accounts.models import Account
from smsplatform.lib.errors import OperationError


class ImportChanged(OperationError):
    """The import is no longer in the state that the page showed."""

    code = "IMPORT_CHANGED"


def move(account: Account, imported: Import, allowed: tuple[Import.Status, ...], **changes: Any) -> None:
    """Change an import that is in one of the allowed states, or raise ImportChanged."""
    rows = Import.objects.filter(account=account, pk=imported.pk, status__in=allowed)
    if not rows.update(**changes):
        raise changed(imported)
    imported.refresh_from_db()


def changed(imported: Import) -> ImportChanged:
    message = _("The import of “%(name)s” has changed meanwhile. Nothing was done.")
    return ImportChanged(message % {"name": imported.list_name})
