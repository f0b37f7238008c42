"""Paste numbers into a diffusion list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contacts.models import ContactList
from contacts.pasted import REFUSED_SHOWN, Pasted, Refused
from directory.access import directory_required
from directory.batch_forms import NumbersForm
from directory.operations import members, numbers
from smsplatform.accounts.access import AccountRequest
from smsplatform.lib.errors import OperationError
from smsplatform.lib.phones import format_phone
from smsplatform.ui.templatetags.ui import number


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
def list_add_numbers(request: AccountRequest, list_id: int) -> HttpResponse:
    """Add what can be read; what cannot stays in the box with the reason."""
    lists = ContactList.objects.for_account(request.account).filter(kind=ContactList.Kind.DIRECTORY)
    contact_list = get_object_or_404(lists, pk=list_id)
    try:
        members.check(contact_list)
    except OperationError as error:
        messages.warning(request, str(error.message))
        return redirect("directory:list_show", contact_list.pk)
    form = NumbersForm(request.POST or None, account=request.account)
    refused: list[Refused] = []
    if request.method == "POST" and form.is_valid():
        try:
            refused = _add(request, contact_list, form.pasted(), form.cleaned_data["creates_unknown"])
        except OperationError as error:
            form.add_error(None, str(error.message))  # what was pasted stays in the box
        else:
            if not refused:
                return redirect("directory:list_show", contact_list.pk)
            form = form.with_only([one.text for one in refused])
    context = {
        "form": form,
        "list": contact_list,
        "refused": refused[:REFUSED_SHOWN],
        "more": max(0, len(refused) - REFUSED_SHOWN),
    }
    status = 422 if form.errors or refused else 200
    return render(request, "directory/list_add_numbers.html", context, status=status)


def _add(request: AccountRequest, contact_list: ContactList, read: Pasted, creates_unknown: bool) -> list[Refused]:
    """Add the numbers and say so; return those that were not, and why."""
    added = numbers.add_numbers(
        request.account,
        contact_list=contact_list,
        phones=read.phones,
        creates_unknown=creates_unknown,
        by=request.user,
        now=timezone.now(),
    )
    if added.joined or added.already or read.repeated:
        messages.success(request, _said(added, read.repeated))
    reason = _("This number is not in the directory.")
    unknown = [Refused(format_phone(phone, request.account.region), reason) for phone in added.unknown]
    return [*read.refused, *unknown]


def _said(added: numbers.Added, repeated: int) -> str:
    parts = [ngettext("%(n)s contact added", "%(n)s contacts added", added.joined) % {"n": number(added.joined)}]
    if added.created:
        new = ngettext("%(n)s of them is new in the directory", "%(n)s of them are new in the directory", added.created)
        parts.append(new % {"n": number(added.created)})
    if added.already:
        before = ngettext("%(n)s was there already", "%(n)s were there already", added.already)
        parts.append(before % {"n": number(added.already)})
    if repeated:
        parts.append(ngettext("%(n)s repeated number", "%(n)s repeated numbers", repeated) % {"n": number(repeated)})
    return ", ".join(parts) + "."
