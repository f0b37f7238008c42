"""What the pages about the directory option say."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.job_pages import bar
from directory import values
from directory.models import Attribute, ModeSwitch
from directory.operations.option import AccountBusy, TrialOutdated
from directory.queries import option as queries
from smsplatform.accounts.models import Account

HISTORY_SHOWN = 20

FAILURES: Mapping[str, Promise] = {
    AccountBusy.code: gettext_lazy(
        "An import or other work on lists was in progress. Wait until it has ended, then try again."
    ),
    TrialOutdated.code: gettext_lazy("The lists changed meanwhile. Try again."),
    "CRASHED": gettext_lazy("The work was interrupted several times. Try again later: nothing was changed."),
}
UNEXPECTED = gettext_lazy("An error on our side stopped the work. Try again later: nothing was changed.")


def state(account: Account) -> dict[str, Any]:
    """Return what the option is like for an account now, and who switched it when."""
    mine = queries.of_the_directory(account)
    return {
        "is_on": account.mode == Account.Mode.DIRECTORY,
        "to_convert": queries.to_convert(account).count(),
        "returning": mine.filter(was_independent=True, deleted_at=None).count(),
        "hidden": mine.filter(was_independent=False, deleted_at=None).count(),
        "history": queries.history(account)[:HISTORY_SHOWN],
    }


def progress(switch: ModeSwitch) -> dict[str, Any]:
    return bar(switch, _("Contacts of lists read"))


def failure(switch: ModeSwitch) -> str:
    return str(FAILURES.get(switch.error, UNEXPECTED)) if switch.error else ""


def examples(switch: ModeSwitch) -> list[dict[str, Any]]:
    """Return some of the values that lists disagree about, as people write them."""
    return [
        example | {side: values.shown(Attribute(type=example["type"]), example[side]) for side in ("before", "after")}
        for example in switch.result["examples"]
    ]


def more_lists(switch: ModeSwitch) -> int:
    """Return how many lists are not named."""
    return int(switch.result["lists"]) - len(switch.result["names"])
