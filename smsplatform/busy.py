"""What people read when the database is busy with somebody else's work, or away: words, and nothing lost of what they typed.

Called wherever in the request it went wrong, so nothing here asks the database.
"""

import sys
from typing import Any

import psycopg
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import defaults

from smsplatform.lib import storage
from smsplatform.lib.waiting import sqlstate
from smsplatform.ui.posting import sent_fields

# Somebody else had what was needed, or it took too long; the transaction was taken back, and nothing was done.
BUSY = {"55P03", "57014", "40001", "40P01", "25P03"}
# The server stops, starts or has no room: classes of codes, or no code where nobody answered.
AWAY = ("08", "53", "57P")
RETRY_AFTER = {"busy": 3, "away": 15, "crowded": 3}  # seconds
SENT_AGAIN_CHARACTERS = 100_000  # at most, of a form that a button sends once more


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for an exception: 503 with what to do about it where it passes by itself, 507 for a full disk, 500 otherwise."""
    error = sys.exc_info()[1]
    if storage.is_full(error):
        return HttpResponse(get_template("507.html").render(), status=507)
    kind = kind_of(error)
    return defaults.server_error(request) if kind is None else answer(request, kind)


def kind_of(error: BaseException | None) -> str | None:
    """Return "busy", "away", or None for what is no matter of waiting."""
    while error is not None:
        code = sqlstate(error)
        if code in BUSY:
            return "busy"
        if isinstance(error, Error | psycopg.Error):
            is_lost = isinstance(
                error, OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError
            )
            return "away" if code.startswith(AWAY) or (is_lost and not code) else None
        error = error.__cause__ or error.__context__
    return None


def answer(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the answer for "busy", "away" or "crowded" (see `bodies`)."""
    # The browser's language where nobody could be asked whose request it is.
    language = getattr(request, "LANGUAGE_CODE", None) or translation.get_language_from_request(request)
    with translation.override(language):
        if request.accepts("text/html"):
            page = get_template("503.html").render({"kind": kind, "again": _again(request, kind)})
            response = HttpResponse(page)
        else:
            response = JsonResponse({"code": kind.upper(), "message": _words(kind)})
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER[kind])
    return response


def _words(kind: str) -> str:
    if kind == "busy":
        return _("We are busy with other work of this account: nothing was done. Try again in a moment.")
    if kind == "crowded":
        return _("Too much is being sent to us at once from your network: nothing was done. Try again in a moment.")
    return _(
        "Our database does not answer. Try again in a moment. If you were saving something, look first whether it is there."
    )


def _again(request: HttpRequest, kind: str) -> dict[str, Any] | None:
    """Return what a button sends once more, None where it would be wrong to: files are gone, and secrets are not written down."""
    if kind == "crowded":
        return None  # whose body was not read
    if request.method in ("GET", "HEAD"):
        return {"address": request.get_full_path(), "method": "get"}
    match = request.resolver_match
    is_ours = match is not None and match.namespace in ("contacts", "directory")
    is_plain = request.content_type == "application/x-www-form-urlencoded"
    if kind != "busy" or not is_ours or not is_plain:
        return None
    fields = sent_fields(request, most=SENT_AGAIN_CHARACTERS)
    if fields is None:
        return None
    return {"address": request.get_full_path(), "method": "post", "fields": fields, "token": get_token(request)}
