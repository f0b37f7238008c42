"""Numbers that somebody types or pastes into a diffusion list: those who are contacts join, the others become contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from contacts.models import ContactList
from directory.models import Contact, ContactChange
from directory.operations import keys, locks, members
from directory.queries.query import Selection
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError

MAX_NUMBERS = 1_000  # at a time, while the person waits: more are imported


_CREATE = """
insert into directory_contact (account_id, phone, attributes, source, created_at, updated_at)
select %(account)s, phone, '{}', %(source)s, %(now)s, %(now)s from unnest(%(phones)s::bigint[]) phone order by phone
on conflict do nothing returning phone
"""


class TooManyNumbers(OperationError):
    """More numbers than are added while somebody waits."""

    code = "TOO_MANY_NUMBERS"


@dataclass(frozen=True)
class Added:
    """How many joined the list, `created` of them as new contacts; how many were in it; and who is no contact."""

    joined: int
    created: int
    already: int
    unknown: list[int]


@locks.impatient()
def add_numbers(
    account: Account,
    *,
    contact_list: ContactList,
    phones: Sequence[int],
    creates_unknown: bool,
    by: User | None,
    now: datetime,
) -> Added:
    """Have numbers (E.164 digits) join a list. Unknown ones become contacts, or are returned unless `creates_unknown`.

    Raise TooManyNumbers, DirectoryBusy, and what `members.lock` raises.
    """
    if len(phones) > MAX_NUMBERS:
        raise TooManyNumbers(_("Add at most %(max)d numbers at a time, or import a file.") % {"max": MAX_NUMBERS})
    locked = members.lock(account, contact_list)
    known = set(Contact.objects.filter(account=account, phone__in=phones).values_list("phone", flat=True))
    unknown = sorted(set(phones) - known)
    created = _create(account, unknown, by=by, now=now) if creates_unknown else 0
    joined, already = members.add(account, contact_list=locked, selection=Selection(phones=tuple(phones)), now=now)
    if joined:
        counts = {"contacts": joined} | ({"created": created} if created else {})
        audit.record(account, "CONTACTS_ADDED_TO_LIST", locked.name, by=by, now=now, counts=counts)
    return Added(joined, created, already, [] if creates_unknown else unknown)


def _create(account: Account, phones: list[int], *, by: User | None, now: datetime) -> int:
    """Make contacts of numbers of which nothing else is known. Return how many; somebody else may make some meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATE, {"account": account.pk, "phones": phones, "source": Contact.Source.PERSON, "now": now})
        made = [phone for (phone,) in cursor.fetchall()]
    ContactChange.objects.bulk_create(
        ContactChange(
            account=account,
            phone=phone,
            kind=ContactChange.Kind.CREATED,
            source=Contact.Source.PERSON,
            actor=by,
            at=now,
        )
        for phone in made
    )
    keys.rekey(account, made)
    return len(made)
