from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_tenancy_of_jobs_and_changes")]

    operations = [
        migrations.AddIndex(
            model_name="exclusion",
            index=models.Index(fields=["account", "source", "-at", "-id"], name="exclusion_newest_first"),
        ),
    ]
