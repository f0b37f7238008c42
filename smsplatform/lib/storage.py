"""Files on a disk that fills up: refused while there is still room for the others, and never left behind half written."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext as _

from smsplatform.lib.errors import OperationError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_DATABASE_FULL = "53100"


class NoSpace(OperationError):
    """The disk is full, or nearly."""

    code = "NO_SPACE"


def no_space() -> NoSpace:
    return NoSpace(
        _(
            "There is not enough room left on the server for this file. Nothing was changed. Tell the platform’s administrator."
        )
    )


def is_full(error: BaseException | None) -> bool:
    """Return whether an error, or what caused it, comes from a full disk: ours or the database's."""
    while error is not None:
        if isinstance(error, NoSpace) or getattr(error, "sqlstate", None) == _DATABASE_FULL:
            return True
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def said() -> Iterator[None]:
    """Raise NoSpace, which people can read, for whatever says that a disk is full."""
    try:
        yield
    except Exception as error:
        if is_full(error) and not isinstance(error, NoSpace):
            raise no_space() from error
        raise


def has_room(size: int = 0) -> bool:
    """Return whether a file of so many bytes leaves MIN_FREE_DISK_PERCENT of the disk free."""
    disk = shutil.disk_usage(settings.DATA_DIR)
    return disk.free - size >= disk.total * settings.MIN_FREE_DISK_PERCENT / 100


def refuse_without_room(size: int = 0) -> None:
    if not has_room(size):
        raise no_space()


class WholeFiles(FileSystemStorage):
    """Keeps a file whole or not at all. Raise NoSpace."""

    def _save(self, name: str, content: File) -> str:
        refuse_without_room(content.size)
        try:
            with said():
                return str(super()._save(name, content))  # type: ignore[misc]  # the stubs do not know it
        except BaseException:
            Path(self.path(name)).unlink(missing_ok=True)
            raise
