from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0007_overlaps")]
    operations = [SQLFile("gis", "history_track_v2")]
