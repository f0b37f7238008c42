"""Create the demo's people and accounts, and lists imported through the real pipeline, where there is no account yet."""

import csv
import io
import random
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from contacts.models import ContactList, Exclusion, Import, ListEntry
from contacts.operations import exclusions, imports, lists
from directory.models import Attribute
from directory.operations import attributes, living, option
from directory.queries import option as option_queries
from directory.queries.query import Query
from smsplatform.accounts import powers, tenancy
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.accounts.queries import memberships_of
from smsplatform.embedded.demo_logins import LOGINS, PASSWORD

NAMES = ["Marketing de la boulangerie", "Communication de la mairie", "Responsable de comptes", "Administration"]
FIRST_NAMES = "Zoé Noël Aïcha Jérôme Hélène Léa Théo Inès Gaël Maëlle Rémi Chloé François Anaïs Loïc".split()
TOWNS = "Laval Mayenne Évron Château-Gontier Bonchamp Saint-Berthevin Ernée Craon".split()
FORMATS = ["0{}", "+33{}", "0033{}", "{}"]
QUARTERS = "Centre-ville Avesnières Hilard Fourches Bourny Pommeraies Thévalles".split()


class DemoList(NamedTuple):
    """`expires_after_months`: of a diffusion list, None for a permanent one."""

    name: str
    lines: int
    excluded: int = 0
    is_disabled: bool = False
    expires_after_months: int | None = None


BAKERY_LISTS = [
    DemoList("Commandes de Noël", 840, excluded=3, is_disabled=True),
    DemoList("Inscrits au salon du chocolat", 312),
    DemoList("Clients de la carte de fidélité", 2460, excluded=12),
]
COUNCIL_LISTS = [
    DemoList("Parents d'élèves", 1130, excluded=4, expires_after_months=6),
    DemoList("Alerte météo", 3980, excluded=9),
]
QUARTER, LIVING_LIST = "Quartier", "Habitants d'Avesnières"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not Account.objects.exists():
            powers.appoint(create_people_and_accounts().pk)
        marketer, town, manager = (User.objects.filter(email=email).first() for email, _ in LOGINS[:3])
        source = random.Random(2026)
        if marketer is not None:
            for demo_list in BAKERY_LISTS:
                fill(first_account(marketer), marketer, demo_list, source)
        if town is not None and manager is not None:
            make_directory(first_account(town), town, manager, source)


@transaction.atomic
def create_people_and_accounts() -> User:
    """Return the person who is to administer the platform."""
    marketer, town, manager, admin = (
        User.objects.create_user(email, PASSWORD, name=name) for (email, _), name in zip(LOGINS, NAMES, strict=True)
    )
    for name, person in (("Boulangerie Martin", marketer), ("Mairie de Laval", town)):
        account = Account.objects.create(name=name)
        with tenancy.account_context(account):
            Membership.objects.create(account=account, user=person, role=Role.ADMIN)
            Membership.objects.create(account=account, user=manager, role=Role.ACCOUNT_MANAGER)
    return admin


def first_account(person: User) -> Account:
    with tenancy.user_context(person):
        return memberships_of(person)[0].account


def make_directory(council: Account, person: User, manager: User, source: random.Random) -> None:
    """Give the council a directory with an attribute of its own, and a list that keeps itself up to date. Once."""
    switch_on(council, manager)
    with tenancy.account_context(council):
        if council.mode != Account.Mode.DIRECTORY or ContactList.objects.filter(name=LIVING_LIST).exists():
            return  # somebody has switched it off, or it is all there
        made = Attribute.objects.filter(account=council, name=QUARTER, deleted_at=None).first()
        quarter = made or attributes.create(council, name=QUARTER, by=person, now=timezone.now())
    for demo_list in COUNCIL_LISTS:
        fill(council, person, demo_list, source)
    rule = {"match": "ALL", "conditions": [{"field": quarter.key, "is": "EQUALS", "value": "Avesnières"}]}
    with tenancy.account_context(council):
        living.save(council, query=Query(rule=rule), name=LIVING_LIST, by=person, now=timezone.now())


def switch_on(council: Account, manager: User) -> None:
    """Switch the option on where it never was, or where lists of an older demo are not in the directory yet."""
    with tenancy.account_context(council):
        is_new = council.mode == Account.Mode.LISTS and not option_queries.history(council).exists()
        is_left = council.mode == Account.Mode.DIRECTORY and option_queries.to_convert(council).exists()
        if (is_new or is_left) and not option_queries.is_busy(council):
            now = timezone.now()
            trial = option.try_out(council, choices={}, by=manager, now=now).result
            option.switch_on(council, choices=trial["choices"], seen=trial["digest"], by=manager, now=now)


def fill(account: Account, person: User, demo_list: DemoList, source: random.Random) -> None:
    """Send a file as a marketer would, confirm it, and let some of its people have said STOP. Once per name."""
    with tenancy.account_context(account):
        if Import.objects.filter(list_name=demo_list.name).exists():
            return
    has_directory = account.mode == Account.Mode.DIRECTORY
    content = spreadsheet(demo_list.lines, source, with_quarter=has_directory)
    with tenancy.account_context(account):
        imported = imports.upload(
            account,
            list_name=demo_list.name,
            into_directory=has_directory,
            expires_after_months=demo_list.expires_after_months,
            file=ContentFile(content, name=f"{demo_list.name.lower()}.csv"),
            by=person,
            now=timezone.now(),
        )
    imports.analyse(account, import_id=imported.pk, now=timezone.now())
    with tenancy.account_context(account):
        imported.refresh_from_db()
        imports.confirm(account, imported=imported, seen=imported.settings_digest, by=person, now=timezone.now())
    imports.run(account, import_id=imported.pk, now=timezone.now())
    with tenancy.account_context(account):
        finish(account, person, imported, demo_list)


def finish(account: Account, person: User, imported: Import, demo_list: DemoList) -> None:
    imported.refresh_from_db()
    assert imported.contact_list is not None
    if demo_list.excluded:
        entries = ListEntry.objects.filter(account=account, contact_list=imported.contact_list).order_by("phone")
        phones = list(entries.values_list("phone", flat=True)[: demo_list.excluded * 50 : 50])
        exclusions.add(account, phones=phones, source=Exclusion.Source.STOP, by=None, now=timezone.now())
    if demo_list.is_disabled:
        lists.disable(account, contact_list=imported.contact_list, by=person, now=timezone.now())


def spreadsheet(size: int, source: random.Random, *, with_quarter: bool = False) -> bytes:
    """Return a file as French spreadsheets save it, with the usual share of mistakes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(["Prénom", "Portable", "Ville", "Date d'inscription", *([QUARTER] if with_quarter else [])])
    numbers = [6_10_00_00_00 + source.randrange(80_000_000) for _ in range(size)]
    for line, number in enumerate(numbers):
        if line % 97 == 96:
            number = numbers[line - 5]  # written twice
        phone = source.choice(FORMATS).format(number)
        if line % 83 == 82:
            phone = source.choice(["0243", "06 12", "à demander", "0243561234"])
        day = f"{source.randint(1, 28):02}/{source.randint(1, 12):02}/{source.randint(2023, 2026)}"
        quarter = [source.choice(QUARTERS)] if with_quarter else []
        writer.writerow([source.choice(FIRST_NAMES), phone, source.choice(TOWNS), day, *quarter])
    return buffer.getvalue().encode("cp1252")
