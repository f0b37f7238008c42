"""What only the owner of the tables does, inside the transaction of a test: a function that exists in test databases alone."""

from typing import Any

from django.db import connection, connections

from smsplatform.accounts.models import User

_CREATE = """
create or replace function test_as_owner(statement text) returns void language plpgsql security definer as $$
begin execute statement; end $$
"""


def install() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(_CREATE)


def as_owner(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select test_as_owner(%s)", [statement])


def with_powers(user: User, *, is_staff: bool = True, is_superuser: bool = False) -> User:
    as_owner(f"update accounts_user set is_staff = {is_staff}, is_superuser = {is_superuser} where id = {user.pk}")
    user.refresh_from_db()
    return user


def platform_admin(email: str = "platform@example.com", name: str = "Platform", **fields: Any) -> User:
    return with_powers(User.objects.create_user(email, name=name, **fields), is_superuser=True)


def allow(user: User, *codenames: str) -> None:
    """Give somebody permissions of the administration, all of them unless some are named."""
    chosen = ", ".join(f"'{name}'" for name in codenames)
    where = f" where codename in ({chosen})" if codenames else ""
    as_owner(
        "insert into accounts_user_user_permissions (user_id, permission_id)"
        f" select {user.pk}, id from auth_permission{where}"
    )
