from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0006_imports")]
    operations = [
        SQLFile("gis", "gis_cells_v1"),
        SQLFile("gis", "gis_hold_cells_v1"),
        SQLFile("gis", "gis_overlap_width_v1"),
        SQLFile("gis", "gis_may_overlap_v1"),
    ]
