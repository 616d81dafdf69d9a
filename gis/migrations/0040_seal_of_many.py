from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0036_likeness_by_length")]
    operations = [SQLFile("gis", "history_leaves_v2")]
