"""Exclusions arrive in an inbox that waits for nobody and are in force from then on. They are counted once they are folded."""

from django.db import connection

from contacts.models import ExclusionInbox
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context
from smsplatform.jobs import wakeups
from smsplatform.lib import waiting

LOCK = "exclusions"  # whoever writes entries shares it until their numbers are committed
FOLD_ROWS = 2_000  # at once: nobody waits for longer than that takes
WAIT_FOR_LISTS = "100ms"  # less than what PostgreSQL takes to look for those who wait for each other
TASK = "contacts.tasks.fold_exclusions"

# The first to come says since when and why; a STOP is noted whoever came before, so that nobody readmits it unawares.
# Rows that somebody holds come another time.
_FOLD = """
with next as materialized (
    select id from contacts_exclusioninbox where account_id = %(account)s order by id limit %(rows)s
    for update skip locked
), taken as (
    delete from contacts_exclusioninbox i using next where i.account_id = %(account)s and i.id = next.id
    returning i.*
), folded as (
    insert into contacts_exclusion (id, account_id, phone, reason, source, at)
    select distinct on (phone) id, account_id, phone, reason,
        case when bool_or(source = 'STOP') over (partition by phone) then 'STOP' else source end, at
    from taken order by phone, at, id
    on conflict (account_id, phone) do update set source = excluded.source
        where excluded.source = 'STOP' and contacts_exclusion.source <> 'STOP'
)
select count(*) from taken
"""


def fold(account: Account, *, seconds: float = 0) -> bool:
    """Fold the oldest of the inbox if nobody has to be waited for, beyond `seconds`; return whether that was possible.

    Locks of the open transaction keep writers of entries waiting until it ends.
    """
    try:
        with waiting.at_most(WAIT_FOR_LISTS):
            if not waiting.take_alone(LOCK, account.pk, seconds=seconds):
                return False
            _fold(account)
    except waiting.TooLong:
        return False
    return True


def _fold(account: Account) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, {"account": account.pk, "rows": FOLD_ROWS})
        return int(cursor.fetchone()[0])


def fold_soon(account: Account) -> None:
    """Fold now what is no work and keeps nobody waiting; have a worker do so otherwise, once the transaction is committed."""
    waiting_rows = ExclusionInbox.objects.filter(account=account)[: FOLD_ROWS + 1].count()
    if waiting_rows > FOLD_ROWS or (waiting_rows and not fold(account)):
        call(account)


def call(account: Account) -> None:
    """Wake a worker once the transaction is committed. A call that is lost is no matter: beat repeats it."""
    wakeups.call(TASK, account_id=account.pk)


def fold_all(account: Account) -> None:
    """Fold the inbox, some rows to each transaction, for as long as nobody has to be waited for."""
    while _is_more(account):
        with account_context(account):
            if not fold(account, seconds=1):
                return


def _is_more(account: Account) -> bool:
    with account_context(account):
        return ExclusionInbox.objects.filter(account=account).exists()
