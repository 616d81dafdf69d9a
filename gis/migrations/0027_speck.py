from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0021_tiles")]
    operations = [SQLFile("gis", "gis_overlap_width_v2")]
