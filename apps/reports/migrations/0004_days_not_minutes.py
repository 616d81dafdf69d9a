from django.db import migrations, models

import gis.db.functions


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0003_source_ids"),
        ("spatial", "0011_closer"),
    ]

    operations = [
        migrations.AlterField(
            model_name="photo",
            name="id",
            field=models.UUIDField(
                db_default=gis.db.functions.Uuid7OfDay(), editable=False, primary_key=True, serialize=False
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="id",
            field=models.UUIDField(
                db_default=gis.db.functions.Uuid7OfDay(), editable=False, primary_key=True, serialize=False
            ),
        ),
    ]
