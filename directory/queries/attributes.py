"""What an account may know of its contacts."""

from dataclasses import dataclass

from django.db import connection

from contacts.models import Import
from directory.models import Attribute
from directory.standard import ATTRIBUTES, Standard
from smsplatform.accounts.models import Account

FILLING = (Import.Status.QUEUED, Import.Status.RUNNING)
CONTACTS_LOOKED_AT = 200_000  # to count who has a value; that takes a second or so


@dataclass(frozen=True)
class Usage:
    """`contacts`: how many have a value, by the attribute's key. `is_partial`: only some of the contacts were looked at."""

    contacts: dict[str, int]
    is_partial: bool


def of(account: Account) -> list[Attribute]:
    """Return the account's attributes in their order."""
    return list(Attribute.objects.filter(account=account, deleted_at=None).order_by("position", "pk"))


def by_key(account: Account) -> dict[str, Attribute]:
    """Return the account's attributes by the key of their values, in their order."""
    return {attribute.key: attribute for attribute in of(account)}


def missing_standard(attributes: list[Attribute]) -> list[Standard]:
    """Return the standard attributes that the account no longer has."""
    present = {attribute.standard for attribute in attributes}
    return [standard for standard in ATTRIBUTES if standard.code not in present]


def is_fixed(account: Account, attribute: Attribute) -> bool:
    """Return whether the type of an attribute must stay: a contact has a value, or gets one back or from a file.

    `is_used` says that there may be values; undone imports and erased contacts leave it as it is.
    """
    if not attribute.is_used:
        return False
    on_their_way = Import.objects.filter(account=account, into_directory=True, status__in=FILLING)
    if on_their_way.filter(preview__filled__contains=attribute.key).exists():
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select exists (select from directory_contact where account_id = %(account)s and attributes ? %(key)s)
                or exists (
                    select from contacts_import i join directory_contactchange h
                        on h.account_id = i.account_id and h.import_id = i.id
                    where i.account_id = %(account)s and i.undone_at is null and h.kind = 'U' and h.before ? %(key)s
                )
            """,
            {"account": account.pk, "key": attribute.key},
        )
        return bool(cursor.fetchone()[0])


def usage(account: Account, key: str | None = None) -> Usage:
    """Count the contacts that have a value of each attribute, or of one, among the first CONTACTS_LOOKED_AT."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with looked_at as materialized (
                select attributes from directory_contact where account_id = %(account)s limit %(most)s
            )
            select '', count(*) from looked_at
            union all
            select found, count(*) from looked_at, jsonb_object_keys(attributes) found
                where %(key)s::text is null or found = %(key)s group by found
            """,
            {"account": account.pk, "most": CONTACTS_LOOKED_AT + 1, "key": key},
        )
        counts = dict(cursor.fetchall())
    return Usage(counts, is_partial=counts.pop("") > CONTACTS_LOOKED_AT)
