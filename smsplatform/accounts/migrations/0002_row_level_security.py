from django.db import migrations

from smsplatform.accounts.tenancy import MEMBERSHIP_POLICY, RowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        RowLevelSecurity("accounts_membership", MEMBERSHIP_POLICY),
        RowLevelSecurity("accounts_invitation"),
        RowLevelSecurity("accounts_auditevent"),
    ]
