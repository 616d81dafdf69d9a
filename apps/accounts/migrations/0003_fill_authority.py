from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_access")]
    operations = [SQLFile("apps.accounts", "access_fill_authority_v1")]
