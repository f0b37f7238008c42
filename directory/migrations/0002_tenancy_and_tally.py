from django.db import migrations

from smsplatform.accounts.tenancy import AccountForeignKey, PointsAt, RowLevelSecurity

# Each statement adds a row with its own number of contacts: a counter in one row would make everybody wait for an import.
TALLY = """
create function directory_tally_contacts() returns trigger language plpgsql as $$
declare
    sign int := case when tg_op = 'DELETE' then -1 else 1 end;
begin
    insert into directory_contacttally (account_id, contacts)
        select account_id, sign * count(*) from changed group by account_id;
    return null;
end $$;
create trigger tally_inserted after insert on directory_contact
    referencing new table as changed for each statement execute function directory_tally_contacts();
create trigger tally_deleted after delete on directory_contact
    referencing old table as changed for each statement execute function directory_tally_contacts();
create function directory_keep_contact_key() returns trigger language plpgsql as $$
begin
    raise exception 'the account and phone of a contact never change: delete it and insert another';
end $$;
create trigger keep_key before update of account_id, phone on directory_contact
    for each statement execute function directory_keep_contact_key();
"""
TALLY_REVERSE = """
drop trigger keep_key on directory_contact; drop trigger tally_deleted on directory_contact;
drop trigger tally_inserted on directory_contact;
drop function directory_keep_contact_key; drop function directory_tally_contacts;
"""
TABLES = (
    "attribute",
    "contact",
    "contactbatch",
    "contactchange",
    "contactkey",
    "contacttally",
    "directory",
    "keybacklog",
    "listmerge",
    "mergedentry",
    "modeswitch",
    "showncolumns",
)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [
        AccountForeignKey("directory_keybacklog", "import_id", "contacts_import"),
        AccountForeignKey("directory_contactbatch", "list_id", "contacts_contactlist"),
        AccountForeignKey("directory_listmerge", "first_list_id", "contacts_contactlist"),
        AccountForeignKey("directory_listmerge", "second_list_id", "contacts_contactlist"),
        AccountForeignKey("directory_listmerge", "target_list_id", "contacts_contactlist"),
        *(RowLevelSecurity(f"directory_{table}") for table in TABLES),
        PointsAt("directory_contact", "import_id", "contacts_import"),
        PointsAt("directory_contactchange", "import_id", "contacts_import"),
        PointsAt("directory_mergedentry", "merge_id", "directory_listmerge"),
        migrations.RunSQL(TALLY, TALLY_REVERSE),
    ]
