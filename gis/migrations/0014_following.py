from django.db import migrations, models

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0013_likeness_of_names")]
    operations = [
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("table_name", models.TextField()),
                ("era", models.IntegerField()),
                ("seen", models.TextField()),
                ("until", models.TextField(db_default="", default="")),
                ("seq", models.BigIntegerField(db_default=0, default=0)),
                ("known", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "table_name"),
                        name="follower_has_one_place",
                        violation_error_message="The follower has a place in this table already. Move that one.",
                    )
                ],
            },
        ),
        SQLFile("gis", "history_known_v1"),
        SQLFile("gis", "history_changed_v1"),
    ]
