from django.db import migrations

from smsplatform.accounts.tenancy import AccountForeignKey, PointsAt, RowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_editor_imports_and_jobs")]

    operations = [
        AccountForeignKey("contacts_import", "parent_id", "contacts_import"),
        RowLevelSecurity("contacts_entrykey"),
        RowLevelSecurity("contacts_importchange"),
        RowLevelSecurity("contacts_importrecipe"),
        RowLevelSecurity("contacts_export"),
        RowLevelSecurity("contacts_listbatch"),
        PointsAt("contacts_entrykey", "list_id", "contacts_contactlist"),
        PointsAt("contacts_importchange", "import_id", "contacts_import"),
    ]
