"""What people type about lists: validation only, nothing is saved here."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contacts import source_words
from contacts.importer.detect import extras
from contacts.importer.plan import ENCODINGS
from contacts.models import ContactList, Import
from contacts.queries import lists
from smsplatform.lib import regions
from smsplatform.lib.text import validate_one_line

REPAIRS = ("fixes", "edits")  # of an import's overrides
# What the browser's dialogue proposes first; the content of a file decides what it is.
FILE_NAMES = ".csv,.txt,.tsv,.xlsx,.xlsm,.xlsb,.xls,.ods,.zip,.gz,.htm,.html,.xml,text/*"
PASTE_CHARACTERS = 1_000_000  # some 80,000 numbers; they are told apart while the person waits


class ListFilterForm(forms.Form):
    """The table's address parameters; a wrong one counts as absent."""

    search = forms.CharField(required=False, max_length=120)
    status = forms.ChoiceField(
        required=False, choices=[("", _("All")), *ContactList.Status.choices, ("BIN", _("In the bin"))]
    )
    sort = forms.ChoiceField(
        required=False, choices=[(f"{sign}{key}", key) for key in lists.SORTS for sign in ("", "-")]
    )

    def values(self) -> dict[str, Any]:
        """Return search, status, sort and in_bin as `lists.list_rows` takes them."""
        self.is_valid()
        cleaned = {name: self.cleaned_data.get(name, "") for name in self.fields}
        in_bin = cleaned["status"] == "BIN"
        return {
            "search": cleaned["search"].strip(),
            "status": "" if in_bin else cleaned["status"],
            "sort": cleaned["sort"] or "-created",
            "in_bin": in_bin,
        }


class RenameForm(forms.Form):
    """How a list is called and described."""

    name = forms.CharField(label=_("List name"), max_length=120, validators=[validate_one_line])
    description = forms.CharField(
        label=_("Description"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class NewListForm(RenameForm):
    """Step 1: a name, and a file, pasted values or nothing yet."""

    SOURCES = [("FILE", _("A file")), ("PASTE", _("A list of values")), ("EMPTY", _("Empty list"))]

    source = forms.ChoiceField(label=_("Contacts"), choices=SOURCES, initial="FILE", widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": FILE_NAMES}),
    )
    pasted = forms.CharField(
        label=_("Values"),
        required=False,
        strip=False,
        max_length=PASTE_CHARACTERS,
        error_messages={"max_length": _("Paste at most %(limit_value)s characters; send a file for more.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        source = cleaned.get("source")
        if source == "FILE" and not cleaned.get("file"):
            self.add_error("file", _("Choose a file, or paste values instead."))
        if source == "PASTE" and not cleaned.get("pasted", "").strip():
            self.add_error("pasted", _("Paste at least one number."))
        return cleaned

    def content(self) -> dict[str, Any]:
        """Return what was sent, as `imports.upload` takes it. Needs a valid form whose source is not EMPTY."""
        field = self._source_field()
        return {field: self.cleaned_data[field]}

    def refuse_content(self, message: str) -> None:
        """Say beside what was sent why it cannot be taken."""
        self.add_error(self._source_field(), message)

    def _source_field(self) -> str:
        return "pasted" if self.cleaned_data["source"] == "PASTE" else "file"


def column_name(column: Mapping[str, Any]) -> str:
    """Return how people call a column of a stored detection."""
    return str(column["name"] or _("Column %(number)d") % {"number": column["index"] + 1})


def complete(form: forms.Form) -> None:
    """Take fields that were not sent as they are shown: nothing was said of them."""
    if form.is_bound:
        shown = {
            name: "" if (value := form.get_initial_for_field(field, name)) is None else str(value)
            for name, field in form.fields.items()
        }
        form.data = shown | {name: form.data[name] for name in form.data}


class CorrectionForm(forms.Form):
    """Step 2: every answer of the detection, correctable. An answer left as it is stays the detection's."""

    ORDER = (
        "sheet",
        "phone_column",
        "second_phone",
        "region",
        "country_column",
        "delimiter",
        "has_header",
        "encoding",
    )
    COLUMNS = ("phone_column", "second_phone", "country_column")
    # What was said of a table's columns and lines, and means nothing for another table.
    OF_COLUMNS = (*COLUMNS, "columns", "attributes", "fixes", "edits")
    DELIMITERS = [
        (";", _("Semicolon ;")),
        (",", _("Comma ,")),
        ("TAB", _("Tab")),
        ("|", _("Vertical bar |")),
        ("NONE", _("None: a single column")),
    ]
    ENCODING_NAMES = {
        "utf-8": "UTF-8",
        "utf-8-sig": "UTF-8 (BOM)",
        "utf-16": "UTF-16",
        "utf-16-le": "UTF-16 LE",
        "utf-16-be": "UTF-16 BE",
        "cp1252": "Windows (cp1252)",
        "iso8859-15": "ISO 8859-15",
        "mac_roman": "Macintosh",
        "cp850": "MS-DOS (cp850)",
    }

    phone_column = forms.TypedChoiceField(label=_("Mobile phone column"), coerce=int, empty_value=None, required=False)
    sheet = forms.ChoiceField(label=_("Sheet"), help_text=_("Only one sheet is imported at a time."), required=False)
    second_phone = forms.TypedChoiceField(
        label=_("Second phone column"),
        coerce=int,
        empty_value=None,
        help_text=_("Read where the first column has no valid mobile number."),
        required=False,
    )
    country_column = forms.TypedChoiceField(
        label=_("Country column"),
        coerce=int,
        empty_value=None,
        help_text=_("Each number is read as a number of the country on its line."),
        required=False,
    )
    region = forms.ChoiceField(
        label=_("Default country"),
        help_text=_("Numbers without an international prefix are read as numbers of this country."),
    )
    delimiter = forms.ChoiceField(label=_("Separator"))
    has_header = forms.TypedChoiceField(
        label=_("First line"),
        coerce=lambda value: value == "1",
        choices=[("1", _("Names of the columns")), ("0", _("Data"))],
    )
    encoding = forms.ChoiceField(label=_("Encoding (accents)"), choices=[(code, code) for code in ENCODINGS])

    @classmethod
    def of(
        cls, imported: Import, data: Mapping[str, Any] | None = None, *, is_locked: bool = False
    ) -> "CorrectionForm":
        """Return the form showing an import's present answers; locked, it only shows them."""
        detection = imported.detection
        form = cls(data, initial={**_shown(detection), "region": imported.region})
        form.imported = imported
        columns = [(column["index"], column_name(column)) for column in detection["columns"]]
        none = [] if detection["phone_column"] is not None else [("", _("To be chosen"))]
        form.fields["phone_column"].choices = none + columns
        form.fields["region"].choices = regions.choices(get_language() or "fr")
        form.fields["encoding"].choices = [(code, cls.ENCODING_NAMES.get(code, code)) for code in ENCODINGS]
        shown = form.initial["delimiter"]
        other = [] if shown in dict(cls.DELIMITERS) else [(shown, shown)]
        form.fields["delimiter"].choices = cls.DELIMITERS + other
        for name, label in (("second_phone", _("None")), ("country_column", _("None"))):
            form.fields[name].choices = [(extras.NONE, label), *columns]
        form.fields["sheet"].choices = [(name, name) for name in source_words.source_of(imported).get("sheets", ())]
        for name in _pointless(imported):
            del form.fields[name]
        for name, field in form.fields.items():
            field.disabled = is_locked
            field.widget.attrs |= {"class": "form-select", "aria-describedby": f"id_{name}_why"}
        complete(form)
        return form

    def clean(self) -> dict[str, Any]:
        """Refuse a column that is to be two things: one of them would not be done."""
        cleaned = super().clean() or {}
        taken: dict[int, Any] = {}
        for name in self.COLUMNS if self.has_changed() else ():
            column = cleaned.get(name)
            if column is None or column == extras.NONE:
                continue
            if column in taken:
                message = _("This column is already chosen as “%(name)s”: choose another, or none.")
                self.add_error(name, message % {"name": taken[column]})
            taken.setdefault(column, self.fields[name].label)
        return cleaned

    @property
    def moves_columns(self) -> bool:
        """Whether the file will have other columns, so that choices for these mean nothing. Needs a valid form."""
        return "reset" in self.data or bool({"delimiter", "sheet"} & set(self.changed_data))

    def overrides(self) -> dict[str, Any]:
        """Return all corrections in force: earlier ones and the answers changed now. After "reset" there are none, nor are
        the settings of the last such file proposed again.

        Another separator or sheet makes other columns, so what was said of the old columns no longer counts.
        """
        if "reset" in self.data:
            # Repairs are a person's work on the lines, no answer of the detection.
            repairs = {name: self.imported.overrides[name] for name in REPAIRS if name in self.imported.overrides}
            return {"recipe": "OFF", **repairs}
        kept = dict(self.imported.overrides)
        changed = set(self.changed_data) - {"region"}
        if changed & {"delimiter", "sheet"}:
            for name in self.OF_COLUMNS:
                kept.pop(name, None)
            changed -= set(self.OF_COLUMNS)
        for name in changed:
            kept[name] = self.cleaned_data[name]
        if "phone_column" in changed and "second_phone" in self.fields:
            kept["second_phone"] = self.cleaned_data["second_phone"]  # as it was seen, not as it would be found now
        if "delimiter" in changed:
            kept["delimiter"] = {"TAB": "\t", "NONE": ""}.get(kept["delimiter"], kept["delimiter"])
        return kept


def _shown(detection: Mapping[str, Any]) -> dict[str, Any]:
    """Return a detection's answers as the form writes them."""
    delimiter = {"\t": "TAB", None: "NONE"}.get(detection["delimiter"], detection["delimiter"])
    has_header = "1" if detection["has_header"] else "0"
    extra = {name: detection.get(name) for name in ("second_phone", "country_column")}
    return {name: detection[name] for name in ("encoding", "phone_column")} | {
        "delimiter": delimiter,
        "has_header": has_header,
        "sheet": detection.get("source", {}).get("sheet", ""),
        **{name: extras.NONE if column is None else column for name, column in extra.items()},
    }


def _pointless(imported: Import) -> list[str]:
    """Return the questions that this file does not raise."""
    detection, names = imported.detection, []
    if len(source_words.source_of(imported).get("sheets", ())) < 2:
        names.append("sheet")
    if source_words.is_sheet(imported):
        names += ["delimiter", "encoding"]
    others = [c for c in detection["columns"] if c["index"] != detection["phone_column"]]
    if "second_phone" not in detection["why"] and not any(c["type"] == "PHONE" for c in others):
        names.append("second_phone")
    if not others:
        names.append("country_column")
    return names
