from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0001_functions")]
    operations = [
        SQLFile("gis", "gis_pinned_srid_v1"),
        SQLFile("gis", "gis_to_storage_v1"),
        SQLFile("gis", "gis_from_storage_v1"),
    ]
