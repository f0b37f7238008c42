"""One contact: its page, add, edit, exclude, take off the exclusion list, delete. A sealed token stands for its number."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts.exclusion_forms import RemoveForm
from contacts.models import Exclusion
from contacts.operations import exclusions
from contacts.queries import exclusions as exclusion_queries
from directory import values
from directory.access import directory_required
from directory.contact_forms import ContactForm, ExcludeForm, NewContactForm
from directory.contact_table import contact_token
from directory.models import Attribute, Contact
from directory.operations import contacts
from directory.operations.contact_errors import ContactChanged, ContactExists
from directory.queries import attributes as attribute_queries
from directory.queries import contacts as queries
from directory.queries import memberships
from directory.queries.timeline import timeline
from smsplatform.accounts.access import AccountRequest
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.lib.phones import format_phone
from smsplatform.lib.sealed import Purpose, seal, unseal
from smsplatform.lib.sealed import phone as phone_of
from smsplatform.ui.posting import posted

INDEX = "directory:contact_index"


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
@once
def contact_add(request: AccountRequest) -> HttpResponse:
    attributes = attribute_queries.of(request.account)
    lists = memberships.open_lists(request.account)
    form = NewContactForm(request.POST or None, attributes=attributes, region=request.account.region, lists=lists)
    form.initial["contact_list"] = request.GET.get("list", "")
    if request.method == "POST" and form.is_valid():
        response = _add(request, form)
        if response:
            return response
    return _form_page(request, form, None)


def _add(request: AccountRequest, form: NewContactForm) -> HttpResponse | None:
    data = form.cleaned_data
    contact_list = data["contact_list"]
    try:
        contact = contacts.add(
            request.account,
            phone=data["number"],
            attributes=form.wanted(),
            contact_list=contact_list,
            by=request.user,
            now=timezone.now(),
        )
    except ContactExists as error:
        form.refuse_number(_address(request, "contact_show", error.phone))
        return None
    except OperationError as error:
        form.add_error(None, str(error.message))
        return None
    messages.success(request, _("%(phone)s is added to your contacts.") % {"phone": _shown(request, contact.phone)})
    if request.POST.get("then") == "another":
        again = f"?list={contact_list.pk}" if contact_list else ""
        return redirect(reverse("directory:contact_add") + again)
    if contact_list:
        return redirect("directory:list_show", contact_list.pk)
    return redirect("directory:contact_show", contact_token(request.account, contact.phone))


@require_GET
@directory_required()
def contact_show(request: AccountRequest, contact: str) -> HttpResponse:
    found = _get(request, contact)
    attributes = attribute_queries.of(request.account)
    context = {
        "contact": found,
        "token": contact,
        "title": _title(found, attributes),
        "known": _known(found, attributes),
        "lists": memberships.of(request.account, found.phone),
        "exclusion": exclusion_queries.of_number(request.account, found.phone),
        "timeline": timeline(request.account, found, attributes, token=request.GET.get("before", "")),
    }
    return render(request, "directory/contact_show.html", context)


def _title(contact: Contact, attributes: list[Attribute]) -> str:
    """Return the person's name, "" if it is not known."""
    keys = {attribute.standard: attribute.key for attribute in attributes}
    names = [contact.attributes.get(keys.get(code, "")) for code in ("first_name", "last_name")]
    return " ".join(str(name) for name in names if name)


def _known(contact: Contact, attributes: list[Attribute]) -> list[tuple[Attribute, str]]:
    return [(attribute, values.shown(attribute, contact.attributes.get(attribute.key))) for attribute in attributes]


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
def contact_edit(request: AccountRequest, contact: str) -> HttpResponse:
    phone = _phone(request, contact)
    attributes = attribute_queries.of(request.account)
    found = queries.get(request.account, phone)
    seen = _seen(request, phone) if request.method == "POST" else None
    if found is None and seen is None:
        raise Http404
    data = request.POST or None
    stored = found.attributes if found else {}
    form = ContactForm(data, attributes=attributes, region=request.account.region, phone=phone, stored=stored)
    seen = stored if seen is None else seen
    if request.method == "POST" and form.is_valid():
        try:
            response = _edit(request, form, phone, seen)
        except ContactChanged as error:
            form.refuse_changes(error, seen)
            response, seen = None, error.now  # whoever saves again has seen it
        if response:
            return response
        found = queries.get(request.account, phone)
    if found is None:
        return _add_again(request, attributes)
    return _form_page(request, form, found, seen)


def _seen(request: AccountRequest, phone: int) -> dict[str, Any] | None:
    """Return the attributes that the person saw when they began to edit, None if the form does not say."""
    try:
        seen_phone, seen = unseal(request.POST.get("seen", ""), _read_seen, **_of_seen(request))
    except ValueError:
        return None
    return seen if seen_phone == phone else None


def _read_seen(value: Any) -> tuple[int, dict[str, Any]]:
    number, seen = value
    if not isinstance(seen, dict):
        raise ValueError("These are no attributes.")
    return phone_of(number), seen


def _of_seen(request: AccountRequest) -> dict[str, Any]:
    return {"purpose": Purpose.CONTACT_SEEN, "account": request.account.pk, "person": request.user.pk}


def _edit(request: AccountRequest, form: ContactForm, phone: int, seen: dict[str, Any]) -> HttpResponse | None:
    """Save what the form says and return where to go on, or None when the form now says why not. Raise ContactChanged."""
    new_phone = form.cleaned_data["number"]
    try:
        contacts.edit(
            request.account,
            phone=phone,
            new_phone=new_phone,
            attributes=form.wanted(),
            seen=seen,
            by=request.user,
            now=timezone.now(),
        )
    except ContactExists as error:
        form.refuse_number(_address(request, "contact_show", error.phone))
    except ContactChanged:
        raise
    except OperationError as error:
        form.add_error(None, str(error.message))
    else:
        messages.success(request, _("%(phone)s is saved.") % {"phone": _shown(request, new_phone)})
        return redirect("directory:contact_show", contact_token(request.account, new_phone))
    return None


def _add_again(request: AccountRequest, attributes: list[Attribute]) -> HttpResponse:
    """Show what somebody typed of a contact that was deleted meanwhile, to be added again: nothing typed is lost."""
    lists = memberships.open_lists(request.account)
    form = NewContactForm(request.POST, attributes=attributes, region=request.account.region, lists=lists)
    form.add_error(None, _("This contact was deleted meanwhile, or has another number now. Save to add it again."))
    return _form_page(request, form, None)


def _form_page(
    request: AccountRequest, form: ContactForm, contact: Contact | None, seen: dict[str, Any] | None = None
) -> HttpResponse:
    context = {"form": form, "contact": contact, "token": "", "seen": ""}
    if contact is not None:
        token = contact_token(request.account, contact.phone)
        context |= {"token": token, "seen": seal([contact.phone, seen], **_of_seen(request))}
    return render(request, "directory/contact_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@directory_required("can_edit")
def contact_exclude(request: AccountRequest, contact: str) -> HttpResponse:
    found = _get(request, contact)
    form = ExcludeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        exclusions.add(
            request.account,
            phones=[found.phone],
            source=Exclusion.Source.PERSON,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        done = _("%(phone)s is on the exclusion list.")
        messages.success(request, done % {"phone": _shown(request, found.phone)})
        return redirect("directory:contact_show", contact)
    context = {"form": form, "contact": found, "token": contact}
    return render(request, "directory/contact_exclude.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@directory_required("can_manage")
def contact_readmit(request: AccountRequest, contact: str) -> HttpResponse:
    """Take a contact off the exclusion list, saying why; one who said STOP only with an explicit yes."""
    found = _get(request, contact)
    exclusion = exclusion_queries.of_number(request.account, found.phone)
    if exclusion is None:
        messages.info(request, _("This contact is not on the exclusion list."))
        return redirect("directory:contact_show", contact)
    form = RemoveForm(request.POST or None, rows=[exclusion])
    if request.method == "POST" and form.is_valid() and _readmit(request, found.phone, form):
        return redirect("directory:contact_show", contact)
    context = {"form": form, "contact": found, "token": contact, "exclusion": exclusion}
    return render(request, "directory/contact_readmit.html", context, status=422 if form.errors else 200)


def _readmit(request: AccountRequest, phone: int, form: RemoveForm) -> bool:
    data = form.cleaned_data
    try:
        exclusions.remove(
            request.account,
            phones=[phone],
            reason=data["reason"],
            including_stop=data.get("including_stop", False),
            by=request.user,
            now=timezone.now(),
        )
    except OperationError as error:
        form.add_error(None, str(error.message))
        return False
    messages.success(request, _("%(phone)s is no longer on the exclusion list.") % {"phone": _shown(request, phone)})
    return True


@directory_required("can_edit")
@posted("directory:contact_show", "contact")
def contact_delete(request: AccountRequest, contact: str) -> HttpResponse:
    """Delete a contact. `ask`: without script, what the page's dialog asks is a page."""
    found = queries.get(request.account, _phone(request, contact))
    if found is None:
        messages.info(request, _("This contact is no longer in your contacts."))
        return redirect(INDEX)
    if request.POST.get("ask"):
        return render(request, "directory/contact_delete_ask.html", {"contact": found, "token": contact})
    shown = _shown(request, found.phone)
    try:
        contacts.delete(request.account, phone=found.phone, by=request.user, now=timezone.now())
    except OperationError as error:
        messages.warning(request, str(error.message))
        return redirect("directory:contact_show", contact)
    messages.success(request, _("%(phone)s is deleted from your contacts and from all lists.") % {"phone": shown})
    return redirect(INDEX)


def _phone(request: AccountRequest, token: str) -> int:
    try:
        return unseal(token, phone_of, purpose=Purpose.CONTACT, account=request.account.pk)
    except ValueError:
        raise Http404 from None


def _get(request: AccountRequest, token: str) -> Contact:
    contact = queries.get(request.account, _phone(request, token))
    if contact is None:
        raise Http404
    return contact


def _address(request: AccountRequest, name: str, phone: int) -> str:
    return reverse(f"directory:{name}", args=[contact_token(request.account, phone)])


def _shown(request: AccountRequest, phone: int) -> str:
    return format_phone(phone, request.account.region)
