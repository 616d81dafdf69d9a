from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        SQLFile("gis", "gis_uuid7_v1"),
        SQLFile("gis", "gis_norm_ar_v1"),
        SQLFile("gis", "gis_sound_v1"),
        SQLFile("gis", "gis_cell_v1"),
    ]
