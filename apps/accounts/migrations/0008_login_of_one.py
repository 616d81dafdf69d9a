from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_managed")]
    operations = [SQLFile("apps.accounts", "access_authorities_v3")]
