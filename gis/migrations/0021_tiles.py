from django.db import migrations, models

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0017_import_screen")]
    operations = [
        migrations.AddField("follower", "taken", models.BigIntegerField(db_default=0, default=0)),
        SQLFile("gis", "tiles_schema_v1"),
        SQLFile("gis", "follower_late_v1"),
        SQLFile("gis", "follower_versions_v1"),
        SQLFile("gis", "tiles_ready_v1"),
        SQLFile("gis", "tiles_of_today_v1"),
    ]
