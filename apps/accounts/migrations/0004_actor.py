from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_fill_authority")]
    operations = [SQLFile("apps.accounts", "access_actor_v1")]
