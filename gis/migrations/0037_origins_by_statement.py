import django.db.models.deletion
from django.db import migrations, models

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0035_spellings")]
    operations = [
        SQLFile("gis", "origins_have_transformations_v1"),
        migrations.AlterField(
            model_name="origin",
            name="transformation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="spatial.transformation",
                verbose_name="Transformation",
            ),
        ),
    ]
