"""Files that an account keeps: uploads, tables made of them, refused lines, exports. Its quota counts them all."""

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from smsplatform.accounts.models import Account
from smsplatform.lib import storage
from smsplatform.lib.errors import OperationError
from smsplatform.ui.sizes import file_size

FOLDERS = ("imports", "exports")


class QuotaReached(OperationError):
    """The account keeps as many files as it may."""

    code = "QUOTA_REACHED"


def save(account: Account, path: str, file: File) -> str:
    """Keep a file whole or not at all, and return its path. Raise QuotaReached or NoSpace."""
    if used_bytes(account) + file.size > quota_bytes(account):
        raise QuotaReached(quota_words(account))
    return default_storage.save(path, file)


def refusal(account: Account) -> str:
    """Return why no file at all can be sent now, "" when one can."""
    if not storage.has_room():
        return str(storage.no_space().message)
    return quota_words(account) if used_bytes(account) >= quota_bytes(account) else ""


def quota_words(account: Account) -> str:
    message = _(
        "The files of this account take %(used)s of the %(quota)s it may keep. Nothing was changed. Files go by themselves"
        " after 7 to 30 days; the platform’s administrator can allow more."
    )
    sizes = {"used": file_size(used_bytes(account)), "quota": file_size(quota_bytes(account))}
    return message % sizes


def quota_bytes(account: Account) -> int:
    megabytes = settings.ACCOUNT_FILES_MB if account.files_mb is None else account.files_mb
    return megabytes * 10**6


def used_bytes(account: Account) -> int:
    """Return the bytes of the account's files, as they lie in the storage."""
    folders = [folder for kind in FOLDERS if default_storage.exists(folder := f"{kind}/{account.pk}")]
    return sum(_size(f"{folder}/{name}") for folder in folders for name in default_storage.listdir(folder)[1])


def _size(path: str) -> int:
    try:
        return default_storage.size(path)
    except FileNotFoundError:  # deleted since the folder was read
        return 0
