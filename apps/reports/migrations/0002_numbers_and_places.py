from django.db import migrations, models

from apps.reports.functions import NextNumber
from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("spatial", "0001_functions")]
    operations = [
        SQLFile("apps.reports", "reports_number_v1"),
        SQLFile("apps.reports", "reports_check_digit_v1"),
        SQLFile("apps.reports", "reports_next_number_v1"),
        migrations.AlterField(
            model_name="report",
            name="number",
            field=models.CharField(
                db_default=NextNumber(), editable=False, max_length=20, unique=True, verbose_name="Number"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="language",
            field=models.CharField(
                db_default="ar", default="ar", editable=False, max_length=8, verbose_name="Language"
            ),
        ),
        SQLFile("apps.reports", "reports_public_place_v1"),
        SQLFile("apps.reports", "reports_category_place_v1"),
        SQLFile("apps.reports", "reports_whose_v1"),
    ]
