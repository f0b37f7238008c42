"""Create the demo's people and accounts, and lists imported through the real pipeline, where there is no account yet."""

import csv
import io
import random
from typing import Any

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from contacts.models import Exclusion, Import, ListEntry
from contacts.operations import exclusions, imports, lists
from smsplatform.accounts import tenancy
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.accounts.queries import memberships_of
from smsplatform.embedded.demo_logins import LOGINS, PASSWORD

NAMES = ["Marketing de la boulangerie", "Communication de la mairie", "Responsable de comptes", "Administration"]
FIRST_NAMES = "Zoé Noël Aïcha Jérôme Hélène Léa Théo Inès Gaël Maëlle Rémi Chloé François Anaïs Loïc".split()
TOWNS = "Laval Mayenne Évron Château-Gontier Bonchamp Saint-Berthevin Ernée Craon".split()
FORMATS = ["0{}", "+33{}", "0033{}", "{}"]
# Name, lines, on the exclusion list, deactivated.
BAKERY_LISTS = [
    ("Commandes de Noël", 840, 3, True),
    ("Inscrits au salon du chocolat", 312, 0, False),
    ("Clients de la carte de fidélité", 2460, 12, False),
]
COUNCIL_LISTS = [("Parents d'élèves", 1130, 4, False), ("Alerte météo", 3980, 9, False)]


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not Account.objects.exists():
            create_people_and_accounts()
        source = random.Random(2026)
        for (email, _), demo_lists in zip(LOGINS, (BAKERY_LISTS, COUNCIL_LISTS), strict=False):
            person = User.objects.filter(email=email).first()
            for demo_list in demo_lists if person else []:
                fill(person, *demo_list, source)


@transaction.atomic
def create_people_and_accounts() -> None:
    marketer, town, manager, admin = (
        User.objects.create_user(email, PASSWORD, name=name) for (email, _), name in zip(LOGINS, NAMES, strict=True)
    )
    admin.is_staff = admin.is_superuser = True
    admin.save(update_fields=["is_staff", "is_superuser"])
    bakery = Account.objects.create(name="Boulangerie Martin")
    council = Account.objects.create(name="Mairie de Laval", mode=Account.Mode.DIRECTORY)
    for account, person in ((bakery, marketer), (council, town)):
        with tenancy.account_context(account):
            Membership.objects.create(account=account, user=person, role=Role.ADMIN)
            Membership.objects.create(account=account, user=manager, role=Role.ACCOUNT_MANAGER)


def fill(person: User, name: str, size: int, excluded: int, is_disabled: bool, source: random.Random) -> None:
    """Send a file as a marketer would, confirm it, and let some of its people have said STOP. Once per name."""
    with tenancy.user_context(person):
        account = memberships_of(person)[0].account
    with tenancy.account_context(account):
        if Import.objects.filter(list_name=name).exists():
            return
    file = ContentFile(spreadsheet(size, source), name=f"{name.lower()}.csv")
    with tenancy.account_context(account):
        imported = imports.upload(account, list_name=name, file=file, by=person, now=timezone.now())
    imports.analyse(account, import_id=imported.pk, now=timezone.now())
    with tenancy.account_context(account):
        imported.refresh_from_db()
        imports.confirm(account, imported=imported, seen=imported.settings_digest, by=person, now=timezone.now())
    imports.run(account, import_id=imported.pk, now=timezone.now())
    with tenancy.account_context(account):
        finish(account, person, imported, excluded, is_disabled)


def finish(account: Account, person: User, imported: Import, excluded: int, is_disabled: bool) -> None:
    imported.refresh_from_db()
    assert imported.contact_list is not None
    if excluded:
        entries = ListEntry.objects.filter(account=account, contact_list=imported.contact_list).order_by("phone")
        phones = list(entries.values_list("phone", flat=True)[: excluded * 50 : 50])
        exclusions.add(account, phones=phones, source=Exclusion.Source.STOP, by=None, now=timezone.now())
    if is_disabled:
        lists.disable(account, contact_list=imported.contact_list, by=person, now=timezone.now())


def spreadsheet(size: int, source: random.Random) -> bytes:
    """Return a file as French spreadsheets save it, with the usual share of mistakes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(["Prénom", "Portable", "Ville", "Date d'inscription"])
    numbers = [6_10_00_00_00 + source.randrange(80_000_000) for _ in range(size)]
    for line, number in enumerate(numbers):
        if line % 97 == 96:
            number = numbers[line - 5]  # written twice
        phone = source.choice(FORMATS).format(number)
        if line % 83 == 82:
            phone = source.choice(["0243", "06 12", "à demander", "0243561234"])
        day = f"{source.randint(1, 28):02}/{source.randint(1, 12):02}/{source.randint(2023, 2026)}"
        writer.writerow([source.choice(FIRST_NAMES), phone, source.choice(TOWNS), day])
    return buffer.getvalue().encode("cp1252")
