from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("territory", "0004_place_sorts")]
    operations = [SQLFile("apps.territory", "territory_outlines_v1")]
