from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0014_following")]
    operations = [
        SQLFile("gis", "gis_words_v1"),
        SQLFile("gis", "gis_skeleton_v1"),
        SQLFile("gis", "gis_asked_v1"),
        SQLFile("gis", "gis_likeness_v5"),
        SQLFile("gis", "search_schema_v1"),
        SQLFile("gis", "search_count_v1"),
        SQLFile("gis", "search_count_all_v1"),
        SQLFile("gis", "search_walks_v1"),
        SQLFile("gis", "search_near_v1"),
        SQLFile("gis", "search_fewer_v1"),
        SQLFile("gis", "search_leaves_tables_v1"),
        SQLFile("gis", "history_erase_v2"),
    ]
