from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("parcels", "0006_overlap_at_the_end"), ("spatial", "0028_core")]
    operations = [SQLFile("apps.parcels", "parcels_rivals_written_v2")]
