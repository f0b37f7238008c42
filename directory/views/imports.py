"""Imports into the directory: a file for all contacts, and steps 2 and 3, which new lists and lists that exist share."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts import followed, reports, since_words
from contacts.import_forms import ImportContentForm
from contacts.models import Import
from contacts.operations import import_choices, import_moves, imports
from contacts.since_words import Since
from contacts.views.import_check import has_other_columns
from directory import import_pages
from directory.access import directory_required
from directory.attribute_forms import AttributeForm
from directory.map_forms import MapForms
from directory.mapping_forms import SettingsForm
from directory.operations import attributes
from directory.operations.attributes import AttributeRefused
from directory.queries import attributes as attribute_queries
from smsplatform.accounts.access import AccountRequest
from smsplatform.accounts.once import once
from smsplatform.lib.errors import OperationError
from smsplatform.ui.posting import posted

NEW_ATTRIBUTE = "attribute"  # the prefix of its fields


@require_http_methods(["GET", "POST"])
@directory_required("can_import")
@once
def import_new(request: AccountRequest) -> HttpResponse:
    """Step 1 of a file that fills the directory, and no list."""
    form = ImportContentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            imported = imports.upload(
                request.account,
                target=Import.Target.BASE,
                into_directory=True,
                list_name=_("My contacts"),
                **form.content(),
                **_given(request),
            )
            return redirect("contacts:import_show", imported.pk)
        except OperationError as error:
            form.refuse_content(str(error.message))
    context = {"form": form, "max_bytes": settings.IMPORT_MAX_BYTES, "max_rows": settings.IMPORT_MAX_ROWS}
    return render(request, "directory/import_new.html", context, status=422 if form.errors else 200)


@require_GET
@directory_required()
def import_map(request: AccountRequest, import_id: int) -> HttpResponse:
    """Step 2: what was read, and where each column goes. `c3=a7` in the address: chosen, and not yet saved."""
    imported = _get(request, import_id)
    if not _is_ready(imported):
        return _not_ready(request, imported, step=2)
    chosen = {
        int(name[1:]): str(choice)
        for name, choice in request.GET.items()
        if name[:1] == "c" and name[1:].isascii() and name[1:].isdecimal() and len(name) < 6
    }
    return _mapping_page(request, imported, _shown(request, imported, chosen=chosen))


@directory_required("can_import")
@posted("directory:import_map", "import_id")
def import_map_save(request: AccountRequest, import_id: int) -> HttpResponse:
    """Take the corrections and the choices. What changes the counts that were seen is shown before people go on."""
    imported = _get(request, import_id)
    if "columns" not in imported.detection:
        return _not_ready(request, imported, step=2)
    if _is_ready(imported) and has_other_columns(request, imported):
        return redirect("directory:import_map", import_id)
    sent = _sent(request, imported)
    if not sent.is_valid():
        return _mapping_page(request, imported, sent) if _is_ready(imported) else _not_ready(request, imported, step=2)
    moves_on = "continue" in request.POST
    try:
        import_choices.choose(
            request.account,
            imported=imported,
            seen=request.POST.get("seen", ""),
            overrides=sent.overrides(),
            region=sent.correction.cleaned_data["region"],
            reads_again=not moves_on,
            **_given(request),
        )
    except import_choices.NotSeen as error:
        messages.warning(request, str(error.message))
        return _mapping_not_seen(request, import_id)
    except OperationError as error:
        messages.warning(request, str(error.message))
        moves_on = False
    # Which attributes the columns go to is seen in step 3, for what it changes.
    return redirect(f"directory:import_{'settings' if moves_on and not sent.changes_lines else 'map'}", import_id)


def _mapping_not_seen(request: AccountRequest, import_id: int) -> HttpResponse:
    """Show the import as it is now, with what was chosen for it as it was."""
    imported = _get(request, import_id)
    if "reset" not in request.POST and _is_ready(imported):
        sent = _sent(request, imported)
        if sent.is_valid() and sent.changed:
            return _mapping_page(request, imported, sent, since=since_words.chosen(sent.changed), status=409)
    return redirect("directory:import_map", import_id)


@directory_required("can_import")
@posted("directory:import_map", "import_id")
@once
def import_attribute(request: AccountRequest, import_id: int) -> HttpResponse:
    """Create an attribute for a column, and choose it there."""
    if not request.membership.can_edit:
        raise PermissionDenied
    imported = _get(request, import_id)
    if not _is_ready(imported):
        return _not_ready(request, imported, step=2)
    sent = _sent(request, imported)
    new = AttributeForm(request.POST, prefix=NEW_ATTRIBUTE)
    column = request.POST.get("new_column", "")
    if f"column_{column}" not in sent.mapping.fields:
        return redirect("directory:import_map", imported.pk)
    if new.is_valid():
        try:
            made = attributes.create(request.account, **new.cleaned_data, **_given(request))
            chosen = sent.mapping.chosen() | {int(column): made.key}
            messages.success(request, _("The attribute “%(name)s” is created.") % {"name": made.name})
            query = urlencode({f"c{index}": choice for index, choice in chosen.items()})
            return redirect(f"{reverse('directory:import_map', args=[imported.pk])}?{query}")
        except AttributeRefused as error:
            new.refuse(error)
    return _mapping_page(request, imported, sent, new=new, new_column=int(column))


@require_GET
@directory_required()
def import_settings(request: AccountRequest, import_id: int) -> HttpResponse:
    """Step 3: what happens to contacts that are there already, and how long the list is to live."""
    imported = _get(request, import_id)
    if not _is_ready(imported):
        return _not_ready(request, imported, step=3)
    return _settings_page(request, imported, SettingsForm.of(imported))


@directory_required("can_import")
@posted("directory:import_settings", "import_id")
def import_settings_save(request: AccountRequest, import_id: int) -> HttpResponse:
    """Start the import with the settings, and go back to the table of lists, where it can be followed."""
    imported = _get(request, import_id)
    form = SettingsForm.of(imported, request.POST)
    if not form.is_valid():
        return _settings_page(request, imported, form) if _is_ready(imported) else _not_ready(request, imported, step=3)
    try:
        if _is_ready(imported) or not form.is_in_force(imported):
            _start(request, imported, form)
    except OperationError as error:
        imported = _get(request, import_id)
        # Whoever pressed twice is where one press would have led.
        if _is_ready(imported) or not form.is_in_force(imported):
            messages.warning(request, str(error.message))
        if _is_ready(imported):
            return _settings_page(request, imported, SettingsForm.of(imported, request.POST), status=409)
    if imported.status in (Import.Status.UPLOADED, Import.Status.ANALYSING):
        # In the address, so that it is still said when the file has been read.
        return redirect(f"{reverse('directory:import_settings', args=[imported.pk])}?again=1")
    if imported.target == Import.Target.BASE:
        return redirect("contacts:import_show", imported.pk)
    followed.follow(request, imported)
    return redirect("contacts:list_index")


def _is_ready(imported: Import) -> bool:
    return imported.status == Import.Status.READY


def _start(request: AccountRequest, imported: Import, form: SettingsForm) -> None:
    """Settle and confirm the import as it was shown. Raise OperationError."""
    given = _given(request)
    if request.POST.get("seen") != imported.settings_digest:
        raise import_moves.changed(imported)
    imports.settle(request.account, imported=imported, **form.settings(), **given)
    imports.confirm(request.account, imported=imported, seen=imported.settings_digest, **given)


def _not_ready(request: AccountRequest, imported: Import, step: int) -> HttpResponse:
    """Show how far an import is that is at work; one that has ended has its report."""
    if imported.status not in Import.IN_PROGRESS or request.method == "POST":
        return redirect("contacts:import_show", imported.pk)
    context = {"import": imported, "progress": reports.progress(imported), "step": step}
    return render(request, "contacts/import_working.html", context)


def _shown(request: AccountRequest, imported: Import, *, chosen: dict[int, str]) -> MapForms:
    known, may = attribute_queries.of(request.account), request.membership
    forms = MapForms.of(imported, known, chosen=chosen, may_create=may.can_edit)
    return forms if may.can_import else forms.locked()


def _sent(request: AccountRequest, imported: Import) -> MapForms:
    known = attribute_queries.of(request.account)
    return MapForms.of(imported, known, request.POST, may_create=request.membership.can_edit)


def _mapping_page(
    request: AccountRequest,
    imported: Import,
    forms: MapForms,
    *,
    since: Since | None = None,
    new: AttributeForm | None = None,
    new_column: int | None = None,
    status: int = 0,
) -> HttpResponse:
    form = forms.mapping
    context = import_pages.mapping_page(request.account, imported, forms, since)
    if new_column is None and form.is_bound and form.new_columns():
        new_column = form.new_columns()[0]
    asked = next((column for column in context["columns"] if column["index"] == new_column), None)
    if new is None:
        initial = {"name": asked["name"][:60], "type": asked["type"]} if asked else {}
        new = AttributeForm(prefix=NEW_ATTRIBUTE, initial=initial)
    context |= {"new": new, "asked": asked}
    is_wrong = bool(form.is_bound and (form.errors or forms.correction.errors or new.errors))
    return render(request, "directory/import_map.html", context, status=status or (422 if is_wrong else 200))


def _settings_page(request: AccountRequest, imported: Import, form: SettingsForm, status: int = 0) -> HttpResponse:
    if not request.membership.can_import:
        for field in form.fields.values():
            field.disabled = True
    known = attribute_queries.by_key(request.account)
    context = {"import": imported, "form": form, **import_pages.settings_page(imported, known)}
    is_wrong = 422 if form.errors else 200
    return render(request, "directory/import_settings.html", context, status=status or is_wrong)


def _get(request: AccountRequest, import_id: int) -> Import:
    rows = Import.objects.filter(account=request.account, into_directory=True)
    return get_object_or_404(rows.select_related("account", "author", "contact_list"), pk=import_id)


def _given(request: AccountRequest) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}
