import django.db.models.deletion
from django.db import migrations, models

from smsplatform.accounts.tenancy import RowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_of_one_person")]

    operations = [
        migrations.CreateModel(
            name="SentForm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("location", models.TextField(default="")),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
        ),
        RowLevelSecurity("accounts_sentform"),
    ]
