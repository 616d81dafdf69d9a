from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_tally")]
    operations = [
        SQLFile("apps.accounts", "access_everywhere_v1"),
        SQLFile("apps.accounts", "access_keep_columns_v1"),
    ]
