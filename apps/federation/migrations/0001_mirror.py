from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [SQLFile("apps.federation", "mirror_schema_v1")]
