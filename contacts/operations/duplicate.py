"""Copy a list with its contacts."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from contacts.models import ContactList
from contacts.operations import member_guards
from contacts.operations.lists import ListChanged
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.lib import waiting

NAME_CHARACTERS = 120
COPY_TIME = "2min"  # of a list of millions, while the person waits

# One statement: the copy is the list as it was at one moment, whoever writes to it meanwhile. The trigger counts.
_COPY = """
insert into contacts_listentry (account_id, list_id, phone, "values")
select account_id, %s, phone, "values" from contacts_listentry
where account_id = %s and list_id = %s order by phone
"""


def proposed_name(account: Account, contact_list: ContactList) -> str:
    """Return a name for a copy that no list has: “Clients (copy)”, “Clients (copy 2)”..."""
    taken = set(ContactList.objects.for_account(account).values_list("name", flat=True))
    number = 1
    while True:
        suffix = _("(copy)") if number == 1 else _("(copy %(number)d)") % {"number": number}
        name = f"{contact_list.name[: NAME_CHARACTERS - len(suffix) - 1].rstrip()} {suffix}"
        if name not in taken:
            return name
        number += 1


@transaction.atomic
def duplicate(account: Account, *, contact_list: ContactList, name: str, by: User | None, now: datetime) -> ContactList:
    """Make a list with the same columns and contacts. It is active and new, and not yet open to sends by API.

    The copy of a list that keeps itself up to date has the contacts of now: it follows no rule.
    """
    # As it is now, not as the page showed it.
    original = ContactList.objects.for_account(account).filter(pk=contact_list.pk).first()
    if original is None:
        raise ListChanged(_("The list “%(name)s” is already deleted.") % {"name": contact_list.name})
    member_guards.before_adding(original)
    copy = ContactList.objects.create(
        account=account,
        name=name,
        description=original.description,
        kind=original.kind,
        columns=original.columns,
        expires_after_months=original.expires_after_months,
        author=by,
        created_at=now,
        updated_at=now,
        last_used_at=now,
    )
    waiting.allow(statement=COPY_TIME)
    with connection.cursor() as cursor:
        cursor.execute(_COPY, [copy.pk, account.pk, original.pk])
    copy.refresh_from_db()
    counts = {"contacts": copy.contact_count}
    audit.record(account, "LIST_DUPLICATED", f"{contact_list.name} → {name}", by=by, now=now, counts=counts)
    return copy
