"""An account whose files the workers of a running platform import, as people have them do."""

import io
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smsplatform.settings")
django.setup()

from django.core.files import File  # noqa: E402
from django.utils import timezone  # noqa: E402

from contacts.models import Import  # noqa: E402
from contacts.operations import imports  # noqa: E402
from smsplatform.accounts.models import Account, User  # noqa: E402
from smsplatform.accounts.tenancy import account_context  # noqa: E402
from smsplatform.lib.errors import OperationError  # noqa: E402

LOOK_AGAIN_SECONDS = 0.05


class Sender:
    def __init__(self, name: str) -> None:
        self._account = Account.objects.create(name=name)
        self._author = User.objects.create_user(f"{name.lower()}@example.com")

    def send(self, content: bytes, patience: float) -> tuple[float, str]:
        """Import a file; return the seconds until it is over and how it ended."""
        start = time.monotonic()
        try:
            imported = self._upload(content)
        except OperationError as refused:
            return time.monotonic() - start, refused.code
        status = self._wait(imported, start + patience, Import.Status.READY)
        if status == "READY":
            status = self._confirm(imported, start + patience)
        return time.monotonic() - start, status

    def _upload(self, content: bytes) -> Import:
        now = timezone.now()
        with account_context(self._account):
            file = File(io.BytesIO(content), name="clients.csv")
            return imports.upload(self._account, list_name="Clients", file=file, by=self._author, now=now)

    def _confirm(self, imported: Import, end: float) -> str:
        now = timezone.now()
        try:
            with account_context(self._account):
                imported.refresh_from_db()
                seen = imported.settings_digest
                imports.confirm(self._account, imported=imported, seen=seen, by=self._author, now=now)
        except OperationError as refused:
            return refused.code
        return self._wait(imported, end)

    def _wait(self, imported: Import, end: float, *also: str) -> str:
        while time.monotonic() < end:
            with account_context(self._account):
                imported.refresh_from_db()
            if imported.status in (*Import.ENDED, *also):
                return str(imported.error or imported.status)
            time.sleep(LOOK_AGAIN_SECONDS)
        return "HANGS"
