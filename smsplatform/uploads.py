"""Receive files without letting anybody fill the disk."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from smsplatform.lib import storage

FORM_BYTES = 2**20  # what the other fields of a form with a file may take


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Stream files to disk, for people who are signed in and up to settings.IMPORT_MAX_BYTES."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: bytes, encoding: Any = None
    ) -> None:
        if content_length > settings.IMPORT_MAX_BYTES + FORM_BYTES:
            raise RequestDataTooBig("The file is above IMPORT_MAX_BYTES.")
        if content_length > FORM_BYTES:  # smaller ones are refused at their form, which keeps what was typed
            storage.refuse_without_room(content_length)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if not (self.request and self.request.user.is_authenticated):
            raise StopUpload(connection_reset=True)
        super().new_file(*args, **kwargs)
