from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_day_of_the_platform")]
    operations = [SQLFile("apps.accounts", "access_managed_v1")]
