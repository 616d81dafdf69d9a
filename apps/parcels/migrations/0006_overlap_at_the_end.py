from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("parcels", "0005_overlap_late")]
    operations = [
        SQLFile("apps.parcels", "parcels_overlap_due_v2"),
        SQLFile("apps.parcels", "parcels_check_late_v2"),
        SQLFile("apps.parcels", "parcels_refuse_v1"),
        SQLFile("apps.parcels", "parcels_refuse_rivals_v2"),
        SQLFile("apps.parcels", "parcels_rivals_written_v1"),
        SQLFile("apps.parcels", "parcels_compare_late_v2"),
        SQLFile("apps.parcels", "parcels_do_not_overlap_v3"),
    ]
