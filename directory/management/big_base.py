"""A directory as a big retailer has it, of any size, for measurements: names, towns, birthdays, points, yes and no.

Made of several imports one after the other, each with numbers from the whole range. Few towns have most of the people.
"""

import random
import sys
from datetime import timedelta
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from contacts.management import realistic
from contacts.management.benchmark import owner_in
from directory.models import Attribute, Contact, Directory
from directory.operations import directories
from smsplatform.accounts.models import Account
from smsplatform.accounts.tenancy import account_context

NAME = "bench_directory"
IMPORTS = 20
FIRST_PHONE, PHONES = 33_600_000_000, 200_000_000  # 06 and 07
TOWNS = 2_000
LAST_NAME, FIRST_NAME, BORN, CITY, POINTS, NEWS = "a2", "a3", "a4", "a8", "a12", "a13"
MORE = ((POINTS, "Points", "INTEGER"), (NEWS, "Newsletter", "BOOLEAN"))

_FILL = """
insert into directory_contact (account_id, phone, attributes, source, created_at, updated_at)
select %(account)s, %(first)s + (n * %(imports)s + %(import)s) * %(step)s + (r1 * (%(step)s - 1))::bigint,
    jsonb_build_object(
        'a2', family, 'a3', first, 'a4', to_char(date '1940-01-01' + (r4 * 24000)::int, 'YYYY-MM-DD'),
        'a8', town, 'a12', (r6 * r6 * 20000)::int - 100, 'a13', r7 < 0.6),
    'LIST', %(at)s, %(at)s
from (select n, {randoms} from generate_series(0::bigint, %(size)s - 1) n offset 0) r
join unnest(%(families)s::text[]) with ordinality a(family, i) on i = 1 + floor(r2 * cardinality(%(families)s::text[]))
join unnest(%(firsts)s::text[]) with ordinality b(first, j) on j = 1 + floor(r3 * cardinality(%(firsts)s::text[]))
join unnest(%(towns)s::text[]) with ordinality t(town, k) on k = floor(power(%(many)s, r5))
order by n
"""
_RANDOM = "(hashint8extended(n * %(imports)s + %(import)s, {seed}) & 16777215) / 16777216.0::float8 as r{seed}"


def rule(match: str, *conditions: tuple[str, str, Any]) -> dict[str, Any]:
    return {"match": match, "conditions": [{"field": f, "is": asked, "value": value} for f, asked, value in conditions]}


def account_of(contacts: int) -> Account:
    """Return the account of an earlier measurement that has as many contacts, or a new one."""
    for account in Account.objects.filter(name=f"{NAME} {contacts}"):
        with account_context(account):
            if Contact.objects.filter(account=account).exists():
                return account
        remove(account)
    account = Account.objects.create(name=f"{NAME} {contacts}", mode=Account.Mode.DIRECTORY)
    _make(account, contacts)
    return account


def _make(account: Account, contacts: int) -> None:
    now = timezone.now()
    with account_context(account):
        directories.ensure(account, now=now)
        for key, name, kind in MORE:
            Attribute.objects.create(
                account=account,
                key=key,
                name=name,
                type=kind,
                variable=name.lower(),
                position=int(key[1:]),
                created_at=now,
            )
        Directory.objects.filter(account=account).update(attributes_made=13)
    source = random.Random(1)
    named: dict[str, Any] = {
        "account": account.pk,
        "first": FIRST_PHONE,
        "imports": IMPORTS,
        "step": PHONES // contacts,
        "families": sorted({realistic.a_name(source).rsplit(" ", 1)[0] for _ in range(20_000)}),
        "firsts": sorted({realistic.a_name(source).rsplit(" ", 1)[1] for _ in range(500)}),
        "towns": _towns(source),
        "many": TOWNS,
        "size": contacts // IMPORTS,
    }
    randoms = ", ".join(_RANDOM.format(seed=seed) for seed in range(1, 8))
    for number in range(IMPORTS):
        at = now - timedelta(days=IMPORTS - number)
        with account_context(account), connection.cursor() as cursor:
            cursor.execute(_FILL.format(randoms=randoms), named | {"import": number, "at": at})
        print(f"{(number + 1) * 100 // IMPORTS} % of the contacts", file=sys.stderr)
    analyse()


def _towns(source: random.Random) -> list[str]:
    towns = dict.fromkeys(realistic.CITIES)
    while len(towns) < TOWNS:
        towns[f"{realistic.a_name(source).split()[0]}-{source.choice(('sur-Loire', 'la-Forêt', 'les-Bains'))}"] = None
    return list(towns)


def analyse() -> None:
    with connections["owner"].cursor() as cursor:
        for table in ("directory_contact", "directory_contactkey", "contacts_listentry", "contacts_exclusion"):
            cursor.execute(f"vacuum analyze {table}")


def remove(account: Account) -> None:
    """Remove an account and all that it owns; the owner of the tables gives the disk back."""
    from smsplatform.accounts.tenancy import tenant_models

    with owner_in(account.pk) as cursor:
        cursor.execute("set constraints all deferred")
        for model in tenant_models():
            cursor.execute(f"delete from {model._meta.db_table} where account_id = %s", [account.pk])
        cursor.execute("delete from accounts_account where id = %s", [account.pk])
    with connections["owner"].cursor() as cursor:
        for table in ("directory_contact", "directory_contactkey", "contacts_listentry"):
            cursor.execute(f"vacuum full {table}")
