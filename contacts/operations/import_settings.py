"""How an import into the directory treats contacts that are there, and what becomes of its list: the last step before it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Import
from contacts.operations import import_targets
from contacts.operations.import_moves import changed, move
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

MONTHS = range(1, 13)


class CorrectionRefused(OperationError):
    """A correction that no file can be read with, or a setting that no import can have."""

    code = "CORRECTION_REFUSED"


@transaction.atomic
def settle(
    account: Account,
    *,
    imported: Import,
    updates_existing: bool,
    erases_empty: bool,
    expires_after_months: int | None = None,
    list_name: str = "",
    list_description: str | None = None,
    by: User,
    now: datetime,
) -> None:
    """Set what the analysis has counted for all choices: the preview follows at once. Raise ImportChanged.

    `expires_after_months`: of a new list, None for one that stays. `list_name`: of a new list, "" to leave it.
    """
    if expires_after_months is not None and expires_after_months not in MONTHS:
        raise CorrectionRefused(_("A list expires after 1 to 12 months, or never."))
    current = Import.objects.select_for_update(no_key=True).filter(account=account, pk=imported.pk).first()
    if current is None or not current.into_directory or current.status != Import.Status.READY:
        raise changed(imported)
    current.updates_existing, current.erases_empty = updates_existing, updates_existing and erases_empty
    changes: dict[str, Any] = {"updates_existing": current.updates_existing, "erases_empty": current.erases_empty}
    if current.target == Import.Target.NEW:
        changes |= _of_new_list(current, expires_after_months, list_name, list_description)
    preview = current.preview | import_targets.directory().settled(current)
    move(account, imported, (Import.Status.READY,), preview=preview, **changes)


def _of_new_list(
    imported: Import, expires_after_months: int | None, list_name: str, list_description: str | None
) -> dict[str, Any]:
    return {
        "expires_after_months": expires_after_months,
        "list_name": list_name.strip() or imported.list_name,
        "list_description": imported.list_description if list_description is None else list_description.strip(),
    }
