"""What an import keeps of people besides their contacts: its files, and the cells that its pages quote. Both go together."""

from datetime import datetime
from typing import Any

from contacts.models import Import
from contacts.operations import import_files
from smsplatform.accounts.models import Account
from smsplatform.lib.emptied import emptied

# In the JSON of an import: cells of lines, numbers, and what a reason quotes.
QUOTES = frozenset(
    {"samples", "extract", "changed", "known", "others", "edits", "example", "examples", "value", "country"}
)
COLUMNS = ("detection", "overrides", "preview", "result")


def forget(account: Account, imported: Import, *, now: datetime) -> None:
    """Delete the files of an import and empty its quotes; its counts and settings stay, and what undoing it needs."""
    import_files.forget(imported)
    kept: dict[str, Any] = {name: emptied(getattr(imported, name), QUOTES) for name in COLUMNS}
    rows = Import.objects.filter(account=account, pk=imported.pk)
    rows.update(**kept, file_path="", rejects_path="", table_path="", details_gone_at=now)
