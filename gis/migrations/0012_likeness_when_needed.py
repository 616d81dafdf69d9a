from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0011_closer")]
    operations = [SQLFile("gis", "gis_likeness_v3")]
