import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import gis.db.functions
from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("spatial", "0004_likeness"),
    ]

    operations = [
        migrations.CreateModel(
            name="Transformation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=gis.db.functions.Uuid7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("system", models.TextField(verbose_name="Coordinate system")),
                ("name", models.TextField(verbose_name="Operation")),
                ("pipeline", models.TextField(verbose_name="PROJ pipeline")),
                ("accuracy_m", models.FloatField(blank=True, null=True, verbose_name="Accuracy in metres")),
            ],
            options={
                "verbose_name": "Transformation",
                "verbose_name_plural": "Transformations",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.MD5("system"),
                        django.db.models.functions.text.MD5("pipeline"),
                        name="transformation_is_unique",
                        violation_error_message="This transformation is kept already. Use the one that is there.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=gis.db.functions.Uuid7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("authority_id", models.UUIDField(verbose_name="Authority")),
                ("table", models.CharField(max_length=63, verbose_name="Table")),
                ("record_id", models.UUIDField(verbose_name="Record")),
                ("original", models.BinaryField(verbose_name="Original coordinates (EWKB)")),
                ("file", models.CharField(blank=True, db_default="", default="", max_length=255, verbose_name="File")),
                ("row", models.BigIntegerField(blank=True, null=True, verbose_name="Row in the file")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="Recorded at"
                    ),
                ),
                (
                    "transformation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="spatial.transformation",
                        verbose_name="Transformation",
                    ),
                ),
            ],
            options={
                "verbose_name": "Origin",
                "verbose_name_plural": "Origins",
                "indexes": [models.Index(fields=["record_id", "-recorded_at"], name="origins_of_a_record")],
            },
        ),
        SQLFile("gis", "origins_are_kept_v1"),
    ]
