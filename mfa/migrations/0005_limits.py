from django.db import migrations, models


class Migration(migrations.Migration):
    """What an hour of text messages has cost is counted anew: the columns say when an hour ends, not when it began."""

    dependencies = [("mfa", "0004_where_mail_went")]

    operations = [
        migrations.DeleteModel(name="Toll"),
        migrations.CreateModel(
            name="Toll",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                ("count", models.PositiveIntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddField(
            model_name="budget", name="recoveries", field=models.JSONField(default=list)
        ),
    ]
