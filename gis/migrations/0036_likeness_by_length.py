from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0037_origins_by_statement")]
    operations = [SQLFile("gis", "gis_likeness_v6")]
