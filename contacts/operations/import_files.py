"""Keep the file of an import, or pasted values as a file, and refuse what no import could read."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.importer import paste
from contacts.models import Import
from contacts.operations import stored_files
from smsplatform.accounts.models import Account
from smsplatform.lib.errors import OperationError

MAX_NAME_CHARACTERS = 255
SIGNATURE_BYTES = 8
_ARCHIVE = gettext_lazy("a compressed file that cannot be opened here: extract it first")
_SIGNATURES = {
    b"7z\xbc\xaf": _ARCHIVE,
    b"Rar!": _ARCHIVE,
    b"%PDF": gettext_lazy("a PDF document"),
    b"\x89PNG": gettext_lazy("a picture"),
    b"\xff\xd8\xff": gettext_lazy("a picture"),
    b"GIF8": gettext_lazy("a picture"),
}


class FileEmpty(OperationError):
    """There is nothing in the file, or nothing was pasted."""

    code = "FILE_EMPTY"


class FileTooLarge(OperationError):
    """The file is above settings.IMPORT_MAX_BYTES."""

    code = "FILE_TOO_LARGE"


class NotText(OperationError):
    """The file is a document, a picture..., neither text nor a workbook."""

    code = "FILE_NOT_TEXT"


@dataclass(frozen=True)
class KeptFile:
    """`name`: as the person calls it, "" for pasted values. `path`: in the default storage."""

    name: str
    path: str
    size_bytes: int
    sha256: str


def keep(account: Account, file: File) -> KeptFile:
    """Store an uploaded file. Raise FileEmpty, FileTooLarge, NotText, QuotaReached or NoSpace."""
    name = base_name(file.name or "")
    size = file.size
    if size > settings.IMPORT_MAX_BYTES:
        message = _("“%(name)s” has %(size)s; the limit is %(limit)s. Split it into several files.")
        limit = filesizeformat(settings.IMPORT_MAX_BYTES)
        raise FileTooLarge(message % {"name": name, "size": filesizeformat(size), "limit": limit})
    file.seek(0)
    _refuse_other_kinds(name, file.read(SIGNATURE_BYTES))
    digest, has_content = hashlib.sha256(), False
    for chunk in file.chunks():
        digest.update(chunk)
        has_content = has_content or bool(chunk.strip(b"\x00\xff\xfe\xef\xbb\xbf \t\r\n"))
    if not has_content:
        raise FileEmpty(_("“%(name)s” is empty. Choose a file with at least one line.") % {"name": name})
    path = stored_files.save(account, f"{folder_of(account)}/{uuid.uuid4()}", file)
    return KeptFile(name, path, size, digest.hexdigest())


def keep_pasted(account: Account, text: str) -> KeptFile:
    """Store pasted values as a UTF-8 file with one number per line, or as the table that they are."""
    if not text.strip():
        raise FileEmpty(_("Nothing was pasted. Paste at least one number."))
    lines = paste.one_per_line(text, account.region)
    kept = keep(account, ContentFile(lines.encode("utf-8", "replace"), name=_("Pasted values")))
    return KeptFile("", kept.path, kept.size_bytes, kept.sha256)


def base_name(name: str) -> str:
    """Return the last part of a client's file name, whatever system it comes from, as one line of text."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable()).strip()[-MAX_NAME_CHARACTERS:]


def _refuse_other_kinds(name: str, start: bytes) -> None:
    for signature, kind in _SIGNATURES.items():
        if start.startswith(signature):
            message = _("“%(name)s” is not a workbook or text file (XLSX, XLS, ODS, CSV, TXT) but %(kind)s.")
            raise NotText(message % {"name": name, "kind": kind})


def forget(imported: Import) -> None:
    """Delete the files of an import once the transaction is committed; the caller clears their paths."""
    for path in filter(None, (imported.file_path, imported.rejects_path, imported.table_path)):
        transaction.on_commit(partial(default_storage.delete, path), robust=True)


def sweep(account: Account, *, now: datetime) -> int:
    """Delete the account's files that no import knows of, once they are a day old. Return how many."""
    folder = folder_of(account)
    known = {
        path
        for paths in Import.objects.filter(account=account).values_list("file_path", "rejects_path", "table_path")
        for path in paths
    }
    names = default_storage.listdir(folder)[1] if default_storage.exists(folder) else []
    lost = [path for name in names if (path := f"{folder}/{name}") not in known and _is_old(path, now)]
    for path in lost:
        default_storage.delete(path)
    return len(lost)


def _is_old(path: str, now: datetime) -> bool:
    return default_storage.get_modified_time(path) < now - timedelta(days=1)


def folder_of(account: Account) -> str:
    return f"imports/{account.pk}"
