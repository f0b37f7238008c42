"""What people send from a list's editor: validation only, nothing is saved here."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import ContactList
from contacts.operations.entry_changes import Cell, Changes, ColumnChange, Exclusion, RowChange, RowResult
from contacts.operations.entry_rows import CELL_CHARACTERS
from contacts.queries.entries import Row
from smsplatform.lib import phones
from smsplatform.lib.errors import OperationError

NUMBER_CHARACTERS = 40  # of one number in whatever notation
MAX_BYTES = 15 * 2**20  # of one save: as many changes and characters as are allowed fit
MAX_PHONE = 10**15


class BadChanges(OperationError):
    """Not what the editor sends."""

    code = "BAD_CHANGES"


def parse(body: bytes) -> Changes:
    """Return the changes that the editor sent as JSON. Raise BadChanges for anything else."""
    try:
        sent = json.loads(body)
        rows = tuple(_row(row) for row in sent["rows"])
        columns = tuple(_column(column) for column in sent["columns"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadChanges(_("These changes cannot be read. Nothing was saved: reload the page and try again.")) from None
    phones_sent = [row.phone for row in rows if row.phone is not None]
    if len({row.ref for row in rows}) < len(rows) or len(set(phones_sent)) < len(phones_sent):
        raise BadChanges(_("The same contact was sent twice. Nothing was saved: reload the page and try again."))
    return Changes(columns, rows)


def _row(sent: dict[str, Any]) -> RowChange:
    wanted = sent.get("exclusion")
    phone = sent.get("phone")
    if phone is not None and not 0 < int(phone) < MAX_PHONE:
        raise ValueError(phone)
    return RowChange(
        ref=_text(sent["ref"]),
        phone=None if phone is None else int(phone),
        number=None if sent.get("number") is None else _text(sent["number"]),
        cells={_text(key): Cell(_text(before), _text(after)) for key, (before, after) in sent["cells"].items()},
        remove=sent.get("remove") is True,
        exclusion=_exclusion(wanted) if wanted else None,
    )


def _exclusion(sent: dict[str, Any]) -> Exclusion:
    return Exclusion(sent["adds"] is True, _text(sent.get("reason", "")), sent.get("including_stop") is True)


def _column(sent: dict[str, Any]) -> ColumnChange:
    names = {name: _text(sent.get(name, "")) for name in ("name", "before")}
    return ColumnChange(ColumnChange.Kind(sent["kind"]), _text(sent["key"]), **names)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # half a surrogate pair cannot be stored
    return value


class EntryForm(forms.Form):
    """One contact, with a field for each column of its list. `seen_…` fields carry the values that the page showed."""

    number = forms.CharField(
        label=gettext_lazy("Mobile phone"),
        max_length=NUMBER_CHARACTERS,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        contact_list: ContactList,
        row: Row | None = None,
        region: str,
    ) -> None:
        super().__init__(data)
        self._row = row
        self._keys = [column["key"] for column in contact_list.columns]
        self._shown = phones.format_phone(row.phone, region) if row else ""
        self.initial["number"] = self._shown
        for column in contact_list.columns:
            key, value = column["key"], row.values.get(column["key"], "") if row else ""
            label = column["name"] or _("Column %(number)d") % {"number": int(key[1:])}
            self.fields[key] = forms.CharField(label=label, required=False, max_length=CELL_CHARACTERS, initial=value)
            self.fields[f"seen_{key}"] = forms.CharField(
                required=False, strip=False, initial=value, widget=forms.HiddenInput
            )

    def change(self, *, remove: bool = False, exclusion: Exclusion | None = None) -> RowChange:
        """Return what the person asks for. When the contact leaves or is excluded, its values stay as they were seen."""
        keeps = remove or exclusion is not None
        data = self.data if keeps else self.cleaned_data
        cells = {}
        for key in self._keys:
            seen = str(data.get(f"seen_{key}", "")).replace("\r\n", "\n")
            after = seen if keeps else self.cleaned_data[key]
            if remove or after != seen or self._row is None:
                cells[key] = Cell(seen if self._row else "", after)
        number = None if keeps or (self._row and data["number"] == self._shown) else data["number"]
        return RowChange("entry", self._row.phone if self._row else None, number, cells, remove, exclusion)

    def add_result(self, result: RowResult) -> None:
        """Show at its field why nothing was saved."""
        field = {"": None, "phone": "number"}.get(result.column, result.column)
        self.add_error(field if field in self.fields or field is None else None, result.message)
        for key, value in result.theirs.items():
            if key in self.fields:
                shown = value or _("(empty)")
                self.add_error(key, _("Stored meanwhile by somebody else: %(value)s") % {"value": shown})


class ReasonForm(forms.Form):
    """Why a contact goes onto the exclusion list or off it."""

    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=200)
    including_stop = forms.BooleanField(
        label=gettext_lazy("This person asked to be written to again, and I keep the proof"), required=False
    )
