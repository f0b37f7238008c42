"""Writes on the exclusion list: the numbers that an account must not write to."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.importer.sinks.exclusions import accepted
from contacts.models import Excluded, Exclusion, ExclusionInbox
from contacts.operations import erased_exclusions, exclusion_inbox
from contacts.operations.exclusion_inbox import WAIT_FOR_LISTS
from contacts.queries import erased
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib import waiting
from smsplatform.lib.errors import OperationError

REASON_CHARACTERS = 200
PATIENCE = 1.0  # seconds, of somebody who takes numbers off the list

_ADD = accepted("select unnest(%(phones)s::bigint[]) as phone") + "select count(*) from fresh"


class ReasonMissing(OperationError):
    """Nobody is taken off the exclusion list without a word why."""

    code = "REASON_MISSING"


class StopNotConfirmed(OperationError):
    """Some of the numbers said STOP themselves: to write to them again needs an explicit yes."""

    code = "STOP_NOT_CONFIRMED"


class ExclusionsBusy(OperationError):
    """Entries or exclusions of the account are being written, and would be counted wrongly."""

    code = "EXCLUSIONS_BUSY"


@contextmanager
def alone(account: Account) -> Iterator[None]:
    """Be the only one to write the account's entries and exclusions, but for those that arrive, until the transaction ends.

    Raise ExclusionsBusy, nothing being done, when others are still at it after PATIENCE.
    """
    try:
        with waiting.at_most(WAIT_FOR_LISTS):
            if not waiting.take_alone(exclusion_inbox.LOCK, account.pk, seconds=PATIENCE):
                raise waiting.TooLong
            yield
    except waiting.TooLong:
        message = _("Lists of this account are being written to. Try again in a moment: nothing was changed.")
        raise ExclusionsBusy(message) from None


@transaction.atomic
def add(
    account: Account,
    *,
    phones: Iterable[int],
    source: Exclusion.Source,
    reason: str = "",
    by: User | None,
    now: datetime,
) -> int:
    """Exclude numbers (E.164 digits) and return how many were not excluded yet. The others keep their first date and reason.

    Waits for nobody, whatever is being written: the numbers are in force once this is committed, and the counts of lists
    follow at once or within seconds.
    """
    phones = sorted(set(phones))
    erased_exclusions.revive(account, phones=phones)
    added = accept(account, _ADD, {"phones": phones}, source=source, reason=reason, now=now)
    if added:
        audit.record(account, "EXCLUSIONS_ADDED", reason, by=by, now=now, counts={"contacts": added})
    return added


def accept(
    account: Account, statement: str, given: Mapping[str, Any], *, source: Exclusion.Source, reason: str, now: datetime
) -> int:
    """Exclude by a statement made of `accepted`, and return the number that it selects."""
    row: dict[str, Any] = {
        "account": account.pk,
        "reason": reason[:REASON_CHARACTERS],
        "source": source.value,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, {**given, **row})
        added = int(cursor.fetchone()[0])
    exclusion_inbox.fold_soon(account)
    return added


@transaction.atomic
def remove(
    account: Account,
    *,
    phones: Iterable[int],
    reason: str,
    by: User,
    now: datetime,
    including_stop: bool = False,
) -> int:
    """Take numbers off the exclusion list, saying why, and return how many were on it.

    Raise ReasonMissing, StopNotConfirmed when one of them said STOP itself unless `including_stop`, and ExclusionsBusy: nothing
    is removed then.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(_("Say why: the reason stays in the activity log."))
    phones = set(phones)
    with alone(account):
        rows = Excluded.objects.filter(account=account, phone__in=phones)
        found = list(rows.values_list("pk", "phone", "source"))
        gone = erased.among(account, phones)
        sources = [(phone, source) for _id, phone, source in found] + [
            (phone, row.source) for phone, row in gone.items()
        ]
        stops = len({phone for phone, source in sources if source == Exclusion.Source.STOP})
        if stops and not including_stop:
            raise _stop_not_confirmed(stops)
        # Those that were seen: a STOP that arrives at this moment stays.
        for model in (Exclusion, ExclusionInbox):
            model._default_manager.filter(
                account=account, id__in=[row_id for row_id, _phone, _source in found]
            ).delete()
        erased_exclusions.forget(account, phones=gone)
    removed = {phone for phone, _source in sources}
    if removed:
        counts = {"contacts": len(removed)} | ({"stops": stops} if stops else {})
        audit.record(account, "EXCLUSIONS_REMOVED", reason, by=by, now=now, counts=counts)
    return len(removed)


def _stop_not_confirmed(stops: int) -> StopNotConfirmed:
    message = ngettext(
        "%(n)s of these numbers answered STOP: confirm that the person asked to be written to again. Nothing was removed.",
        "%(n)s of these numbers answered STOP: confirm that these people asked to be written to again. Nothing was removed.",
        stops,
    )
    return StopNotConfirmed(message % {"n": stops})
