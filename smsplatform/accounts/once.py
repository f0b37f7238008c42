"""A form that is sent twice (a double click, Back and the button again, a reload) is obeyed once."""

import hashlib
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.messages import constants
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from smsplatform.accounts.access import AccountRequest, View
from smsplatform.accounts.operations import sent_forms
from smsplatform.ui.templatetags.ui import FORM_ID

NOT_SAID = {"csrfmiddlewaretoken"}  # what differs between two sendings of the same form


def once(view: View) -> View:
    """Obey each form once: for views whose second call would make a second thing, or find the first one in its way.

    The same form with the same answers leads where it led the first time. Forms that were refused, or that sent a file,
    may be sent again.
    """

    @wraps(view)
    def wrapper(request: AccountRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not request.POST.get(FORM_ID):
            return view(request, *args, **kwargs)
        account, key = request.account, _key(request)
        led_to = sent_forms.take(account, key=key, now=timezone.now())
        if led_to is not None:
            messages.info(request, _("This form was already sent: nothing was done a second time."))
            return redirect(led_to)
        response = view(request, *args, **kwargs)
        if response.status_code == 302 and not _is_warned(request):
            sent_forms.keep(account, key=key, location=response.headers["Location"])
        else:
            sent_forms.give_back(account, key=key)
        return response

    return wrapper


def _key(request: AccountRequest) -> str:
    """Return what two sendings of the same form by the same person share: other answers make another form."""
    said = hashlib.sha256(repr((request.user.pk, request.get_full_path())).encode())
    for name, values in sorted(request.POST.lists()):
        if name not in NOT_SAID:
            said.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            said.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                said.update(chunk)
            file.seek(0)
    return said.hexdigest()


def _is_warned(request: AccountRequest) -> bool:
    """Return whether the next page will say that something did not go well."""
    said: Any = messages.get_messages(request)
    is_warned = any(message.level >= constants.WARNING for message in said)
    said.used = False  # nobody has read them yet
    return is_warned
