from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_key_made_at")]
    operations = [SQLFile("apps.accounts", "access_authorities_v2")]
