"""Create the demo's people and accounts, and lists imported through the real pipeline, where there is no account yet."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from smsplatform.accounts import tenancy
from smsplatform.accounts.models import Account, Membership, Role, User
from smsplatform.embedded.demo_logins import LOGINS, PASSWORD

NAMES = [
    "Marketing de la boulangerie",
    "Communication de la mairie",
    "Responsable de comptes",
    "Administration",
]


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if Account.objects.exists():
            return
        marketer, town, manager, admin = (
            User.objects.create_user(email, PASSWORD, name=name)
            for (email, _), name in zip(LOGINS, NAMES, strict=True)
        )
        admin.is_staff = admin.is_superuser = True
        admin.save(update_fields=["is_staff", "is_superuser"])
        bakery = Account.objects.create(name="Boulangerie Martin")
        council = Account.objects.create(name="Mairie de Laval", mode=Account.Mode.DIRECTORY)
        for account, person in ((bakery, marketer), (council, town)):
            with tenancy.account_context(account):
                Membership.objects.create(account=account, user=person, role=Role.ADMIN)
                Membership.objects.create(account=account, user=manager, role=Role.ACCOUNT_MANAGER)
