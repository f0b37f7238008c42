"""The database refuses to leak: tried for every model that carries an account id, on every road to its rows."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from contacts.models import (
    ContactList,
    EntryKey,
    ErasedExclusion,
    Erasure,
    Exclusion,
    ExclusionInbox,
    Export,
    Import,
    ImportChange,
    ImportRecipe,
    ListBatch,
    ListEntry,
)
from directory.models import (
    Attribute,
    Contact,
    ContactBatch,
    ContactChange,
    ContactKey,
    ContactTally,
    Directory,
    KeyBacklog,
    ListMerge,
    MergedEntry,
    ModeSwitch,
    ShownColumns,
)
from smsplatform.accounts.models import Account, AuditEvent, Invitation, Membership, SentForm, User
from smsplatform.accounts.rights import TABLES, Right
from smsplatform.accounts.tenancy import account_context, tenant_models, user_context
from tests.conftest import NOW

PHONE = 33639980000


def make_list(account: Account) -> ContactList:
    return ContactList.objects.create(account=account, name="Clients", created_at=NOW, updated_at=NOW, last_used_at=NOW)


def make_import(account: Account) -> Import:
    return Import.objects.create(
        account=account,
        contact_list=make_list(account),
        list_name="Clients",
        file_path="x",
        size_bytes=1,
        region="FR",
        created_at=NOW,
    )


def make_merge(account: Account) -> ListMerge:
    return ListMerge.objects.create(account=account, name="Clients", created_at=NOW, heartbeat_at=NOW)


MAKERS: dict[type[models.Model], Callable[[Account], models.Model]] = {
    ContactList: make_list,
    Import: make_import,
    ListEntry: lambda account: ListEntry.objects.create(account=account, contact_list=make_list(account), phone=PHONE),
    EntryKey: lambda account: EntryKey.objects.create(
        account=account, contact_list=make_list(account), facet="", key="lyon", phone=PHONE
    ),
    ImportChange: lambda account: ImportChange.objects.create(
        account=account, imported=make_import(account), phone=PHONE, kind="A"
    ),
    ImportRecipe: lambda account: ImportRecipe.objects.create(
        account=account, shape="x", names=[], settings={}, used_at=NOW
    ),
    Erasure: lambda account: Erasure.objects.create(account=account, created_at=NOW, asked_at=NOW, heartbeat_at=NOW),
    ErasedExclusion: lambda account: ErasedExclusion.objects.create(
        account=account, digest=b"x", bucket=1, source="STOP", at=NOW
    ),
    Export: lambda account: Export.objects.create(account=account, name="Clients", created_at=NOW, heartbeat_at=NOW),
    ListBatch: lambda account: ListBatch.objects.create(
        account=account, action="DELETE", list_ids=[], created_at=NOW, heartbeat_at=NOW
    ),
    Attribute: lambda account: Attribute.objects.create(
        account=account, key="a1", name="Ville", variable="ville", position=1, created_at=NOW
    ),
    Contact: lambda account: Contact.objects.create(
        account=account, phone=PHONE, source="PERSON", created_at=NOW, updated_at=NOW
    ),
    ContactBatch: lambda account: ContactBatch.objects.create(
        account=account, action="DELETE", created_at=NOW, heartbeat_at=NOW
    ),
    ContactChange: lambda account: ContactChange.objects.create(
        account=account, phone=PHONE, kind="C", source="PERSON", at=NOW
    ),
    ContactKey: lambda account: ContactKey.objects.create(account=account, facet="", key="lyon", phone=PHONE),
    ContactTally: lambda account: ContactTally.objects.create(account=account, contacts=1),
    Directory: lambda account: Directory.objects.create(account=account, switched_on_at=NOW),
    KeyBacklog: lambda account: KeyBacklog.objects.create(
        account=account, imported=make_import(account), created_at=NOW
    ),
    ListMerge: make_merge,
    MergedEntry: lambda account: MergedEntry.objects.create(account=account, merge=make_merge(account), phone=PHONE),
    ModeSwitch: lambda account: ModeSwitch.objects.create(
        account=account, direction="ON", created_at=NOW, heartbeat_at=NOW
    ),
    ShownColumns: lambda account: ShownColumns.objects.create(
        account=account, user=User.objects.create_user(f"reader{account.pk}@example.com"), columns=[]
    ),
    Exclusion: lambda account: Exclusion.objects.create(account=account, phone=PHONE, source="STOP", at=NOW),
    ExclusionInbox: lambda account: ExclusionInbox.objects.create(
        account=account, id=account.pk, phone=PHONE, source="STOP", at=NOW
    ),
    AuditEvent: lambda account: AuditEvent.objects.create(
        account=account, at=NOW, action="LIST_CREATED", subject="Clients"
    ),
    SentForm: lambda account: SentForm.objects.create(account=account, key="x", at=NOW),
    Invitation: lambda account: Invitation.objects.create(account=account, email="a@example.com", sent_at=NOW),
    Membership: lambda account: Membership.objects.create(
        account=account, user=User.objects.create_user(f"member{account.pk}@example.com")
    ),
}
every_model = pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)


def make(model: type[models.Model], account: Account) -> models.Model:
    with account_context(account):
        return MAKERS[model](account)


def manager(model: type[models.Model]) -> Any:
    return model._default_manager


def sql(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def test_every_model_with_an_account_is_tried_here() -> None:
    assert set(MAKERS) == set(tenant_models())


def test_the_application_role_cannot_step_over_row_level_security(db: None) -> None:
    owned = sql(
        "select count(*) from pg_class where relowner = (select oid from pg_roles where rolname = current_user)"
    )
    role = sql("select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user")

    assert owned == [(0,)]
    assert role == [(False, False, False)]


@every_model
def test_the_table_has_forced_security_for_reading_and_writing(db: None, model: type[models.Model]) -> None:
    table = model._meta.db_table

    flags = sql(f"select relrowsecurity, relforcerowsecurity from pg_class where oid = '{table}'::regclass")
    policies = sql(
        f"select cmd, permissive, qual is not null, with_check is not null from pg_policies where tablename = '{table}'"
    )

    assert flags == [(True, True)]
    assert policies == [("ALL", "PERMISSIVE", True, True)]


@every_model
def test_a_query_outside_an_account_raises(account: Account, model: type[models.Model]) -> None:
    make(model, account)

    with pytest.raises(DatabaseError), transaction.atomic():
        manager(model).count()


@every_model
def test_an_insert_outside_an_account_raises(account: Account, model: type[models.Model]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        MAKERS[model](account)


@every_model
def test_rows_are_unreadable_from_another_account(
    account: Account, other_account: Account, model: type[models.Model]
) -> None:
    make(model, account)

    with account_context(other_account):
        by_orm = manager(model).count()
        by_sql = sql(f"select count(*) from {model._meta.db_table}")
        with (
            connection.cursor() as cursor,
            cursor.copy(f"copy (select * from {model._meta.db_table}) to stdout") as copy,
        ):
            by_copy = list(copy)

    assert by_orm == 0
    assert by_sql == [(0,)]
    assert by_copy == []


@every_model
def test_rows_cannot_be_deleted_or_changed_from_another_account(
    account: Account, other_account: Account, model: type[models.Model]
) -> None:
    make(model, account)
    column = next(field.column for field in model._meta.concrete_fields if field.column not in KEYS)

    with account_context(other_account):
        deleted = 0 if refused(model, Right.DELETE) else sql(f"delete from {model._meta.db_table}")
        changed = 0 if refused(model, Right.UPDATE) else sql(f"update {model._meta.db_table} set {column} = {column}")

    with account_context(account):
        left = manager(model).count()
    assert (deleted, changed, left) == (0, 0, 1)


def refused(model: type[models.Model], right: Right) -> bool:
    """Whether the application may do this in no account; tests/accounts/test_rights.py tries it."""
    return right not in TABLES[model._meta.db_table]


KEYS = {"id", "account_id", "list_id", "import_id", "facet", "phone"}


@every_model
def test_rows_cannot_be_inserted_for_another_account(
    account: Account, other_account: Account, model: type[models.Model]
) -> None:
    with account_context(other_account), pytest.raises(DatabaseError), transaction.atomic():
        MAKERS[model](account)


@every_model
def test_rows_cannot_be_moved_to_another_account(
    account: Account, other_account: Account, model: type[models.Model]
) -> None:
    make(model, account)

    with account_context(account), pytest.raises(DatabaseError), transaction.atomic():
        sql(f"update {model._meta.db_table} set account_id = {other_account.pk}")


@every_model
def test_copy_into_the_table_is_refused(account: Account, model: type[models.Model]) -> None:
    statement = f"copy {model._meta.db_table} from stdin"

    with account_context(account), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(psycopg.errors.FeatureNotSupported), cursor.copy(statement) as copy:
            copy.write("")
        transaction.set_rollback(True)


def test_every_reference_between_tenant_rows_is_compared_with_the_account() -> None:
    tenants = set(tenant_models())
    references = {
        (model, field.name)
        for model in tenants
        for field in model._meta.concrete_fields
        if field.related_model in tenants
    }

    assert references == {
        (Import, "contact_list"),
        (Import, "parent"),
        (ImportChange, "imported"),
        (ListEntry, "contact_list"),
        (EntryKey, "contact_list"),
        (Contact, "imported"),
        (ContactChange, "imported"),
        (ContactBatch, "contact_list"),
        (KeyBacklog, "imported"),
        (ListMerge, "first"),
        (ListMerge, "second"),
        (ListMerge, "target"),
        (MergedEntry, "merge"),
    }


POINTERS: dict[str, tuple[type[models.Model], str, type[models.Model]]] = {
    "a contact and its import": (Contact, "import_id", Import),
    "a change and its import": (ContactChange, "import_id", Import),
    "a batch and its list": (ContactBatch, "list_id", ContactList),
    "contacts to index and their import": (KeyBacklog, "import_id", Import),
    "a merge and its first list": (ListMerge, "first_list_id", ContactList),
    "a merge and its second list": (ListMerge, "second_list_id", ContactList),
    "a merge and its result": (ListMerge, "target_list_id", ContactList),
    "an entry and its merge": (MergedEntry, "merge_id", ListMerge),
}


@pytest.mark.parametrize("pointer", POINTERS)
def test_no_row_of_the_directory_points_at_another_accounts(
    account: Account, other_account: Account, pointer: str
) -> None:
    model, column, target = POINTERS[pointer]
    theirs = make(target, account)

    with account_context(other_account), pytest.raises(IntegrityError), transaction.atomic():
        MAKERS[model](other_account)
        sql(f"update {model._meta.db_table} set {column} = {theirs.pk}")
        sql("set constraints all immediate")


def test_search_keys_cannot_point_at_another_accounts_list(account: Account, other_account: Account) -> None:
    theirs = make(ContactList, account)

    with account_context(other_account), pytest.raises(IntegrityError), transaction.atomic():
        EntryKey.objects.create(account=other_account, contact_list_id=theirs.pk, facet="", key="lyon", phone=PHONE)


def test_changes_cannot_point_at_another_accounts_import(account: Account, other_account: Account) -> None:
    theirs = make(Import, account)

    with account_context(other_account), pytest.raises(IntegrityError), transaction.atomic():
        ImportChange.objects.create(account=other_account, imported_id=theirs.pk, phone=PHONE, kind="A")


def test_an_import_cannot_mend_another_accounts_import(account: Account, other_account: Account) -> None:
    theirs = make(Import, account)

    with account_context(other_account), pytest.raises(IntegrityError), transaction.atomic():
        Import.objects.filter(pk=make_import(other_account).pk).update(parent_id=theirs.pk)
        sql("set constraints all immediate")


def test_an_entry_cannot_join_another_accounts_list(account: Account, other_account: Account) -> None:
    theirs = make(ContactList, account)

    with account_context(other_account), pytest.raises(IntegrityError), transaction.atomic():
        ListEntry.objects.create(account=other_account, contact_list_id=theirs.pk, phone=PHONE)


def test_an_import_cannot_point_at_another_accounts_list(account: Account, other_account: Account) -> None:
    theirs = make(ContactList, account)

    with account_context(other_account), pytest.raises(IntegrityError), transaction.atomic():
        mine = make_import(other_account)
        Import.objects.filter(pk=mine.pk).update(contact_list_id=theirs.pk)
        sql("set constraints all immediate")


def test_a_nested_context_gives_the_outer_account_back(account: Account, other_account: Account) -> None:
    make(ContactList, account)

    with account_context(account):
        with account_context(other_account):
            inside = ContactList.objects.count()
        outside = ContactList.objects.count()

    assert (inside, outside) == (0, 1)


def test_a_person_reads_their_own_memberships_and_no_others(account: Account, other_account: Account) -> None:
    mine = make(Membership, account)
    make(Membership, other_account)

    with user_context(mine.user):
        found = list(Membership.objects.values_list("pk", flat=True))

    assert found == [mine.pk]


def test_a_person_cannot_give_themselves_a_membership(account: Account, other_account: Account) -> None:
    person = make(Membership, account).user

    with user_context(person), pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.create(account=other_account, user=person)


def test_the_context_does_not_outlive_its_transaction(account: Account) -> None:
    with account_context(account):
        assert ContactList.objects.count() == 0

    with pytest.raises(DatabaseError), transaction.atomic():
        ContactList.objects.count()
