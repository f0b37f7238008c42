from django.db import migrations


def seal(apps, schema_editor):
    """Seal the secrets that were kept in the clear; what is sealed already stays readable."""
    from smsplatform.accounts.second_step import resealed

    for step in apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias).all():
        step.data = resealed(step.data)
        step.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_powers_by_a_function"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
