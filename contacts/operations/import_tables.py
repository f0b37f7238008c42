"""What an import reads: the file itself where it is text, else the table that the worker makes of it, kept beside it."""

from functools import partial
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from contacts.importer.sources import errors, kinds, reader
from contacts.importer.sources.errors import SourceError
from contacts.models import Import
from contacts.operations import stored_files
from contacts.operations.import_progress import Progress

Source = dict[str, Any]


def opened(imported: Import) -> BinaryIO:
    """Open the lines of a prepared import."""
    return cast(BinaryIO, default_storage.open(imported.table_path or imported.file_path, "rb"))


def is_table(imported: Import) -> bool:
    """Return whether the lines come from a sheet, and not from a text file as it is or as it was packed."""
    return bool(imported.table_path) and imported.detection["source"]["kind"] != kinds.TEXT


def prepare(imported: Import, progress: Progress) -> None:
    """Learn what the file is and, unless it is text, make its table. Raise SourceError. Nothing is saved here but files.

    Sets `table_path`, and what it was made from as `detection["source"]`: "kind", "sheet", "sheets" (names), "member"
    (of an archive), "asked" (the sheet that a person chose) and "bytes" (of the table).
    """
    before: Source = imported.detection.get("source", {})
    asked = imported.overrides.get("sheet")
    if imported.table_path and before.get("asked") == asked and default_storage.exists(imported.table_path):
        return
    with default_storage.open(imported.file_path, "rb") as file:
        kind = kinds.kind_of(file.read(kinds.HEAD_BYTES))
        file.seek(0)
        if kind == kinds.OTHER:
            raise SourceError(errors.OTHER_KIND)
        if kind == kinds.TEXT:
            imported.detection = {"source": {"kind": kinds.TEXT}}
            return
        source = _make_table(imported, cast(BinaryIO, file), asked, progress)
    imported.detection = {"source": source}


def _make_table(imported: Import, file: BinaryIO, asked: str | None, progress: Progress) -> Source:
    limits = reader.Limits(
        max_memory=settings.IMPORT_WORKBOOK_MEMORY,
        max_seconds=settings.IMPORT_WORKBOOK_SECONDS,
        max_bytes=settings.IMPORT_MAX_BYTES,
        max_expanded=settings.IMPORT_MAX_EXPANDED_BYTES,
    )
    opened = reader.table_of(file, region=imported.region, sheet=asked, limits=limits, watch=progress)
    with opened as (table, made):
        path = stored_files.save(imported.account, f"{imported.file_path}.table", File(table))
        if imported.table_path:
            transaction.on_commit(partial(default_storage.delete, imported.table_path), robust=True)
        imported.table_path = path
        return made | {"asked": asked, "bytes": default_storage.size(path)}
