from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_reports_of_all_by_day")]
    operations = [
        SQLFile("apps.reports", "reports_at_work_v1"),
        SQLFile("apps.reports", "reports_at_work_shown_v1"),
    ]
