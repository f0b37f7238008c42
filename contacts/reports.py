"""An import as its pages tell it: how far it is, what was understood, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts import import_words, messages, source_words
from contacts.models import Import
from smsplatform.accounts.models import Membership

SAMPLES_SHOWN = 10
FIRST_POLL, NEXT_POLLS = "250ms", "1s"  # a small file is analysed before the first poll


@dataclass(frozen=True)
class Progress:
    """What the progress card shows; without a total the bar has no length."""

    title: str
    label: str
    percent: int
    total: int | None
    hint: str
    announcement: str
    delay: str


def progress(imported: Import) -> Progress:
    waiting = imported.status in (Import.Status.UPLOADED, Import.Status.QUEUED)
    importing = imported.status in (Import.Status.QUEUED, Import.Status.RUNNING)
    size = source_words.source_of(imported).get("bytes") or imported.size_bytes
    percent = min(100, 100 * imported.bytes_done // max(1, size))
    lines = ngettext("%(shown)s line", "%(shown)s lines", imported.rows_done) % {"shown": _number(imported.rows_done)}
    return Progress(
        title=_("Importing the contacts") if importing else _("Reading the file"),
        label=_("Waiting for its turn…") if waiting else lines,
        percent=percent,
        total=None if waiting or not imported.bytes_done else 100,
        hint=_remaining(imported, percent),
        # Heard every tenth, not every second.
        announcement=f"{percent // 10 * 10} %",
        delay=NEXT_POLLS if imported.rows_done else FIRST_POLL,
    )


def _remaining(imported: Import, percent: int) -> str:
    if not (imported.started_at and imported.heartbeat_at and percent >= 5):
        return ""
    seconds = (imported.heartbeat_at - imported.started_at).total_seconds() * (100 - percent) / percent
    if seconds >= 90:
        return _("About %(minutes)d minutes left") % {"minutes": round(seconds / 60)}
    return _("About %(seconds)d seconds left") % {"seconds": max(1, round(seconds))}


def counts(imported: Import) -> dict[str, Any]:
    """Return the counts of the result, or else of the preview, with what the tiles show: `final`, `rejected_total`
    and the tones. Everything is None where neither is known."""
    stored: Mapping[str, Any] = imported.result or imported.preview
    if not stored:
        return {"read": None, "final": None, "imported": None, "rejected_total": None}
    found = counted(imported, stored)
    return {
        **found,
        "imported": found["final"] if imported.status == Import.Status.DONE else None,
        "rejected_tone": "danger" if found["rejected_total"] else "",
        "excluded_tone": "warning" if stored["excluded"] else "",
    }


def counted(imported: Import, stored: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers of the tiles for the counts of a preview or result."""
    return {
        **{name: stored[name] for name in ("read", "blank", "duplicate", "excluded", "unchanged")},
        "final": _final(imported, stored),
        "rejected_total": sum(stored["rejected"].values()),
    }


def _final(imported: Import, stored: Mapping[str, Any]) -> int:
    """Return how many numbers the import is about: of exclusions, those that were not excluded before."""
    is_exclusions = imported.target == Import.Target.EXCLUDE
    return int(stored["new"] if is_exclusions else stored["new"] + stored["updated"] + stored["unchanged"])


def rejects(imported: Import) -> dict[str, Any]:
    """Return the reasons with their counts, most frequent first, and some lines of each import as examples."""
    stored = imported.result or imported.preview
    groups = sorted(stored.get("rejected", {}).items(), key=lambda item: (-item[1], item[0]))
    samples = (imported.preview.get("samples") or [])[:SAMPLES_SHOWN]
    return {
        "rejects": [{"count": count, "reason": messages.reason_label(code)} for code, count in groups],
        "samples": [
            {**sample, "reason": messages.reason_text(sample["reason"], sample["value"])} for sample in samples
        ],
    }


def report(imported: Import, membership: Membership) -> dict[str, Any]:
    """Return what the permanent page of an ended import shows."""
    tone, symbol, sentence = _outcome(imported)
    contact_list = imported.contact_list
    return {
        "tone": tone,
        "symbol": symbol,
        "sentence": sentence,
        "counts": counts(imported),
        "final_label": _final_label(imported),
        "list_is_there": contact_list is not None and contact_list.deleted_at is None,
        "facts": _facts(imported),
        "skipped": import_words.skipped(imported),
        "fingerprint": imported.sha256,
        "may_have_rejects": membership.can_import or membership.can_export,
        **rejects(imported),
    }


def outcome(imported: Import) -> dict[str, str]:
    """Return in a sentence what came of an ended import, with its tone and symbol."""
    return dict(zip(("tone", "symbol", "sentence"), _outcome(imported), strict=True))


def _final_label(imported: Import) -> str:
    if imported.status != Import.Status.DONE:
        return _("Not imported")
    return _("Excluded numbers") if imported.target == Import.Target.EXCLUDE else _("Imported contacts")


def _outcome(imported: Import) -> tuple[str, str, str]:
    if imported.status == Import.Status.FAILED:
        return "danger", "alert-circle", messages.failure_text(imported.error)
    if imported.status == Import.Status.CANCELLED:
        cancelled = messages.failure_text(imported.error) or _("The import was cancelled: nothing was written.")
        return "info", "info-circle", cancelled
    if imported.undone_at:
        return "info", "arrow-back-up", _undone(imported)
    if imported.target == Import.Target.EXCLUDE:
        return "success", "circle-check", ", ".join(import_words.changes(imported, imported.result)) + "."
    is_gone = imported.contact_list is None or imported.contact_list.deleted_at
    if is_gone and imported.target != Import.Target.BASE:
        return (
            "info",
            "info-circle",
            _("The import was done; its list “%(name)s” has been deleted since.") % {"name": imported.list_name},
        )
    if imported.target != Import.Target.NEW or imported.into_directory:
        changes = ", ".join(import_words.changes(imported, imported.result))
        return (
            "success",
            "circle-check",
            _("“%(name)s”: %(changes)s.") % {"name": imported.list_name, "changes": changes},
        )
    final = counts(imported)["final"]
    done = ngettext(
        "%(shown)s contact was imported into “%(name)s”.", "%(shown)s contacts were imported into “%(name)s”.", final
    )
    return "success", "circle-check", done % {"shown": _number(final), "name": imported.list_name}


def _undone(imported: Import) -> str:
    assert imported.undone_at is not None
    day = formats.date_format(timezone.localtime(imported.undone_at), "SHORT_DATETIME_FORMAT")
    undone = _("This import was undone on %(day)s.") % {"day": day}
    if kept := imported.undo_result.get("kept"):
        undone += " " + ngettext(
            "%(n)s contact stays as it is: it was changed since.",
            "%(n)s contacts stay as they are: they were changed since.",
            kept,
        ) % {"n": _number(kept)}
    return undone


def _facts(imported: Import) -> list[tuple[str, str]]:
    when = formats.date_format(timezone.localtime(imported.created_at), "SHORT_DATETIME_FORMAT")
    facts = [
        (_("Destination"), imported.get_target_display()),
        (_("File"), imported.file_name or _("Pasted values")),
        (_("Author"), str(imported.author or "–")),
        (_("Received"), when),
    ]
    if source := source_words.described(imported):
        facts.append((_("Kind of file"), source))
    if imported.details_gone_at:
        day = formats.date_format(timezone.localtime(imported.details_gone_at), "SHORT_DATE_FORMAT")
        facts.append((_("File and examples"), _("deleted on %(day)s, to keep nobody’s data") % {"day": day}))
    facts += [(_("To know"), note) for note in source_words.notes(imported.result)]
    if imported.started_at and imported.finished_at:
        seconds = round((imported.finished_at - imported.started_at).total_seconds())
        duration = ngettext("%(seconds)d second", "%(seconds)d seconds", seconds) % {"seconds": seconds}
        facts.append((_("Duration"), duration if seconds else _("Less than a second")))
    return facts


def _number(value: int) -> str:
    return formats.number_format(value, force_grouping=True)
