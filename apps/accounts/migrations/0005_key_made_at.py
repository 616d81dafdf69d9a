from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_actor")]
    operations = [
        migrations.AlterField(
            model_name="agencykey",
            name="made_at",
            field=models.DateTimeField(editable=False, verbose_name="Made at"),
        ),
    ]
