"""Forms that were sent: what one did is not done again when it is sent a second time."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from smsplatform.accounts.models import Account, SentForm

KEEP_FOR = timedelta(days=1)

_TAKE = """
insert into accounts_sentform (account_id, key, location, at) values (%(account)s, %(key)s, '', %(now)s)
on conflict (account_id, key) do nothing
"""
_FORGET = """
delete from accounts_sentform where account_id = %(account)s and key = any(array(
    select key from accounts_sentform where account_id = %(account)s and at < %(until)s limit 1000 for update skip locked
))
"""


@transaction.atomic
def take(account: Account, *, key: str, now: datetime) -> str | None:
    """Take a form to do what it says. Return None, or where it led when somebody took it before; of two at the same moment
    the second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"account": account.pk, "until": now - KEEP_FOR})
        cursor.execute(_TAKE, {"account": account.pk, "key": key, "now": now})
        if cursor.rowcount:
            return None
    return SentForm.objects.values_list("location", flat=True).get(account=account, key=key)


@transaction.atomic
def keep(account: Account, *, key: str, location: str) -> None:
    """Remember where a form led that did what it says."""
    SentForm.objects.filter(account=account, key=key).update(location=location)


@transaction.atomic
def give_back(account: Account, *, key: str) -> None:
    """Forget a form that did nothing: it may be sent again."""
    SentForm.objects.filter(account=account, key=key).delete()
