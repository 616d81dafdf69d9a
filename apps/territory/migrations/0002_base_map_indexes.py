import django.contrib.gis.db.models.fields
from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_initial")]
    operations = [
        migrations.RemoveIndex(model_name="basefeature", name="basefeature_buildings"),
        migrations.AlterField(
            model_name="basefeature",
            name="geom",
            field=django.contrib.gis.db.models.fields.GeometryField(
                spatial_index=False, srid=4326, verbose_name="Geometry"
            ),
        ),
        SQLFile("apps.territory", "basefeature_indexes_v1"),
    ]
