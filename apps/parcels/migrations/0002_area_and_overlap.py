from django.db import migrations, models

import gis.db.functions
from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("parcels", "0001_initial"),
        ("accounts", "0002_access"),
        ("spatial", "0007_overlaps"),
    ]
    operations = [
        # A plain column cannot become a generated one.
        migrations.RemoveField(model_name="parcel", name="computed_area_m2"),
        migrations.AddField(
            model_name="parcel",
            name="computed_area_m2",
            field=models.GeneratedField(
                db_persist=True,
                expression=gis.db.functions.GeodesicArea("geom"),
                output_field=models.DecimalField(decimal_places=2, max_digits=14),
                verbose_name="Computed area",
            ),
        ),
        SQLFile("apps.parcels", "parcels_rivals_v1"),
        SQLFile("apps.parcels", "parcels_do_not_overlap_v1"),
    ]
