"""The words and figures of the pages of merges."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts.job_pages import bar
from directory.models import ListMerge
from directory.queries.merges import Undoing, makes_new
from smsplatform.ui.templatetags.ui import number

_FAILURES: Mapping[str, Promise] = {
    "CANNOT_MERGE": gettext_lazy("One of the lists was deleted or changed meanwhile. Nothing was merged."),
    "CRASHED": gettext_lazy("The work was interrupted several times. Nothing was merged: try again later."),
}
_UNEXPECTED = gettext_lazy("An error on our side stopped the merge. Nothing was merged: try again later.")


def done(merge: ListMerge) -> str:
    """Return one sentence about what was merged."""
    final = merge.result["final"]
    text = ngettext(
        "The lists are merged: “%(name)s” has %(shown)s contact.",
        "The lists are merged: “%(name)s” has %(shown)s contacts.",
        final,
    )
    return text % {"name": merge.name, "shown": number(final)}


def failure(merge: ListMerge) -> str:
    if merge.status != ListMerge.Status.FAILED:
        return ""
    return str(_FAILURES.get(merge.error, _UNEXPECTED))


def progress(merge: ListMerge) -> dict[str, Any]:
    read = ngettext("%(shown)s contact merged", "%(shown)s contacts merged", merge.done)
    return bar(merge, read % {"shown": number(merge.done)})


def undoing(what: Undoing, merge: ListMerge) -> list[str]:
    """Return, sentence by sentence, what taking a merge back would do and what it would leave."""
    if what.is_new:
        sentences = [_of_new(what, merge)]
    else:
        leave = ngettext(
            "%(shown)s number that “%(name)s” received leaves it again.",
            "%(shown)s numbers that “%(name)s” received leave it again.",
            what.removed,
        )
        name = merge.target.name if merge.target else merge.name
        sentences = [leave % {"shown": number(what.removed), "name": name}]
        if what.gone:
            gone = ngettext(
                "%(shown)s number has already left it.", "%(shown)s numbers have already left it.", what.gone
            )
            sentences.append(gone % {"shown": number(what.gone)})
        sentences.append(_of_settings(what))
    sentences += [_("“%(name)s” comes back as it was.") % {"name": name} for name in what.back]
    return [sentence for sentence in sentences if sentence]


def _of_new(what: Undoing, merge: ListMerge) -> str:
    if not makes_new(merge) or merge.target is None or merge.target.deleted_at is not None:
        return _("The new list is gone already.")
    text = ngettext(
        "“%(name)s” goes to the bin, with what was added to it since. Its %(shown)s contact stays in the directory.",
        "“%(name)s” goes to the bin, with what was added to it since. Its %(shown)s contacts stay in the directory.",
        what.removed,
    )
    return text % {"name": merge.target.name, "shown": number(what.removed)}


def _of_settings(what: Undoing) -> str:
    if what.keeps_name and what.keeps_expiry:
        return _("Its name and lifetime were changed since: they stay.")
    if what.keeps_name:
        return _("Its name was changed since and stays; its lifetime is again what it was.")
    if what.keeps_expiry:
        return _("Its lifetime was changed since and stays; its name is again what it was.")
    return _("Its name and lifetime are again what they were.")
