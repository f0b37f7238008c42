from django.db import migrations

from smsplatform.accounts.tenancy import AccountForeignKey, RowLevelSecurity

# As for entries: these rows are written by the million, so the account of what they point at is checked once per statement.
POINTING = """
create function contacts_check_{name}() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct account_id, {column} from changed) c
        where not exists (select from {target} t where t.account_id = c.account_id and t.id = c.{column})
    ) then
        raise foreign_key_violation using message = '{table} of another account';
    end if;
    return null;
end $$;
create trigger check_inserted after insert on {table}
    referencing new table as changed for each statement execute function contacts_check_{name}();
create trigger check_updated after update on {table}
    referencing new table as changed for each statement execute function contacts_check_{name}();
"""
POINTING_REVERSE = """
drop trigger check_updated on {table}; drop trigger check_inserted on {table}; drop function contacts_check_{name};
"""


def points_at(name: str, table: str, column: str, target: str) -> migrations.RunSQL:
    names = {"name": name, "table": table, "column": column, "target": target}
    return migrations.RunSQL(POINTING.format(**names), POINTING_REVERSE.format(**names))


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_editor_imports_and_jobs")]

    operations = [
        AccountForeignKey("contacts_import", "parent_id", "contacts_import"),
        RowLevelSecurity("contacts_entrykey"),
        RowLevelSecurity("contacts_importchange"),
        RowLevelSecurity("contacts_importrecipe"),
        RowLevelSecurity("contacts_export"),
        RowLevelSecurity("contacts_listbatch"),
        points_at("entry_keys", "contacts_entrykey", "list_id", "contacts_contactlist"),
        points_at("import_changes", "contacts_importchange", "import_id", "contacts_import"),
    ]
