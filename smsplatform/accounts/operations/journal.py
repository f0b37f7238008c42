"""The journal is never written to but by what it tells of; taking it out is one of those things."""

from datetime import datetime

from django.db import transaction

from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User


@transaction.atomic
def record_export(account: Account, *, by: User, now: datetime) -> None:
    """Note who took the journal out."""
    audit.record(account, "JOURNAL_EXPORTED", "", by=by, now=now)
