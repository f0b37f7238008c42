"""Writes on the exclusion list: the numbers that an account must not write to."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Exclusion
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

REASON_CHARACTERS = 200

_ADD = """
insert into contacts_exclusion (account_id, phone, reason, source, at)
select %s, phone, %s, %s, %s from unnest(%s::bigint[]) phone order by phone
on conflict (account_id, phone) do nothing
"""


class ReasonMissing(OperationError):
    """Nobody is taken off the exclusion list without a word why."""

    code = "REASON_MISSING"


class StopNotConfirmed(OperationError):
    """Some of the numbers said STOP themselves: to write to them again needs an explicit yes."""

    code = "STOP_NOT_CONFIRMED"


def wait_for_writers(account_id: int) -> None:
    """Wait until the exclusions being written are committed; later ones wait until the open transaction ends.

    The database's triggers do this for whoever writes entries. An operation that locks or changes a list first must
    call this before: else it would hold the list and wait for the exclusions, whose counting waits for the list.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(hashtextextended('exclusions', %s))", [account_id])


def take_turn(account_id: int) -> None:
    """Wait until no entry or exclusion of the account is being written; have others wait until the open transaction ends.

    The triggers do this too, but only after the rows: two that write the same numbers could then wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('exclusions', %s))", [account_id])


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
    """Exclude numbers (E.164 digits) and return how many were not excluded yet. Those keep their first date and reason."""
    take_turn(account.pk)
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [account.pk, reason[:REASON_CHARACTERS], source, now, sorted(set(phones))])
        added = int(cursor.rowcount)
    if added:
        audit.record(account, "EXCLUSIONS_ADDED", reason, by=by, now=now, counts={"contacts": added})
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

    Raise ReasonMissing, and StopNotConfirmed when one of them said STOP itself unless `including_stop`: nothing is removed then.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(_("Say why: the reason stays in the activity log."))
    take_turn(account.pk)
    rows = Exclusion.objects.filter(account=account, phone__in=set(phones))
    sources = list(rows.values_list("source", flat=True))
    stops = sources.count(Exclusion.Source.STOP)
    if stops and not including_stop:
        raise _stop_not_confirmed(stops)
    if sources:
        rows.delete()
        counts = {"contacts": len(sources)} | ({"stops": stops} if stops else {})
        audit.record(account, "EXCLUSIONS_REMOVED", reason, by=by, now=now, counts=counts)
    return len(sources)


def _stop_not_confirmed(stops: int) -> StopNotConfirmed:
    message = ngettext(
        "%(n)s of these numbers answered STOP: confirm that the person asked to be written to again. Nothing was removed.",
        "%(n)s of these numbers answered STOP: confirm that these people asked to be written to again. Nothing was removed.",
        stops,
    )
    return StopNotConfirmed(message % {"n": stops})
