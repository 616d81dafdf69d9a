from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0040_seal_of_many")]
    operations = [SQLFile("gis", "search_fewer_v2")]
