"""The words and figures of the pages of exports and actions on lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from contacts.export_forms import EXPORT
from contacts.models import Export, ListBatch
from contacts.models.jobs import Job, JobStatus
from contacts.operations.lists import BIN_DAYS
from contacts.queries.batches import Chosen
from smsplatform.ui.templatetags.ui import number

FIRST_POLL, NEXT_POLLS = "300ms", "1s"
NAMES_SHOWN = 10
TONES = {JobStatus.DONE: "success", JobStatus.FAILED: "danger", JobStatus.RUNNING: "primary"}

EXPORT_FAILURES: Mapping[str, Promise] = {
    "NO_SPACE": gettext_lazy(
        "There is no room left on the server for the file. Tell the platform’s administrator, and export again once there is."
    ),
    "QUOTA_REACHED": gettext_lazy(
        "The files of this account take all the room it may use. Files go by themselves after 7 to 30 days; the platform’s"
        " administrator can allow more."
    ),
    "LIST_DELETED": gettext_lazy("A list was deleted before its file was made. Restore it, or export the others."),
    "RULE_REFUSED": gettext_lazy("The search names an attribute that was deleted meanwhile. Search and export again."),
    "CRASHED": gettext_lazy("The work was interrupted several times. Export again later."),
    "UNEXPECTED": gettext_lazy("An error on our side stopped the export. Export again later."),
}
BATCH_FAILURE = gettext_lazy(
    "The work was interrupted. The lists below are done; the others are as they were: choose them again."
)

_QUESTIONS: Mapping[str, Any] = {
    ListBatch.Action.DISABLE: ngettext_lazy("Deactivate %(n)s list?", "Deactivate %(n)s lists?", "n"),
    ListBatch.Action.ENABLE: ngettext_lazy("Reactivate %(n)s list?", "Reactivate %(n)s lists?", "n"),
    ListBatch.Action.DELETE: ngettext_lazy("Delete %(n)s list?", "Delete %(n)s lists?", "n"),
    ListBatch.Action.RESTORE: ngettext_lazy("Restore %(n)s list?", "Restore %(n)s lists?", "n"),
    ListBatch.Action.DUPLICATE: ngettext_lazy("Duplicate %(n)s list?", "Duplicate %(n)s lists?", "n"),
    EXPORT: ngettext_lazy("Export %(n)s list?", "Export %(n)s lists?", "n"),
}
_CONSEQUENCES: Mapping[str, Promise] = {
    ListBatch.Action.DISABLE: gettext_lazy("A deactivated list is kept, but cannot be targeted."),
    ListBatch.Action.ENABLE: gettext_lazy("The lists can be targeted again."),
    ListBatch.Action.DELETE: gettext_lazy(
        "They go to the bin, where they can be restored for %(days)d days. The exclusion list does not change."
    ),
    ListBatch.Action.RESTORE: gettext_lazy("The lists leave the bin with their contacts."),
    ListBatch.Action.DUPLICATE: gettext_lazy("Each copy is a new list with the same columns and contacts."),
    EXPORT: gettext_lazy("One file for each list, together in a ZIP archive."),
}


@dataclass(frozen=True)
class Question:
    """What is asked before many lists are acted on."""

    title: str
    consequence: str
    names: list[str]
    more: int
    contact_count: int


def question(action: str, chosen: Chosen) -> Question:
    count = len(chosen.lists)
    consequence = str(_CONSEQUENCES[action]) % {"days": BIN_DAYS}
    if action == EXPORT and count == 1:
        consequence = ""
    names = [str(one) for one in chosen.lists[:NAMES_SHOWN]]
    title = str(_QUESTIONS[action] % {"n": count})
    return Question(title, consequence, names, max(0, count - NAMES_SHOWN), chosen.contact_count)


def bar(job: Job, label: str, *, has_steps: bool = True) -> dict[str, Any]:
    """Return what the bar of a job shows. `has_steps`: whether it tells on its way how much is done."""
    is_waiting = job.status == JobStatus.QUEUED
    has_steps = has_steps and not is_waiting
    label = _("Waiting for its turn…") if is_waiting else label
    percent = min(100, 100 * job.done // job.total) if job.total else 0
    return {
        "label": label,
        "value": min(job.done, job.total),
        "total": job.total if has_steps else None,
        "announcement": f"{percent // 10 * 10} %" if has_steps else label,  # heard every tenth, not every second
        "delay": NEXT_POLLS if job.done or (job.attempts and not has_steps) else FIRST_POLL,
    }


def export_progress(export: Export) -> dict[str, Any]:
    label = ngettext("%(n)s contact written", "%(n)s contacts written", export.done) % {"n": number(export.done)}
    return bar(export, label)


def batch_progress(batch: ListBatch) -> dict[str, Any]:
    """A single list says nothing of how far it is."""
    label = ngettext("%(n)s list done", "%(n)s lists done", batch.done) % {"n": batch.done}
    return bar(batch, label, has_steps=batch.total > 1)


def export_failure(export: Export) -> str:
    return str(EXPORT_FAILURES[export.error]) if export.error else ""


def export_row(export: Export, now: datetime) -> dict[str, Any]:
    """Return an export with what the table shows of its state."""
    has_expired = export.status == JobStatus.DONE and not export.has_file(now)
    return {
        "export": export,
        "has_file": export.has_file(now),
        "label": _("File expired") if has_expired else export.get_status_display(),
        "tone": "neutral" if has_expired else TONES.get(JobStatus(export.status), "neutral"),
        "failure": export_failure(export),
    }


def batch_summary(batch: ListBatch) -> str:
    """Return one sentence about what was done."""
    done = sum(bool(line["ok"]) for line in batch.results)
    left = len(batch.results) - done
    text = ngettext("%(n)s list done", "%(n)s lists done", done) % {"n": done}
    if left:
        text += ", " + ngettext("%(n)s left as it was", "%(n)s left as they were", left) % {"n": left}
    return text + "."
