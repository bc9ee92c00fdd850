"""The words beside a column changed; the table did not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="knownbrowser",
            name="agent",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="what the browser said it is: kind, system, main version",
                max_length=130,
            ),
        ),
    ]
