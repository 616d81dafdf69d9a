from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0032_search_walks")]
    operations = [SQLFile("gis", "search_near_v2")]
