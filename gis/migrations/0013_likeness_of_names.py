from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0012_likeness_when_needed")]
    operations = [SQLFile("gis", "gis_likeness_v4")]
