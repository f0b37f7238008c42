from django.db import migrations

# A transaction that writes much says so (`operations.counting`). Then no statement waits for exclusions or keeps them waiting:
# lists are marked, and a deferred trigger counts their exclusions once, as the transaction ends or sooner when it is asked to.
ENTRIES = """
create or replace function contacts_count_entries() returns trigger language plpgsql as $$
declare
    sign int := case when tg_op = 'DELETE' then -1 else 1 end;
    at_end boolean := coalesce(current_setting('app.counting', true), '') = 'at end';
    strangers int;
begin
    if not at_end then
        perform pg_advisory_xact_lock_shared(hashtextextended('exclusions', account_id))
            from (select distinct account_id from changed order by 1) a;
    end if;
    with totals as (
        select c.account_id, c.list_id, count(*) as contacts from changed c group by c.account_id, c.list_id
    ), counted as (
        update contacts_contactlist l
        set contact_count = l.contact_count + sign * t.contacts, recount = l.recount or at_end
        from totals t where l.account_id = t.account_id and l.id = t.list_id
        returning l.id
    )
    select (select count(*) from totals) - (select count(*) from counted) into strangers;
    if strangers > 0 then
        raise foreign_key_violation using message = 'list entries of a list that is not in their account';
    end if;
    if not at_end then
        update contacts_contactlist l set excluded_count = l.excluded_count + sign * t.n
        from (
            select c.account_id, c.list_id, count(*) as n
            from changed c join contacts_exclusion x on x.account_id = c.account_id and x.phone = c.phone
            group by c.account_id, c.list_id
        ) t where l.account_id = t.account_id and l.id = t.list_id;
    end if;
    return null;
end $$;
"""
# From the side that has fewer numbers, by their keys: what the planner knows of a table that was filled a moment ago may say
# that it is empty. The account is opened anew, since a transaction may have left it by the time it ends.
RECOUNT = """
create function contacts_recount_excluded() returns trigger language plpgsql
set enable_seqscan = off set plan_cache_mode = force_custom_plan as $$
declare
    opened text := coalesce(current_setting('app.account_id', true), '');
    contacts int;
    excluded int;
begin
    perform set_config('app.account_id', new.account_id::text, true);
    perform pg_advisory_xact_lock_shared(hashtextextended('exclusions', new.account_id));
    select contact_count into contacts from contacts_contactlist where account_id = new.account_id and id = new.id;
    select count(*) into excluded
        from (select from contacts_exclusion where account_id = new.account_id limit contacts) few;
    if excluded < contacts then
        select count(*) into excluded from contacts_exclusion x cross join lateral (
            select from contacts_listentry e
            where e.account_id = x.account_id and e.list_id = new.id and e.phone = x.phone offset 0
        ) e where x.account_id = new.account_id;
    else
        select count(*) into excluded from contacts_listentry e cross join lateral (
            select from contacts_exclusion x where x.account_id = e.account_id and x.phone = e.phone offset 0
        ) x where e.account_id = new.account_id and e.list_id = new.id;
    end if;
    update contacts_contactlist set excluded_count = excluded, recount = false
        where account_id = new.account_id and id = new.id;
    perform set_config('app.account_id', opened, true);
    return null;
end $$;
create constraint trigger contacts_recount after update on contacts_contactlist
    deferrable initially deferred for each row when (new.recount and not old.recount)
    execute function contacts_recount_excluded();
"""
RECOUNT_REVERSE = """
drop trigger contacts_recount on contacts_contactlist; drop function contacts_recount_excluded;
"""
# Plans of a moment: those made for a handful of rows are kept by a session, and may read whole tables for many.
PLANS = """
alter function contacts_count_exclusions() set enable_seqscan = off;
alter function contacts_count_exclusions() set plan_cache_mode = force_custom_plan;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0008_exclusion_inbox")]

    operations = [
        migrations.RunSQL(ENTRIES, migrations.RunSQL.noop),
        migrations.RunSQL(RECOUNT, RECOUNT_REVERSE),
        migrations.RunSQL(PLANS, "alter function contacts_count_exclusions() reset all"),
    ]
