"""Tenancy: the database itself refuses rows of another account.

Every table with an `account_id` has forced row-level security comparing it with the setting `app.account_id`,
which only lives inside a transaction. Without a context a query does not return nothing: it raises.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.db.migrations.operations import RunSQL

from smsplatform.accounts.models import Account, User


@contextmanager
def account_context(account: Account | int) -> Iterator[None]:
    """Open a transaction in which the rows of `account` (or of the account with that id), and no others, exist."""
    with _setting("app.account_id", account if isinstance(account, int) else account.pk):
        yield


@contextmanager
def user_context(user: User) -> Iterator[None]:
    """Open a transaction in which a person's own memberships can be read, whatever their accounts."""
    with _setting("app.user_id", user.pk):
        yield


def set_account(account_id: int) -> None:
    """Set the account for the rest of the open transaction (the request's, which is opened once)."""
    _set("app.account_id", str(account_id))


@contextmanager
def _setting(name: str, value: int) -> Iterator[None]:
    with transaction.atomic():
        previous = _get(name)
        _set(name, str(value))
        yield
        # A nested block ends before its transaction does, so it must put the outer account back itself.
        _set(name, previous)


def _get(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting(%s, true), '')", [name])
        return str(cursor.fetchone()[0])


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, true)", [name, value])


class MigrateAsOwner:
    """Database router: tables are made by their owner, and read and written by a role that owns nothing."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"


ACCOUNT_POLICY = "account_id = current_setting('app.account_id')::bigint"
# A person must find their accounts before one is open. CASE keeps the order of evaluation, OR would not.
MEMBERSHIP_POLICY = (
    "case when coalesce(current_setting('app.account_id', true), '') = ''"
    " and coalesce(current_setting('app.user_id', true), '') <> '' "
    f"then user_id = current_setting('app.user_id')::bigint else {ACCOUNT_POLICY} end"
)


class RowLevelSecurity(RunSQL):
    """Migration operation: switch on forced row-level security for one table."""

    def __init__(self, table: str, policy: str = ACCOUNT_POLICY) -> None:
        self.table, self.policy = table, policy
        super().__init__(
            f"alter table {table} enable row level security, force row level security;"
            f"create policy account on {table} using ({policy}) with check ({ACCOUNT_POLICY});",
            f"drop policy account on {table};"
            f"alter table {table} disable row level security, no force row level security;",
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"table": self.table, "policy": self.policy}


class AccountForeignKey(RunSQL):
    """Migration operation: a foreign key that also compares accounts, which row-level security cannot see.

    `target` must have a unique key (account_id, id); Django keeps its own plain constraint beside it. Rows already there
    are not checked: once row-level security is on, no migration sees them, so add the key with the column.
    """

    def __init__(self, table: str, column: str, target: str) -> None:
        self.table, self.column, self.target = table, column, target
        super().__init__(
            f"alter table {table} add constraint {table}_{column}_same_account"
            f" foreign key (account_id, {column}) references {target} (account_id, id) deferrable initially deferred not valid;",
            f"alter table {table} drop constraint {table}_{column}_same_account;",
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"table": self.table, "column": self.column, "target": self.target}


class PointsAt(RunSQL):
    """Migration operation: as `AccountForeignKey`, for rows written by the million, where a check per row costs half as much
    again: the distinct targets of a statement are looked up once. What is deleted afterwards is not noticed.
    """

    def __init__(self, table: str, column: str, target: str) -> None:
        self.table, self.column, self.target = table, column, target
        names = {"name": f"{table}_{column}_same_account", "table": table, "column": column, "target": target}
        super().__init__(_POINTS_AT.format(**names), _POINTS_AT_REVERSE.format(**names))

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"table": self.table, "column": self.column, "target": self.target}


_POINTS_AT = """
create function {name}() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct account_id, {column} from changed where {column} is not null) c
        where not exists (select from {target} t where t.account_id = c.account_id and t.id = c.{column})
    ) then
        raise foreign_key_violation using message = '{table}.{column} of another account';
    end if;
    return null;
end $$;
create trigger {column}_inserted after insert on {table}
    referencing new table as changed for each statement execute function {name}();
create trigger {column}_updated after update on {table}
    referencing new table as changed for each statement execute function {name}();
"""
_POINTS_AT_REVERSE = """
drop trigger {column}_updated on {table}; drop trigger {column}_inserted on {table}; drop function {name};
"""


def tenant_models() -> list[type[models.Model]]:
    """Return every model whose table carries an account id. Views show what their tables' policies let through."""
    from django.apps import apps

    return [
        model
        for model in apps.get_models()
        if model._meta.managed and any(field.column == "account_id" for field in model._meta.concrete_fields)
    ]
