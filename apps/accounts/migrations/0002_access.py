from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        SQLFile("apps.accounts", "access_authorities_v1"),
        SQLFile("apps.accounts", "access_codes_v1"),
    ]
