from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_member_counts")]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["account", "actor", "-at", "-id"], name="audit_of_one_person"),
        ),
    ]
