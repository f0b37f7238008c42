"""What the application's role may do in the database: what `rights` declares for each table, and nothing else."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from smsplatform.accounts import audit, powers, rights
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.rights import TABLES
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.owner import platform_admin

EVERY_PRIVILEGE = ("select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain")
_GRANTED = """
select c.relname, p.name
from pg_class c cross join unnest(%s::text[]) p(name)
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and (has_table_privilege(c.oid, p.name)
        or p.name in ('insert', 'update', 'references') and has_any_column_privilege(c.oid, p.name))
"""


def rows(statement: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str) -> bool:
    try:
        with transaction.atomic():
            rows(statement)
    except ProgrammingError as error:
        return error.__cause__.sqlstate == "42501"  # type: ignore[union-attr]
    return False


def test_every_table_of_the_database_is_declared(db: None) -> None:
    found = rows(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')"
    )

    assert {name for (name,) in found} == set(TABLES)


def test_the_application_may_do_in_each_table_what_is_declared_and_nothing_else(db: None) -> None:
    granted: dict[str, set[str]] = {table: set() for table in TABLES}
    for table, privilege in rows(_GRANTED, list(EVERY_PRIVILEGE)):
        granted[table].add(privilege)

    assert granted == {table: {str(right) for right in declared} for table, declared in TABLES.items()}


def test_the_application_takes_the_next_number_of_the_declared_sequences_and_sets_none(db: None) -> None:
    usable = rows(
        "select sequencename, p.name from pg_sequences cross join unnest('{usage, select, update}'::text[]) p(name)"
        " where schemaname = 'public' and has_sequence_privilege(quote_ident(sequencename), p.name)"
    )

    assert usable == [(sequence, "usage") for sequence in rights.SEQUENCES]


def test_a_new_table_is_out_of_reach_until_it_is_declared(db: None) -> None:
    rows("select test_as_owner('create table contacts_new (id int)')")

    assert refused("select * from contacts_new")


def test_a_model_whose_table_is_not_declared_stops_prepare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TABLES, "contacts_exclusion")

    with pytest.raises(ImproperlyConfigured, match="contacts_exclusion"):
        rights.grant(None)


def test_the_functions_with_their_owners_rights_are_declared(db: None) -> None:
    found = rows(
        "select oid::regprocedure::text from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
        " and proname <> 'test_as_owner'"
    )

    assert {name.replace(",", ", ") for (name,) in found} == set(rights.FUNCTIONS)


def test_the_functions_with_their_owners_rights_look_for_tables_where_nobody_puts_others(db: None) -> None:
    paths = rows(
        "select proconfig from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
        " and proname <> 'test_as_owner'"
    )

    assert paths == [(["search_path=pg_catalog, public, pg_temp"],)] * len(rights.FUNCTIONS)


@pytest.mark.parametrize(
    "statement",
    [
        "update accounts_auditevent set subject = ''",
        "delete from accounts_auditevent",
        "truncate accounts_auditevent",
        "truncate contacts_exclusion",
        "select * from django_migrations",
        "delete from django_migrations",
        "insert into django_migrations (app, name, applied) values ('contacts', 'x', now())",
        "update django_admin_log set change_message = ''",
        "delete from django_admin_log",
        "delete from accounts_account",
        "delete from accounts_user",
        "update accounts_user set is_superuser = true",
        "update accounts_user set is_staff = true",
        "insert into accounts_user (email, is_superuser) values ('a@example.com', true)",
        "insert into accounts_user (email, is_staff) values ('a@example.com', default)",
        "insert into accounts_user_user_permissions (user_id, permission_id) values (1, 1)",
        "insert into auth_group (name) values ('x')",
        "alter table contacts_exclusion disable row level security",
        "create trigger x before insert on contacts_exclusion execute function suppress_redundant_updates_trigger()",
        "create table x (id int)",
    ],
)
def test_the_database_refuses(account: Account, statement: str) -> None:
    with account_context(account):
        assert refused(statement)


def test_the_journal_takes_events_and_gives_them_back(in_account: Account, marketer: User) -> None:
    audit.record(in_account, "LIST_CREATED", "Clients", by=marketer, now=NOW)

    assert AuditEvent.objects.get().subject == "Clients"


def test_the_model_cannot_be_saved_with_powers(db: None) -> None:
    with pytest.raises(ValueError, match="powers"):
        User.objects.create_user("a@example.com", is_superuser=True)


def test_saving_somebody_leaves_their_powers_alone(db: None) -> None:
    stale = User.objects.create_user("a@example.com")
    stale.is_superuser, stale.name = True, "Alix"

    stale.save()

    stale.refresh_from_db()
    assert (stale.name, stale.is_superuser) == ("Alix", False)


def test_a_query_cannot_give_powers(db: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.update(is_superuser=True)


def test_a_platform_admin_gives_powers_and_the_history_says_so(db: None, marketer: User) -> None:
    admin = platform_admin()

    powers.change(marketer.pk, is_staff=True, is_superuser=False, by=admin.pk)

    marketer.refresh_from_db()
    event = LogEntry.objects.get()
    assert (marketer.is_staff, marketer.is_superuser) == (True, False)
    assert (event.user, event.object_id, event.object_repr) == (admin, str(marketer.pk), marketer.email)
    assert event.get_change_message() == "is_staff: true, is_superuser: false"


def test_powers_that_somebody_has_already_leave_no_entry(db: None, marketer: User) -> None:
    powers.change(marketer.pk, is_staff=False, is_superuser=False, by=platform_admin().pk)

    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize("is_active", [True, False], ids=["no admin", "an admin who is deactivated"])
def test_nobody_else_gives_powers(marketer: User, is_active: bool) -> None:
    actor = marketer if is_active else platform_admin(is_active=False)

    with pytest.raises(ProgrammingError), transaction.atomic():
        powers.change(marketer.pk, is_staff=True, is_superuser=True, by=actor.pk)

    marketer.refresh_from_db()
    assert (marketer.is_staff, marketer.is_superuser) == (False, False)


def test_the_administration_gives_powers(db: None, marketer: User, sign_in: SignIn) -> None:
    client: Client = sign_in(platform_admin())
    names = ("email", "name", "language", "time_zone", "theme")
    profile = {name: getattr(marketer, name) for name in names}
    url = reverse("admin:accounts_user_change", args=[marketer.pk])

    answer = client.post(url, profile | {"is_active": "on", "is_staff": "on"})

    marketer.refresh_from_db()
    assert (answer.status_code, marketer.is_staff, marketer.is_superuser) == (302, True, False)
    assert "is_staff: true" in client.get(reverse("admin:accounts_user_history", args=[marketer.pk])).content.decode()
