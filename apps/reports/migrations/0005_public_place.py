from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_days_not_minutes")]
    operations = [SQLFile("apps.reports", "reports_public_place_v2")]
