from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0027_speck")]
    operations = [SQLFile("gis", "gis_core_v1")]
