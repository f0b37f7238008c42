"""What people choose in step 2 of an import: taken as the page showed it, and used only once its preview was seen."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Import
from contacts.operations import import_targets, imports
from contacts.operations.import_moves import ImportChanged, changed, move
from smsplatform.accounts.models import Account, User

Status = Import.Status


class NotSeen(ImportChanged):
    """The import is no longer what the page showed, so nothing was done of what was chosen there."""

    code = "IMPORT_NOT_SEEN"


@transaction.atomic
def choose(
    account: Account,
    *,
    imported: Import,
    seen: str,
    overrides: dict[str, Any],
    region: str,
    reads_again: bool = False,
    confirms: bool = False,
    by: User,
    now: datetime,
) -> None:
    """Take the settings of step 2; the file is read again for them where its preview may become another.

    `reads_again`: also where it may not. `confirms`: have the import done as its preview shows it, where the preview
    holds for these settings. The same press again does nothing more.

    Raise NotSeen unless `seen` is the `settings_digest` of the import, ImportChanged, CorrectionRefused, NothingToImport.
    """
    current = Import.objects.select_for_update(of=("self",), no_key=True).select_related("contact_list", "account")
    ready = current.get(account=account, pk=imported.pk)
    is_same = overrides == ready.overrides and region == ready.region
    if ready.status != Status.READY:
        if not is_same or ready.status in (Status.FAILED, Status.CANCELLED):
            raise changed(imported)
        return
    if seen != ready.settings_digest:
        message = _("The import of “%(name)s” has changed meanwhile. Check what is shown, then continue.")
        raise NotSeen(message % {"name": ready.list_name})
    if confirms and (is_same or _keeps_preview(ready, overrides, region)):
        if not is_same:
            move(account, ready, (Status.READY,), overrides=overrides, preview=_with_columns(ready, overrides))
        imports.confirm(account, imported=ready, seen=ready.settings_digest, by=by, now=now)
    elif reads_again or not is_same:
        imports.correct(account, imported=ready, overrides=overrides, region=region, by=by, now=now)


def _keeps_preview(ready: Import, overrides: dict[str, Any], region: str) -> bool:
    """Return whether the preview says the same with these settings: where columns go changes nothing for new contacts."""
    changes_contacts = ready.into_directory or (ready.contact_list is not None and ready.updates_existing)
    others = [{**chosen, "columns": None} for chosen in (overrides, ready.overrides)]
    return not changes_contacts and region == ready.region and others[0] == others[1]


def _with_columns(ready: Import, overrides: dict[str, Any]) -> dict[str, Any]:
    """Return the preview with where the columns go now."""
    ready.overrides = overrides
    return {**ready.preview, "reading": import_targets.reading(ready, import_targets.column_mapping(ready))}
