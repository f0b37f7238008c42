from django.db import migrations

# Opens one account after the other, as the caller and no more: the policies apply inside, and the caller's account
# is open again at the end. Account managers are not people of the account.
CREATE = """
create function accounts_member_counts(ids bigint[]) returns table (id bigint, members bigint) language plpgsql as $$
declare
    before text := coalesce(current_setting('app.account_id', true), '');
begin
    foreach id in array ids loop
        perform set_config('app.account_id', id::text, true);
        select count(*) into members from accounts_membership m
            where m.account_id = accounts_member_counts.id and m.role <> 'ACCOUNT_MANAGER';
        return next;
    end loop;
    perform set_config('app.account_id', before, true);
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_row_level_security")]

    operations = [migrations.RunSQL(CREATE, "drop function accounts_member_counts(bigint[])")]
