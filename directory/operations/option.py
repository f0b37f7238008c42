"""The directory option of an account: tried, switched on, switched off.

Switching on makes diffusion lists of the independent ones, all at once or not at all: nothing of them is lost, their
entries keep the values they had. Switching off hides the directory, and makes independent lists of those again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import ContactList
from contacts.operations import entry_keys, imports, jobs
from directory.models import Directory, ModeSwitch
from directory.operations import conversion, conversion_plan, directories, keys, living, locks
from directory.queries import option as queries
from smsplatform.accounts import audit, tenancy
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

AT_ONCE_ENTRIES = 20_000  # as many are brought together while the person waits
SWITCHES = jobs.Kind(ModeSwitch, task="directory.tasks.run_mode_switch")

Direction, Status = ModeSwitch.Direction, ModeSwitch.Status
Saw = Callable[[int], None]


class AccountBusy(OperationError):
    """Something is being written that the switch would change under its feet."""

    code = "ACCOUNT_BUSY"


class TrialOutdated(OperationError):
    """The lists are no longer what the trial looked at."""

    code = "TRIAL_OUTDATED"


class NothingToSwitch(OperationError):
    """The option is already as it should be."""

    code = "NOTHING_TO_SWITCH"


@transaction.atomic
def try_out(
    account: Account, *, choices: Mapping[str, str], lists_win: bool = False, by: User, now: datetime
) -> ModeSwitch:
    """Find out what switching on would do, and change nothing. A small account's trial is over when this returns.

    `choices`: where columns go, by their folded names (`ModeSwitch`). `lists_win`: over values that the directory has.
    """
    return _start(account, choices=choices, lists_win=lists_win, is_dry_run=True, by=by, now=now)


@transaction.atomic
def switch_on(
    account: Account, *, choices: Mapping[str, str], lists_win: bool = False, seen: str, by: User, now: datetime
) -> ModeSwitch:
    """Switch the option on as a trial showed it; where it is on, bring in the lists that are independent still.

    `choices` and `seen`: the "choices" and "digest" of the trial's result. Raise NothingToSwitch, AccountBusy, TrialOutdated.
    """
    if account.mode == Account.Mode.DIRECTORY and not queries.to_convert(account).exists():
        raise NothingToSwitch(_("The directory is already on."))
    _refuse_busy(account)
    if seen != queries.digest(account, choices=choices, lists_win=lists_win):
        raise TrialOutdated(
            _("The lists have changed since this trial. Try again, then switch on: nothing was changed.")
        )
    return _start(account, choices=choices, lists_win=lists_win, is_dry_run=False, by=by, now=now)


@transaction.atomic
def switch_off(account: Account, *, by: User, now: datetime) -> ModeSwitch:
    """Hide the directory; the lists it was made of are independent again. Nothing is deleted.

    Raise NothingToSwitch, AccountBusy.
    """
    if account.mode != Account.Mode.DIRECTORY:
        raise NothingToSwitch(_("The directory is already off."))
    _refuse_busy(account)
    locks.add(account.pk)
    mine = queries.of_the_directory(account)
    back = mine.filter(was_independent=True).update(kind=ContactList.Kind.INDEPENDENT)
    kept = mine.filter(was_independent=False, deleted_at=None).count()
    cancelled = _cancel_imports(account, into_directory=True, by=by, now=now)
    _set_mode(account, Account.Mode.LISTS)
    audit.record(account, "DIRECTORY_OFF", account.name, by=by, now=now, counts={"lists": back})
    return ModeSwitch.objects.create(
        account=account,
        author=by,
        direction=Direction.OFF,
        is_dry_run=False,
        status=Status.DONE,
        result={"lists": back, "kept": kept, "cancelled": cancelled},
        created_at=now,
        heartbeat_at=now,
        finished_at=now,
    )


def run(account: Account, *, switch_id: int, now: datetime) -> None:
    """Do a trial or a switch that waits, as `jobs.Kind.run`."""
    SWITCHES.run(account, switch_id, lambda switch, progress: _do(account, switch, now, saw=progress.saw))


def _start(
    account: Account, *, choices: Mapping[str, str], lists_win: bool, is_dry_run: bool, by: User, now: datetime
) -> ModeSwitch:
    total = sum(queries.to_convert(account).values_list("contact_count", flat=True))
    switch = ModeSwitch(
        account=account,
        author=by,
        direction=Direction.ON,
        is_dry_run=is_dry_run,
        choices={"columns": dict(choices), "lists_win": lists_win},
        total=total,
        created_at=now,
    )
    SWITCHES.begin(switch, is_small=total <= AT_ONCE_ENTRIES, do=lambda switch: _do(account, switch, now))
    account.refresh_from_db(fields=["mode"])
    return switch


def _do(account: Account, switch: ModeSwitch, now: datetime, saw: Saw = lambda done: None) -> None:
    """Try or switch, and write the result: one transaction."""
    with tenancy.account_context(account):
        if switch.is_dry_run:
            result = conversion_plan.gathered(account, switch, list(queries.to_convert(account)), now, saw)
        else:
            result = _convert(account, switch, now, saw)
        result["digest"] = queries.digest(
            account, choices=result["choices"], lists_win=bool(switch.choices.get("lists_win"))
        )
        ended = {"status": Status.DONE, "claim": None, "finished_at": timezone.now()}
        SWITCHES.write_if_mine(switch, result=result, done=switch.total, **ended)


def _convert(account: Account, switch: ModeSwitch, now: datetime, saw: Saw) -> dict[str, Any]:
    """Bring the lists into the directory.

    People work on while contacts are brought together: the lists are only held at the end. When one of them has changed
    meanwhile, what was done is taken back and done again with the lists held.
    """
    _refuse_busy(account, but=switch)
    locks.add(account.pk)
    directories.ensure(account, now=now)
    Directory.objects.select_for_update().get(account=account)  # the attributes stay as they are until the end
    try:
        with transaction.atomic():
            before = list(queries.to_convert(account))
            result = _brought_in(account, switch, before, now, saw)
            lists = _held(account, switch)
            if queries.versions(lists) != queries.versions(before):
                raise _ListsChanged
    except _ListsChanged:
        lists = _held(account, switch)
        result = _brought_in(account, switch, lists, now, saw)
    _become_diffusion_lists(account, lists)
    result["cancelled"] = _cancel_imports(account, into_directory=False, by=switch.author, now=now)
    if account.mode != Account.Mode.DIRECTORY:
        _restart_clocks(account, now)
    _set_mode(account, Account.Mode.DIRECTORY)
    counts = {"lists": len(lists), "contacts": result["contacts"], "merged": result["merged"]}
    audit.record(account, "DIRECTORY_ON", account.name, by=switch.author, now=now, counts=counts)
    return result


def _restart_clocks(account: Account, now: datetime) -> None:
    """Lists that were hidden could not be used, and do not expire for that."""
    queries.of_the_directory(account).filter(expires_after_months__isnull=False).update(last_used_at=now)


class _ListsChanged(Exception):
    """Somebody has worked on a list while its contacts were brought in."""


def _held(account: Account, switch: ModeSwitch) -> list[ContactList]:
    """Return the lists as they are now, to oneself until the transaction ends."""
    lists = list(queries.to_convert(account).select_for_update(no_key=True))
    _refuse_busy(account, but=switch)
    return lists


def _brought_in(
    account: Account, switch: ModeSwitch, lists: list[ContactList], now: datetime, saw: Saw
) -> dict[str, Any]:
    result = conversion_plan.gathered(account, switch, lists, now, saw)
    lists_win = bool(switch.choices.get("lists_win"))
    added, changed = conversion.settle(account, lists_win=lists_win, actor=switch.author, now=now)
    if added or changed:
        keys.forget(account)  # made again when somebody searches: most contacts are new
        living.ask(account)
    return result | {"new": added, "changed": changed}


def _become_diffusion_lists(account: Account, lists: list[ContactList]) -> None:
    for contact_list in lists:
        if contact_list.key_facets:
            entry_keys.forget(account, contact_list)  # members that come later have none
    rows = ContactList.objects.filter(account=account, pk__in=[one.pk for one in lists])
    rows.filter(was_independent=False).update(expires_after_months=None)  # permanent, until somebody says otherwise
    rows.update(kind=ContactList.Kind.DIRECTORY, was_independent=True)


def _refuse_busy(account: Account, but: ModeSwitch | None = None) -> None:
    if queries.is_busy(account, but=but):
        raise AccountBusy(
            _("Imports or other work on lists are in progress. Wait until they have ended: nothing was changed.")
        )


def _cancel_imports(account: Account, *, into_directory: bool, by: Any, now: datetime) -> int:
    """End the imports that wait for a yes and would write into the other mode's lists: their files are sent again."""
    waiting = list(queries.unconfirmed_imports(account, into_directory=into_directory).select_for_update())
    for imported in waiting:
        imports.cancel(account, imported=imported, by=by, now=now)
    return len(waiting)


def _set_mode(account: Account, mode: Account.Mode) -> None:
    Account.objects.filter(pk=account.pk).update(mode=mode)
    account.mode = mode
