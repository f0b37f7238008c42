"""Who administers the platform. The application's role cannot write these columns: a function of the database does, for a
platform admin who acts and with an entry in the administration's history, or the owner of the tables at the command line."""

from django.db import connection

from smsplatform.accounts import tables

COLUMNS = ("is_staff", "is_superuser")


def change(person_id: int, *, is_staff: bool, is_superuser: bool, by: int | None) -> None:
    """Give somebody powers over the platform, or take them. The database refuses unless `by` is a platform admin."""
    with connection.cursor() as cursor:
        cursor.execute("select accounts_change_powers(%s, %s, %s, %s)", [by, person_id, is_staff, is_superuser])


def appoint(person_id: int) -> None:
    """Make somebody a platform admin as the owner of the tables, which only commands are given. The person is committed."""
    with tables.owner().cursor() as cursor:
        cursor.execute("update accounts_user set is_staff = true, is_superuser = true where id = %s", [person_id])
        if not cursor.rowcount:
            raise LookupError(person_id)
