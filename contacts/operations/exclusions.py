"""Writes on the exclusion list: the numbers that an account must not write to."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from contacts.models import Exclusion
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User


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
    wanted = set(phones)
    known = set(Exclusion.objects.filter(account=account, phone__in=wanted).values_list("phone", flat=True))
    Exclusion.objects.bulk_create(
        (
            Exclusion(account=account, phone=phone, source=source, reason=reason, at=now)
            for phone in sorted(wanted - known)
        ),
        ignore_conflicts=True,
    )
    audit.record(account, "EXCLUSIONS_ADDED", "", by=by, now=now, counts={"contacts": len(wanted - known)})
    return len(wanted - known)
