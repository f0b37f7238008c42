"""Bring the database, translations and static files to what the code expects. Safe to run again; run it at each deploy."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.utils.translation.reloader import translation_file_changed
from psycopg import sql

from tools import translations

GRANTS = """
grant usage on schema public to {app};
grant select, insert, update, delete on all tables in schema public to {app};
grant maintain on all tables in schema public to {app};
grant usage, select on all sequences in schema public to {app};
alter default privileges in schema public grant select, insert, update, delete on tables to {app};
alter default privileges in schema public grant maintain on tables to {app};
alter default privileges in schema public grant usage, select on sequences to {app};
"""


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
    """Create or update the tables as their owner, and let the application's role use (never own) them."""
    app = sql.Identifier(str(settings.DATABASES["default"]["USER"]))
    with connections["owner"].cursor() as cursor:
        for statement in GRANTS.strip().splitlines():
            cursor.execute(sql.SQL(statement).format(app=app))
    call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
