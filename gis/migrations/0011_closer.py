from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0010_synonyms")]
    operations = [
        SQLFile("gis", "gis_delete_own_v1"),
        SQLFile("gis", "gis_uuid7_of_day_v1"),
        SQLFile("gis", "history_reach_v2"),
    ]
