from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0028_core")]
    operations = [SQLFile("gis", "follower_versions_v2")]
