from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("parcels", "0007_overlap_by_core")]
    operations = [
        SQLFile("apps.parcels", "parcels_overlap_due_v3"),
        SQLFile("apps.parcels", "parcels_check_late_v3"),
        SQLFile("apps.parcels", "parcels_do_not_overlap_v4"),
        SQLFile("apps.parcels", "parcels_rivals_written_v3"),
        SQLFile("apps.parcels", "parcels_clashes_v2"),
    ]
