"""What the application's role may do in each table: the one place that says so. `prepare` grants it, and nothing else.

A table that is not named here is out of the application's reach.
"""

from enum import StrEnum
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

from smsplatform.accounts import powers


class Right(StrEnum):
    SELECT = "select"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    MAINTAIN = "maintain"


Rights = frozenset[Right]

NONE: Rights = frozenset()
READ: Rights = frozenset({Right.SELECT})
APPEND: Rights = READ | {Right.INSERT}  # what is written there is never changed
KEPT: Rights = APPEND | {Right.UPDATE}  # rows are switched off, never removed
ROWS: Rights = KEPT | {Right.DELETE}
BULK: Rights = ROWS | {Right.MAINTAIN}  # written by the million: whoever did has the planner know (ANALYZE)

TABLES: dict[str, Rights] = {
    "account_emailaddress": ROWS,
    "account_emailconfirmation": ROWS,
    "accounts_account": KEPT,
    "accounts_auditevent": APPEND,
    "accounts_invitation": ROWS,
    "accounts_membership": ROWS,
    "accounts_sentform": ROWS,
    "accounts_securityevent": APPEND | {Right.DELETE},  # when it is a year old
    "accounts_sentmail": APPEND | {Right.DELETE},
    "accounts_user": KEPT,
    "accounts_user_groups": READ,
    "accounts_user_user_permissions": READ,
    "auth_group": READ,
    "auth_group_permissions": READ,
    "auth_permission": READ,
    "contacts_contactlist": ROWS,
    "contacts_entrykey": BULK,
    "contacts_erasedexclusion": ROWS,
    "contacts_erasure": ROWS,
    "contacts_excluded": READ,
    "contacts_exclusion": BULK,
    "contacts_exclusioninbox": BULK,
    "contacts_export": ROWS,
    "contacts_import": ROWS,
    "contacts_importchange": BULK,
    "contacts_importrecipe": ROWS,
    "contacts_listbatch": ROWS,
    "contacts_listentry": BULK,
    "directory_attribute": ROWS,
    "directory_contact": BULK,
    "directory_contactbatch": ROWS,
    "directory_contactchange": BULK,
    "directory_contactkey": BULK,
    "directory_contacttally": ROWS,
    "directory_directory": ROWS,
    "directory_keybacklog": ROWS,
    "directory_listmerge": ROWS,
    "directory_mergedentry": BULK,
    "directory_modeswitch": ROWS,
    "directory_showncolumns": ROWS,
    "django_admin_log": APPEND,
    "django_content_type": READ,
    "django_migrations": NONE,
    "django_session": ROWS,
    "mfa_authenticator": ROWS,
    "usersessions_usersession": ROWS,
}
# Sequences whose next number it takes; most keys are identity columns, which need no right.
SEQUENCES = ("contacts_exclusion_id_seq",)
# Functions that do more than their caller may, as their owner; each checks for itself who asks and for what.
FUNCTIONS = ("accounts_change_powers(bigint, bigint, boolean, boolean)",)
# Columns that the application reads and never writes, whatever it may do in the table: `powers` is the way to them.
READ_ONLY_COLUMNS: dict[str, frozenset[str]] = {"accounts_user": frozenset(powers.COLUMNS)}

_GRANT = sql.SQL("grant {names} on {table} to {app}")
_COLUMNS = """
select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum
"""


def grant(cursor: Any) -> None:
    """Give the application's role the rights of TABLES and take every other one. To be run by the owner of the tables.

    Raise ImproperlyConfigured for the table of a model that is not declared.
    """
    models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    if undeclared := sorted(models - set(TABLES)):
        raise ImproperlyConfigured(f"Say in {__name__}.TABLES what the application may do in: {', '.join(undeclared)}")
    app = sql.Identifier(str(settings.DATABASES["default"]["USER"]))
    for statement in (
        "grant usage on schema public to {app}",
        "revoke all on all tables in schema public from {app}",
        "revoke all on all sequences in schema public from {app}",
        "alter default privileges in schema public revoke all on tables from {app}",
        "alter default privileges in schema public revoke all on sequences from {app}",
    ):
        cursor.execute(sql.SQL(statement).format(app=app))
    for table, rights in TABLES.items():
        if rights:
            names = sql.SQL(", ").join(_clause(cursor, table, right) for right in sorted(rights))
            cursor.execute(_GRANT.format(names=names, table=sql.Identifier(table), app=app))
    for sequence in SEQUENCES:
        cursor.execute(sql.SQL("grant usage on sequence {} to {}").format(sql.Identifier(sequence), app))
    for function in FUNCTIONS:
        cursor.execute(sql.SQL("grant execute on function {} to {}").format(sql.SQL(function), app))


def _clause(cursor: Any, table: str, right: Right) -> sql.Composable:
    """Return one right as GRANT words it, column by column where some are only read."""
    hidden = READ_ONLY_COLUMNS.get(table)
    if hidden is None or right not in (Right.INSERT, Right.UPDATE):
        return sql.SQL(right.value)
    cursor.execute(_COLUMNS, [table])
    columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in cursor.fetchall() if name not in hidden)
    return sql.SQL("{right} ({columns})").format(right=sql.SQL(right.value), columns=columns)
