"""What a file turned out to be, in words: for step 2 of an import and for its report."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts.importer.sources import kinds
from contacts.models import Import

OTHERS_SHOWN = 5
KINDS: Mapping[str, Promise] = {
    kinds.XLSX: gettext_lazy("Excel workbook"),
    kinds.XLSB: gettext_lazy("Excel workbook"),
    kinds.XLS: gettext_lazy("Excel workbook (.xls)"),
    kinds.ODS: gettext_lazy("OpenDocument workbook"),
    kinds.HTML: gettext_lazy("Table of a web page"),
    kinds.XML: gettext_lazy("Excel workbook (XML)"),
    kinds.TEXT: gettext_lazy("Text file"),
}


def source_of(imported: Import) -> dict[str, Any]:
    """Return what the file is, as stored; a text file for imports that never told."""
    source: dict[str, Any] = imported.detection.get("source") or {"kind": kinds.TEXT}
    return source


def is_sheet(imported: Import) -> bool:
    """Return whether the lines come from a sheet: then there is no separator and no encoding to choose."""
    return source_of(imported)["kind"] != kinds.TEXT


def described(imported: Import) -> str:
    """Return what the file turned out to be; "" for a plain text file, which is what it seems."""
    source = source_of(imported)
    kind, member, sheet = str(KINDS[source["kind"]]), source.get("member"), source.get("sheet")
    if source["kind"] == kinds.TEXT and not source.get("sheets") and "member" not in source:
        return ""
    if sheet and len(source["sheets"]) > 1:
        kind = _("%(kind)s, sheet “%(sheet)s”") % {"kind": kind, "sheet": sheet}
    if member:
        return _("%(kind)s, in the compressed file: %(name)s") % {"kind": kind, "name": member}
    return kind


def notes(counts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what people should know of the lines beside the counts, of a preview or a result."""
    if second := counts.get("second_phone"):
        yield ngettext(
            "%(n)s contact has its number from the second phone column.",
            "%(n)s contacts have their number from the second phone column.",
            second,
        ) % {"n": _number(second)}
    if others := counts.get("second_numbers"):
        sentence = ngettext(
            "%(n)s cell holds a second mobile number, which is not imported: %(examples)s",
            "%(n)s cells hold a second mobile number, which is not imported: %(examples)s",
            others,
        )
        yield sentence % {"n": _number(others), "examples": _examples(counts.get("others", []), others)}
    if totals := counts.get("totals"):
        yield ngettext(
            "%(n)s line at the bottom is a total or a remark, and is left out.",
            "%(n)s lines at the bottom are totals or remarks, and are left out.",
            totals,
        ) % {"n": _number(totals)}


def problems(imported: Import) -> Iterator[str]:
    """Yield what is wrong with the file itself."""
    if empty := source_of(imported).get("empty_formulas"):
        yield ngettext(
            "%(n)s cell holds a formula without its result, and was read as empty: if it matters, open the file in your"
            " spreadsheet program, save it, and send it again.",
            "%(n)s cells hold formulas without their results, and were read as empty: if they matter, open the file in"
            " your spreadsheet program, save it, and send it again.",
            empty,
        ) % {"n": _number(empty)}


def _examples(samples: list[dict[str, Any]], count: int) -> str:
    shown = [_("line %(line)s: %(value)s") % sample for sample in samples[:OTHERS_SHOWN]]
    return " ; ".join(shown) + (" …" if count > len(shown) else "")


def _number(value: int) -> str:
    return formats.number_format(value, force_grouping=True)
