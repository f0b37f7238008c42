from django.db import migrations

from smsplatform.accounts.tenancy import AccountForeignKey, RowLevelSecurity

# Entries are written by the million, where a foreign key checked per row costs half as much again as the rows themselves.
# These statement triggers look at the distinct lists of a statement instead, and keep the lists' counts in the same pass,
# so that counts are exact whoever writes and however. The two advisory locks make entries and exclusions
# of one account wait for each other, since neither could count what the other has not committed.
ENTRIES = """
create function contacts_count_entries() returns trigger language plpgsql as $$
declare
    sign int := case when tg_op = 'DELETE' then -1 else 1 end;
    strangers int;
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('exclusions', account_id))
        from (select distinct account_id from changed order by 1) a;
    with totals as (
        select c.account_id, c.list_id, count(*) as contacts, count(e.phone) as excluded
        from changed c left join contacts_exclusion e on e.account_id = c.account_id and e.phone = c.phone
        group by c.account_id, c.list_id
    ), counted as (
        update contacts_contactlist l
        set contact_count = l.contact_count + sign * t.contacts, excluded_count = l.excluded_count + sign * t.excluded
        from totals t where l.account_id = t.account_id and l.id = t.list_id
        returning l.id
    )
    select (select count(*) from totals) - (select count(*) from counted) into strangers;
    if strangers > 0 then
        raise foreign_key_violation using message = 'list entries of a list that is not in their account';
    end if;
    return null;
end $$;
create trigger count_inserted after insert on contacts_listentry
    referencing new table as changed for each statement execute function contacts_count_entries();
create trigger count_deleted after delete on contacts_listentry
    referencing old table as changed for each statement execute function contacts_count_entries();
create function contacts_keep_entry_key() returns trigger language plpgsql as $$
begin
    raise exception 'the account, list and phone of an entry never change: delete it and insert another';
end $$;
create trigger keep_key before update of account_id, list_id, phone on contacts_listentry
    for each statement execute function contacts_keep_entry_key();
"""
ENTRIES_REVERSE = """
drop trigger keep_key on contacts_listentry; drop trigger count_deleted on contacts_listentry;
drop trigger count_inserted on contacts_listentry;
drop function contacts_keep_entry_key; drop function contacts_count_entries;
"""

EXCLUSIONS = """
create function contacts_count_exclusions() returns trigger language plpgsql as $$
declare
    sign int := case when tg_op = 'DELETE' then -1 else 1 end;
begin
    perform pg_advisory_xact_lock(hashtextextended('exclusions', account_id))
        from (select distinct account_id from changed order by 1) a;
    update contacts_contactlist l set excluded_count = l.excluded_count + sign * t.n
    from (
        select x.account_id, x.list_id, count(*) as n
        from changed c join contacts_listentry x on x.account_id = c.account_id and x.phone = c.phone
        group by x.account_id, x.list_id
    ) t where l.account_id = t.account_id and l.id = t.list_id;
    return null;
end $$;
create trigger count_inserted after insert on contacts_exclusion
    referencing new table as changed for each statement execute function contacts_count_exclusions();
create trigger count_deleted after delete on contacts_exclusion
    referencing old table as changed for each statement execute function contacts_count_exclusions();
create function contacts_keep_exclusion_key() returns trigger language plpgsql as $$
begin
    raise exception 'the account and phone of an exclusion never change: delete it and insert another';
end $$;
create trigger keep_key before update of account_id, phone on contacts_exclusion
    for each statement execute function contacts_keep_exclusion_key();
"""
EXCLUSIONS_REVERSE = """
drop trigger keep_key on contacts_exclusion; drop trigger count_deleted on contacts_exclusion;
drop trigger count_inserted on contacts_exclusion;
drop function contacts_keep_exclusion_key; drop function contacts_count_exclusions;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [
        # Before row-level security: adding the key reads every row of both tables, outside any account.
        AccountForeignKey("contacts_import", "list_id", "contacts_contactlist"),
        RowLevelSecurity("contacts_contactlist"),
        RowLevelSecurity("contacts_listentry"),
        RowLevelSecurity("contacts_exclusion"),
        RowLevelSecurity("contacts_import"),
        migrations.RunSQL(ENTRIES, ENTRIES_REVERSE),
        migrations.RunSQL(EXCLUSIONS, EXCLUSIONS_REVERSE),
    ]
