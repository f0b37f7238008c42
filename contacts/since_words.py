"""What is no longer as people last saw it in step 2 of an import: said in words, and marked where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from contacts import reports
from contacts.forms import CorrectionForm
from contacts.models import Import


@dataclass(frozen=True)
class Since:
    """`marked`: the names of the fields that are others. `tone` as alerts have it; no `text` where nothing is new."""

    text: str = ""
    details: list[str] = field(default_factory=list)
    marked: frozenset[str] = frozenset()
    tone: str = "info"


def analysis(imported: Import) -> Since:
    """Return what the last analysis found otherwise than the one before."""
    since = imported.preview.get("since") or {}
    if not since:
        return Since()
    answers, columns = since.get("answers", ()), since.get("columns", ())
    ignored = since.get("ignored", ())
    details = [
        *([_("Changed: %(names)s.") % {"names": _labels(answers)}] if answers else ()),
        *(
            [_("The file now has other columns: check where each of them goes.")]
            if "has_other_columns" in since
            else ()
        ),
        *([_("Where the columns go has changed.")] if columns and not answers else ()),
        *([", ".join(_counts(imported, since["counts"])) + "."] if _counts(imported, since.get("counts")) else ()),
        *([_("Cannot be applied to this file: %(names)s.") % {"names": _labels(ignored)}] if ignored else ()),
    ]
    marked = frozenset([*answers, *ignored, *(f"column_{index}" for index in columns)])
    text = _("The file was read again with what was chosen. Check what is marked, then continue.")
    return Since(text, details, marked, "warning" if ignored else "info")


def chosen(fields: Iterable[str]) -> Since:
    """Return what to say of choices that were made on a page that no longer holds: they are there, and not used yet."""
    text = _("Nothing was done yet. What you chose is still selected and marked below: check it, then continue.")
    return Since(text, [], frozenset(fields), "warning")


def _labels(names: Iterable[str]) -> str:
    return ", ".join(str(CorrectionForm.base_fields[name].label) for name in names)


def _counts(imported: Import, before: dict[str, Any] | None) -> list[str]:
    """Return the counts that are others, before and now."""
    if before is None:
        return []
    labels = {
        "read": _("Lines read"),
        "blank": _("Blank"),
        "rejected_total": _("Rejected"),
        "duplicate": _("Duplicates removed"),
        "final": _("Contacts to import"),
        "excluded": _("On the exclusion list"),
    }
    was, now = reports.counted(imported, before), reports.counted(imported, imported.preview)
    return [
        _("%(count)s: %(before)s → %(now)s") % {"count": label, "before": _number(was[name]), "now": _number(now[name])}
        for name, label in labels.items()
        if was[name] != now[name]
    ]


def _number(value: int) -> str:
    return formats.number_format(value, force_grouping=True)
