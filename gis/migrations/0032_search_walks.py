from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0029_versions_worth_counting")]
    operations = [SQLFile("gis", "search_walks_v2")]
