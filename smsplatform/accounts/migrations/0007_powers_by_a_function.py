from django.db import migrations, models

# The caller says who acts, and the function believes that much; but whoever acts must be a platform admin, and what they
# did is in a history that the application's role can add to and never change.
CREATE = """
create function accounts_change_powers(actor bigint, person bigint, staff boolean, superuser boolean) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    address text;
begin
    if not exists (select from accounts_user u where u.id = actor and u.is_active and u.is_superuser) then
        raise insufficient_privilege using message = 'only a platform admin changes who is one';
    end if;
    update accounts_user u set is_staff = staff, is_superuser = superuser
        where u.id = person and (u.is_staff, u.is_superuser) is distinct from (staff, superuser)
        returning u.email into address;
    if address is not null then
        insert into django_admin_log
            (action_time, user_id, content_type_id, object_id, object_repr, action_flag, change_message)
        select now(), actor, (select c.id from django_content_type c where c.app_label = 'accounts' and c.model = 'user'),
            person::text, left(address, 200), 2,
            format('is_staff: %s, is_superuser: %s', staff::text, superuser::text);
    end if;
end $$;
revoke all on function accounts_change_powers(bigint, bigint, boolean, boolean) from public;
"""
DROP = "drop function accounts_change_powers(bigint, bigint, boolean, boolean)"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_files_quota"), ("admin", "0003_logentry_add_action_flag_choices")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="is_staff",
            field=models.BooleanField(db_default=False, default=False, verbose_name="platform admin"),
        ),
        migrations.AlterField(
            model_name="user",
            name="is_superuser",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Designates that this user has all permissions without explicitly assigning them.",
                verbose_name="superuser status",
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
