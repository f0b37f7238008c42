"""Bring the database, translations and static files to what the code expects. Safe to run again; run it at each deploy."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils.translation.reloader import translation_file_changed

from smsplatform.accounts import rights, tables
from tools import translations


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="also create the demo accounts where there is no account yet"
        )

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        translations.compile_all()
        # Django has looked for the catalogues already, and found none on a fresh machine.
        translation_file_changed(sender=None, file_path=Path("django.mo"))
        migrate(verbosity=options["verbosity"])
        call_command("collectstatic", interactive=False, verbosity=0)
        if demo:
            call_command("seed_demo")


def migrate(verbosity: int = 0) -> None:
    """Create or update the tables as their owner, and let the application's role do in them what `rights` says."""
    owner = tables.owner()
    call_command("migrate", database=owner.alias, interactive=False, verbosity=verbosity)
    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        rights.grant(cursor)
