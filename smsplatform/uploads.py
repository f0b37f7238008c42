"""Receive files without letting anybody fill the disk."""

import codecs
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

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


class EncodingMiddleware:
    """Refuse bodies (400) that say they are in another encoding than our pages: some cannot be read as text at all, and
    no page could be shown. Browsers never send such."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if codecs.lookup(request.encoding or "utf-8").name != "utf-8":
            return HttpResponseBadRequest("Forms are sent in UTF-8.", content_type="text/plain")
        return self.get_response(request)
