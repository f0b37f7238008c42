"""The words and figures of the pages of actions on chosen contacts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from contacts.job_pages import bar
from contacts.models import ContactList
from contacts.models.jobs import JobStatus
from directory.batch_forms import EXPORT
from directory.models import ContactBatch
from directory.queries import selections
from directory.queries.query import Selection
from smsplatform.accounts.models import Account
from smsplatform.ui.templatetags.ui import number

Action = ContactBatch.Action

_TITLES: Mapping[str, Any] = {
    Action.ADD: ngettext_lazy("Add %(n)s contact to a list", "Add %(n)s contacts to a list", "count"),
    Action.NEW_LIST: ngettext_lazy("New list of %(n)s contact", "New list of %(n)s contacts", "count"),
    Action.REMOVE: ngettext_lazy(
        "Remove %(n)s contact from the list?", "Remove %(n)s contacts from the list?", "count"
    ),
    Action.EXCLUDE: ngettext_lazy(
        "Put %(n)s contact on the exclusion list?", "Put %(n)s contacts on the exclusion list?", "count"
    ),
    Action.DELETE: ngettext_lazy("Delete %(n)s contact for good?", "Delete %(n)s contacts for good?", "count"),
    EXPORT: ngettext_lazy("Export %(n)s contact", "Export %(n)s contacts", "count"),
}
NOTHING_ASKED = gettext_lazy("Choose what to do with the contacts.")
FAILURES: Mapping[str, Promise] = {
    "LIST_KEEPS_ITSELF": gettext_lazy("The list keeps itself up to date now: freeze it first. Nothing was changed."),
    "LIST_NOT_THERE": gettext_lazy("The list was deleted meanwhile. Nothing was changed."),
    "CRASHED": gettext_lazy("The work was interrupted several times. Try again later."),
    "UNEXPECTED": gettext_lazy("An error on our side stopped the work. Try again later."),
}


@dataclass(frozen=True)
class Question:
    """What is asked before something is done with contacts; `effects`: what will happen, in sentences."""

    title: str
    count: int
    effects: list[str]


def question(
    account: Account, action: str, selection: Selection, count: int, contact_list: ContactList | None
) -> Question:
    effects = _EFFECTS[action](account, selection, count, contact_list) if action in _EFFECTS else []
    return Question(_counted(_TITLES[action], count), count, effects)


def _of_add(account: Account, selection: Selection, count: int, contact_list: ContactList | None) -> list[str]:
    if contact_list is None:
        return []
    already = selections.member_count(account, contact_list, selection)
    new = count - already
    joining = ngettext("%(n)s contact joins the list “%(name)s”.", "%(n)s contacts join the list “%(name)s”.", new)
    effects = [joining % {"n": number(new), "name": contact_list.name}]
    if already:
        inside = ngettext("%(n)s is in it already.", "%(n)s are in it already.", already)
        effects.append(inside % {"n": number(already)})
    return effects


def _of_remove(account: Account, selection: Selection, count: int, contact_list: ContactList | None) -> list[str]:
    name = contact_list.name if contact_list else ""
    leaving = ngettext("%(n)s contact leaves the list “%(name)s”.", "%(n)s contacts leave the list “%(name)s”.", count)
    return [
        leaving % {"n": number(count), "name": name},
        _("They stay in the directory and in their other lists."),
    ]


def _of_exclude(account: Account, selection: Selection, count: int, contact_list: ContactList | None) -> list[str]:
    already = selections.excluded_count(account, selection)
    effects = [
        _("No campaign of the account will write to them any more. They stay in the directory and in their lists.")
    ]
    if already:
        inside = ngettext(
            "%(n)s is on the exclusion list already: its date and reason do not change.",
            "%(n)s are on the exclusion list already: their dates and reasons do not change.",
            already,
        )
        effects.append(inside % {"n": number(already)})
    return effects


def _of_delete(account: Account, selection: Selection, count: int, contact_list: ContactList | None) -> list[str]:
    return [
        _("They leave the directory and every list, with what is known of them and their history."),
        _("Those on the exclusion list stay on it: nobody will write to them by mistake."),
    ]


_EFFECTS = {Action.ADD: _of_add, Action.REMOVE: _of_remove, Action.EXCLUDE: _of_exclude, Action.DELETE: _of_delete}

_DONE: Mapping[str, Any] = {
    Action.ADD: ngettext_lazy(
        "%(n)s contact added to the list “%(name)s”", "%(n)s contacts added to the list “%(name)s”", "count"
    ),
    Action.NEW_LIST: ngettext_lazy(
        "The list “%(name)s” was created with %(n)s contact",
        "The list “%(name)s” was created with %(n)s contacts",
        "count",
    ),
    Action.REMOVE: ngettext_lazy(
        "%(n)s contact removed from the list “%(name)s”", "%(n)s contacts removed from the list “%(name)s”", "count"
    ),
    Action.EXCLUDE: ngettext_lazy(
        "%(n)s contact put on the exclusion list", "%(n)s contacts put on the exclusion list", "count"
    ),
    Action.DELETE: ngettext_lazy("%(n)s contact deleted", "%(n)s contacts deleted", "count"),
}
_COUNTED = {Action.REMOVE: "removed", Action.DELETE: "deleted"}  # other actions count what they "added"


def summary(batch: ContactBatch) -> str:
    """Return what was done in one sentence."""
    action = Action(batch.action)
    done = batch.result.get(_COUNTED.get(action, "added"), 0)
    name = batch.contact_list.name if batch.contact_list else batch.options.get("list_name", "")
    text = _counted(_DONE[action], done, name=name)
    if already := batch.result.get("already", 0):
        before = ngettext("%(n)s was there already", "%(n)s were there already", already)
        text += ", " + before % {"n": number(already)}
    return text + "."


def difference(batch: ContactBatch) -> str:
    """Return how the number of contacts differs from the one that was confirmed, "" if it does not."""
    found = batch.result.get("found", batch.total)
    if batch.status != JobStatus.DONE or found == batch.total:
        return ""
    text = _("When you confirmed, %(before)s contacts were found; when it was done, there were %(now)s.")
    return text % {"before": number(batch.total), "now": number(found)}


def failure(batch: ContactBatch) -> str:
    """Return why a batch failed, and what it had done by then."""
    if batch.status != JobStatus.FAILED:
        return ""
    text = str(FAILURES.get(batch.error, FAILURES["UNEXPECTED"]))
    if batch.done:
        done = ngettext("%(n)s contact had been deleted.", "%(n)s contacts had been deleted.", batch.done)
        return f"{text} {done % {'n': number(batch.done)}}"
    return text


def progress(batch: ContactBatch) -> dict[str, Any]:
    """Return what the bar shows. Only deleting goes bit by bit: the rest is one statement, done or not."""
    if batch.action == Action.DELETE:
        return bar(batch, _counted(_DONE[Action.DELETE], batch.done))
    label = ngettext("%(n)s contact being dealt with…", "%(n)s contacts being dealt with…", batch.total)
    return bar(batch, label % {"n": number(batch.total)}, has_steps=False)


def _counted(plural: Any, count: int, **given: str) -> str:
    """Fill in a plural whose form depends on the number, shown with its groups of digits."""
    return str(plural % {"count": count, "n": number(count), **given})
