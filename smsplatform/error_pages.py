"""What is answered when something goes wrong that no view answers for."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from smsplatform.lib import storage


def server_error(request: HttpRequest) -> HttpResponse:
    """Say it in its own words where a disk is full, wherever that was met: receiving a file, a session, a row."""
    name, status = ("507.html", 507) if storage.is_full(sys.exc_info()[1]) else ("500.html", 500)
    return render(request, name, status=status)
