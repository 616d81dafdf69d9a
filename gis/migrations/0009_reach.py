from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0008_personal_columns")]
    operations = [SQLFile("gis", "history_reach_v1")]
