"""Seal the secrets of second steps with the newest key of MFA_KEYS. Run it after a key was put before the others."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from smsplatform.accounts.second_step import resealed


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        # Locked: a recovery code that is used meanwhile stays used.
        steps = Authenticator.objects.select_for_update().order_by("pk")
        for step in steps:
            step.data = resealed(step.data)
            step.save(update_fields=["data"])
        self.stdout.write(f"{len(steps)} resealed.")
