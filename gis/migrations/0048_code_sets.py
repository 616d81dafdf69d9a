from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0047_rights")]
    operations = [SQLFile("gis", "gis_code_set_v1")]
