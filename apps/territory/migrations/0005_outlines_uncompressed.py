"""Outlines of provinces have tens of thousands of corners and are asked for with every place: whatever is taken out of a
compressed one has to be unpacked first. What is there is kept as it is until it changes."""

from django.db import migrations

TABLES = ("territory_governorate", "territory_wilayat", "territory_authority")


def stored(how):
    return [f"ALTER TABLE {table} ALTER COLUMN geom SET STORAGE {how}" for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("territory", "0004_place_sorts")]
    operations = [migrations.RunSQL(stored("EXTERNAL"), stored("MAIN"))]
