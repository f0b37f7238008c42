from django.db import migrations

from smsplatform.accounts.tenancy import RowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_erasures")]

    operations = [RowLevelSecurity("contacts_erasedexclusion"), RowLevelSecurity("contacts_erasure")]
