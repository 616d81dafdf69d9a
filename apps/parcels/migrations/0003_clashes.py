from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("parcels", "0002_area_and_overlap")]
    operations = [SQLFile("apps.parcels", "parcels_clashes_v1")]
